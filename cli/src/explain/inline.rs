//! What stands within a paragraph: `code`, *emphasis* and [links](to).

/// The escape sequences of ANSI for what is styled.
const CODE: &str = "\x1b[36m";
const EMPHASIS: &str = "\x1b[3m";
const END: &str = "\x1b[0m";

/// Stands for a space within code, at which no line is broken.
pub(super) const FIRM_SPACE: char = '\u{a0}';

/// Renders a paragraph in one line. Code keeps its marks where it has no colour.
pub(super) fn render(text: &str, styled: bool) -> String {
    let mut line = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['`', '*', '[']) {
        let (before, marked) = rest.split_at(at);
        line.push_str(before);
        rest = match one(marked, styled) {
            Some((rendered, after)) => {
                line.push_str(&rendered);
                after
            }
            // A mark without its counterpart is a character as any other.
            None => {
                line.push_str(&marked[..1]);
                &marked[1..]
            }
        };
    }
    line + rest
}

/// Renders what `text` begins with, and tells what comes after it.
fn one(text: &str, styled: bool) -> Option<(String, &str)> {
    let style = |inner: &str, begin: &str| format!("{begin}{inner}{END}");
    if let Some(text) = text.strip_prefix('`') {
        let (code, after) = text.split_once('`')?;
        let code = code.replace(' ', FIRM_SPACE.encode_utf8(&mut [0; 4]));
        let rendered = if styled { style(&code, CODE) } else { format!("`{code}`") };
        return Some((rendered, after));
    }
    if let Some(text) = text.strip_prefix('*') {
        let (words, after) = text.split_once('*')?;
        let rendered = if styled { style(words, EMPHASIS) } else { words.to_owned() };
        return Some((rendered, after));
    }
    let (words, link) = text.strip_prefix('[')?.split_once("](")?;
    let (_target, after) = link.split_once(')')?;
    Some((render(words, styled), after))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> String {
        render(text, false).replace(FIRM_SPACE, "_")
    }

    #[test]
    fn links_are_their_words_and_code_keeps_together() {
        assert_eq!(plain("see [`stuck`](stuck.md), *now*"), "see `stuck`, now");
        assert_eq!(plain("run `cargo test` twice"), "run `cargo_test` twice");
    }

    #[test]
    fn a_mark_without_its_counterpart_stays() {
        assert_eq!(plain("2 * 3, an [index] and `"), "2 * 3, an [index] and `");
    }

    #[test]
    fn within_code_nothing_is_a_mark() {
        assert_eq!(plain("`#[reveille::test]` and `*x`"), "`#[reveille::test]` and `*x`");
    }

    #[test]
    fn what_is_styled_has_no_marks() {
        assert_eq!(render("`a` *b*", true), "\x1b[36ma\x1b[0m \x1b[3mb\x1b[0m");
    }
}
