//! Texts of users at a terminal: what is not seen as itself is shown and not sent.

use std::fmt::Write;

/// The text with its lines as they are, and controls, escape sequences and what turns the
/// direction of writing escaped.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\n' => out.push('\n'),
            '\t' => out.push_str("    "),
            c if is_unseen(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// The same in one line.
#[must_use]
pub fn in_a_line(text: &str) -> String {
    shown(text).replace('\n', "\\n")
}

fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_moves_the_cursor_or_turns_the_text() {
        assert_eq!(shown("a\u{1b}[31mb\r\nc\u{202e}d\u{7}"), "a\\u{1b}[31mb\nc\\u{202e}d\\u{7}");
        assert_eq!(shown("größe ✓\tx"), "größe ✓    x");
        assert_eq!(in_a_line("a\nb"), "a\\nb");
    }
}
