//! What sets a failure apart from others of the same law and task, whatever stands above it
//! in its file.

/// A cause without what an edit elsewhere or another input changes.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Cause<'a> {
    /// The file, or what else it is called by.
    place: &'a str,
    /// The column of a panic.
    column: &'a str,
    /// The first line of what a panic said; its numbers and quotes differ from run to run.
    words: String,
}

impl<'a> Cause<'a> {
    /// `cause` is `file:line:column`, `.. at file:line` or a word; `message` is what was said.
    pub(super) fn of(cause: &'a str, message: &str) -> Cause<'a> {
        match (
            without_number(cause),
            without_number(cause).and_then(|(rest, _)| without_number(rest)),
        ) {
            (Some((_, column)), Some((place, _))) => {
                Cause { place, column, words: words_of(message) }
            }
            (Some((place, _)), None) => Cause { place, column: "", words: String::new() },
            _ => Cause { place: cause, column: "", words: String::new() },
        }
    }
}

/// Takes `:7` off the end.
fn without_number(text: &str) -> Option<(&str, &str)> {
    let (rest, number) = text.rsplit_once(':')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some((rest, number))
}

fn words_of(message: &str) -> String {
    let mut words = String::new();
    let mut in_quotes = false;
    for c in message.lines().next().unwrap_or_default().chars() {
        in_quotes ^= c == '"';
        let c = if c.is_ascii_digit() { '0' } else { c };
        let goes_on = c == '0' && words.ends_with('0');
        if !in_quotes && !goes_on {
            words.push(c);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::merge;
    use crate::corpus::samples::failure;

    #[test]
    fn a_moved_line_is_no_other_cause() {
        let said = "assertion `left == right` failed: item 3 of \"a\"\n  left: 1";
        let cause = Cause::of("src/queue.rs:40:9", said);
        for (moved, said) in [
            ("src/queue.rs:41:9", said),
            (
                "src/queue.rs:1007:9",
                "assertion `left == right` failed: item 12 of \"bc\"\n  left: 2",
            ),
        ] {
            assert_eq!(Cause::of(moved, said), cause);
        }
        let property = "`at most one holder`, declared at src/lock.rs";
        assert_eq!(
            Cause::of(&format!("{property}:7"), "always"),
            Cause::of(&format!("{property}:9"), "always")
        );
    }

    #[test]
    fn another_place_or_other_words_are_another_cause() {
        let cause = Cause::of("src/queue.rs:40:9", "lost an item");
        for (other, said) in [
            ("src/stack.rs:40:9", "lost an item"),
            ("src/queue.rs:40:13", "lost an item"),
            ("src/queue.rs:40:9", "got an item twice"),
            ("an error", "lost an item"),
        ] {
            assert_ne!(Cause::of(other, said), cause, "{other} {said}");
        }
        let named = |what: &str| format!("`{what}`, declared at src/lock.rs:7");
        assert_ne!(Cause::of(&named("one"), "always"), Cause::of(&named("two"), "always"));
    }

    /// Of shards that ran before and after the edit, or of a fuzzer, which replays nothing.
    #[test]
    fn of_one_cause_one_entry_is_kept_wherever_its_line_was() {
        let before = failure("a::b", "src/queue.rs:40:9", &[1, 2]);
        let after = failure("a::b", "src/queue.rs:44:9", &[1]);
        let other = failure("a::b", "src/stack.rs:40:9", &[1, 2, 3]);
        let kept = merge([before, after.clone(), other.clone()]);
        assert_eq!(kept, [after, other]);
    }
}
