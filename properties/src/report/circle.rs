//! A circle of tasks that wait for each other, drawn.
//!
//! ```text
//! task 1 --> task 2 --> task 3        +-> task 1 `the first`
//!   ^                     |           |     v
//!   +---------------------+           |   task 2 `the second`
//!                                     |     v
//!                                     +-- task 3 `the third`
//! ```

use textwrap::core::display_width;

const ARROW: &str = " --> ";

/// In lines of at most that width, if the names allow it.
pub(super) fn drawn(names: &[String], width: usize) -> Vec<String> {
    let flat = names.join(ARROW);
    match names {
        [] => Vec::new(),
        [_] => vec![flat],
        _ if display_width(&flat) <= width => across(names, flat),
        _ => down(names),
    }
}

fn across(names: &[String], flat: String) -> Vec<String> {
    let last = names.last().map_or(0, |name| display_width(name));
    // From below the first name to below the last.
    let from = 2;
    let to = (display_width(&flat) - last + 2).max(from + 2);
    let between = to - from - 1;
    vec![
        flat,
        format!("{:from$}^{:between$}|", "", ""),
        format!("{:from$}+{}+", "", "-".repeat(between)),
    ]
}

fn down(names: &[String]) -> Vec<String> {
    let last = names.len() - 1;
    let mut lines = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let edge = match at {
            0 => "+->",
            at if at == last => "+--",
            _ => "|  ",
        };
        lines.push(format!("{edge} {name}"));
        if at < last {
            lines.push("|     v".to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn drawn_of(names: &[&str], width: usize) -> String {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        drawn(&names, width).join("\n")
    }

    #[test]
    fn a_circle_lies_if_it_fits_and_stands_if_not() {
        let names = ["task 1", "task 2 `größer`", "root"];
        expect![[r"
            task 1 --> task 2 `größer` --> root
              ^                              |
              +------------------------------+"]]
        .assert_eq(&drawn_of(&names, 35));
        expect![[r"
            +-> task 1
            |     v
            |   task 2 `größer`
            |     v
            +-- root"]]
        .assert_eq(&drawn_of(&names, 34));
    }

    #[test]
    fn two_are_a_circle_and_one_is_none() {
        expect![[r"
            a --> b
              ^     |
              +-----+"]]
        .assert_eq(&drawn_of(&["a", "b"], 80));
        assert_eq!(drawn_of(&["a"], 80), "a");
        assert_eq!(drawn_of(&[], 80), "");
    }
}
