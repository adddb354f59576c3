//! How texts of users stand in a line: nothing in them can end the line, move the
//! cursor of a terminal, or turn the direction of writing.

use std::fmt::Write;

/// Escapes what is not seen as itself, and a blank at the end, which editors take off.
pub(crate) fn escape(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => line.push_str("\\\\"),
            ' ' if rest.peek().is_none() => line.push_str("\\u{20}"),
            c if is_unseen(c) => {
                let _ = write!(line, "\\u{{{:x}}}", u32::from(c));
            }
            c => line.push(c),
        }
    }
    line
}

/// Controls, white space other than the blank, and what turns the direction of writing.
fn is_unseen(c: char) -> bool {
    let formats = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
    c.is_control() || (c.is_whitespace() && c != ' ') || formats
}

/// A text of several lines as it can be sent to a terminal: what is not seen as itself is
/// shown, and nothing else is escaped.
pub(crate) fn shown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => shown.push(c),
            '\t' => shown.push_str("    "),
            c if is_unseen(c) => {
                let _ = write!(shown, "\\u{{{:x}}}", u32::from(c));
            }
            c => shown.push(c),
        }
    }
    shown
}

/// Undoes [`escape`]; none if the text is no such line.
pub(crate) fn unescape(line: &str) -> Option<String> {
    let mut text = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            text.push(c);
            continue;
        }
        match rest.next()? {
            'u' => {
                let (code, after) = rest.as_str().strip_prefix('{')?.split_once('}')?;
                text.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
                rest = after.chars();
            }
            c @ ('\\' | '"') => text.push(c),
            _ => return None,
        }
    }
    Some(text)
}

/// The text in quotes.
pub(crate) fn quote(text: &str) -> String {
    format!("\"{}\"", escape(text).replace('"', "\\\""))
}

/// Takes a text in quotes off the front: the text and what follows it.
pub(crate) fn unquote(line: &str) -> Option<(String, &str)> {
    let inner = line.strip_prefix('"')?;
    let mut escaped = false;
    for (at, c) in inner.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some((unescape(&inner[..at])?, &inner[at + 1..])),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn escapes_are_undone(text in any::<String>(), after in any::<String>()) {
            prop_assert_eq!(unescape(&escape(&text)), Some(text.clone()));
            let line = quote(&text) + &after;
            prop_assert_eq!(unquote(&line), Some((text, after.as_str())));
        }
    }

    #[test]
    fn nothing_unseen_is_left() {
        assert_eq!(escape("a\nb\u{1b}[31m \u{202e}ü \""), "a\\u{a}b\\u{1b}[31m \\u{202e}ü \"");
        assert_eq!(escape("ends in a blank "), "ends in a blank\\u{20}");
        assert_eq!(quote("a \"b\" \\"), r#""a \"b\" \\""#);
    }

    #[test]
    fn a_text_keeps_its_lines_and_moves_no_cursor() {
        assert_eq!(shown("a\r\n\tb\u{1b}[31m\u{202e}c\\"), "a\\u{d}\n    b\\u{1b}[31m\\u{202e}c\\");
    }

    #[test]
    fn what_is_no_line_is_refused() {
        for line in ["\\", "\\n", "\\u", "\\u{", "\\u{}", "\\u{d800}", "\\u{x}"] {
            assert_eq!(unescape(line), None, "{line}");
        }
        for line in ["", "a", "\"a", "\"a\\\"", "\"\\x\""] {
            assert_eq!(unquote(line), None, "{line}");
        }
    }
}
