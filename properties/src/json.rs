//! JSON, as it is written for other programs.
//!
//! A dozen lines of our own in place of a library, since whoever tests with this crate would
//! have to compile that library, too, and nothing here reads JSON.

use std::fmt::{Display, Write};

/// The members of an object that is being written.
#[derive(Debug)]
pub(crate) struct Object<'a> {
    out: &'a mut String,
    is_empty: bool,
}

/// An object, in one line.
pub(crate) fn object(fill: impl FnOnce(&mut Object<'_>)) -> String {
    let mut out = String::new();
    write_object(&mut out, fill);
    out
}

/// The objects of a list, with a comma between two.
pub(crate) fn items<T>(
    items: impl IntoIterator<Item = T>,
    mut fill: impl FnMut(&mut Object<'_>, T),
) -> String {
    let mut out = String::new();
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write_object(&mut out, |object| fill(object, item));
    }
    out
}

fn write_object(out: &mut String, fill: impl FnOnce(&mut Object<'_>)) {
    out.push('{');
    fill(&mut Object { out, is_empty: true });
    out.push('}');
}

impl Object<'_> {
    fn key(&mut self, key: &str) -> &mut String {
        if !std::mem::replace(&mut self.is_empty, false) {
            self.out.push(',');
        }
        write_text(self.out, key);
        self.out.push(':');
        self.out
    }

    pub(crate) fn text(&mut self, key: &str, text: &str) {
        write_text(self.key(key), text);
    }

    /// The text, or `null`.
    pub(crate) fn text_or_null(&mut self, key: &str, text: Option<&str>) {
        match text {
            Some(text) => self.text(key, text),
            None => self.null(key),
        }
    }

    /// A number, which shows itself in digits.
    pub(crate) fn number(&mut self, key: &str, number: impl Display) {
        let _ = write!(self.key(key), "{number}");
    }

    pub(crate) fn truth(&mut self, key: &str, truth: bool) {
        let _ = write!(self.key(key), "{truth}");
    }

    pub(crate) fn null(&mut self, key: &str) {
        self.key(key).push_str("null");
    }

    pub(crate) fn object(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) {
        write_object(self.key(key), fill);
    }

    /// A list of objects, one for each item.
    pub(crate) fn list<T>(
        &mut self,
        key: &str,
        items: impl IntoIterator<Item = T>,
        fill: impl FnMut(&mut Object<'_>, T),
    ) {
        self.json(key, &format!("[{}]", self::items(items, fill)));
    }

    pub(crate) fn numbers(&mut self, key: &str, numbers: impl IntoIterator<Item = impl Display>) {
        let numbers: Vec<String> = numbers.into_iter().map(|number| number.to_string()).collect();
        self.json(key, &format!("[{}]", numbers.join(",")));
    }

    pub(crate) fn texts<'t>(&mut self, key: &str, texts: impl IntoIterator<Item = &'t str>) {
        let out = self.key(key);
        out.push('[');
        for (at, text) in texts.into_iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            write_text(out, text);
        }
        out.push(']');
    }

    /// A value that is JSON already.
    pub(crate) fn json(&mut self, key: &str, json: &str) {
        self.key(key).push_str(json);
    }
}

/// In quotes. Controls are escaped, so a value is always one line.
fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\0'..='\x1f' | '\x7f'..='\u{9f}' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_of_every_kind() {
        let json = object(|o| {
            o.text("a", "x");
            o.text_or_null("b", None);
            o.number("c", -3);
            o.truth("d", true);
            o.object("e", |o| o.numbers("f", [1, 2]));
            o.list("g", ["x", "y"], |o, text| o.text("h", text));
            o.texts("i", ["x", "y"]);
            o.object("j", |_| ());
        });
        assert_eq!(
            json,
            r#"{"a":"x","b":null,"c":-3,"d":true,"e":{"f":[1,2]},"g":[{"h":"x"},{"h":"y"}],"i":["x","y"],"j":{}}"#
        );
    }

    proptest! {
        #[test]
        fn any_text_can_be_read_back(key in any::<String>(), text in any::<String>()) {
            let json = object(|o| o.text(&key, &text));
            prop_assert!(!json.chars().any(char::is_control), "{json}");
            let read: std::collections::BTreeMap<String, String> =
                serde_json::from_str(&json).unwrap();
            prop_assert_eq!(read.into_iter().collect::<Vec<_>>(), [(key, text)]);
        }
    }
}
