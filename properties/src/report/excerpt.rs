//! The lines of code around one that a fact points at.
//!
//! ```text
//!   621 | State::Created => {
//! > 622 |     *state = State::Polling(cx.waker().clone());
//!   623 | }
//! ```

use crate::callsite::CallSite;
use crate::escape::shown;
use crate::source_file;
use std::collections::BTreeSet;
use textwrap::core::{Word, display_width};

/// Lines pointed at in a report at most.
const MOST: usize = 8;
const CUT: &str = "...";

/// The excerpts of one report: a line is pointed at once.
#[derive(Debug, Default)]
pub(super) struct Excerpts(BTreeSet<(String, u32)>);

impl Excerpts {
    /// The line of the site with `around` lines before and after it; nothing if it cannot be
    /// read or was shown above.
    pub(super) fn of(&mut self, site: &CallSite, around: u32, width: usize) -> Vec<String> {
        let is_new = !self.0.contains(&(site.file.clone(), site.line));
        if !is_new || self.0.len() >= MOST {
            return Vec::new();
        }
        let excerpt = excerpt(&source_file::lines(&site.file), site.line, around, width);
        if !excerpt.is_empty() {
            self.0.insert((site.file.clone(), site.line));
        }
        excerpt
    }
}

fn excerpt(code: &[String], line: u32, around: u32, width: usize) -> Vec<String> {
    let text = |number: u32| -> Option<&str> {
        let at = usize::try_from(number).ok()?.checked_sub(1)?;
        code.get(at).map(|code| code.trim_end())
    };
    if text(line).is_none_or(str::is_empty) {
        return Vec::new();
    }
    let numbers = line.saturating_sub(around)..=line.saturating_add(around);
    let mut lines: Vec<(u32, String)> =
        numbers.filter_map(|number| Some((number, shown(text(number)?)))).collect();
    // An empty line at an end tells nothing.
    lines.retain(|(number, code)| *number == line || !code.is_empty());
    let filled = || lines.iter().filter(|(_, code)| !code.is_empty());
    let indent = filled().map(|(_, code)| leading(code)).min().unwrap_or(0);
    let digits = lines.last().map_or(0, |(number, _)| number.to_string().len());
    let in_columns = |(number, code): &(u32, String)| {
        let mark = if *number == line { '>' } else { ' ' };
        let code = code.get(indent..).unwrap_or_default();
        cut(format!("{mark} {number:>digits$} | {code}").trim_end(), width)
    };
    lines.iter().map(in_columns).collect()
}

fn leading(code: &str) -> usize {
    code.len() - code.trim_start_matches(' ').len()
}

/// The line in so many columns.
pub(super) fn cut(line: &str, width: usize) -> String {
    if display_width(line) <= width {
        return line.to_owned();
    }
    let room = width.saturating_sub(CUT.len());
    // The first of the pieces that are no wider than the room.
    let kept = Word::from(line).break_apart(room.max(1)).next().map_or("", |piece| piece.word);
    format!("{kept}{CUT}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    fn excerpt_of(code: &str, line: u32, around: u32, width: usize) -> String {
        let code: Vec<String> = code.lines().map(str::to_owned).collect();
        excerpt(&code, line, around, width).join("\n")
    }

    #[test]
    fn the_line_stands_among_its_neighbours_without_what_indents_them_all() {
        let code = "fn a() {\n    if b {\n\t\tc();\n    }\n}\n";
        expect![[r"
              2 | if b {
            > 3 |     c();
              4 | }"]]
        .assert_eq(&excerpt_of(code, 3, 1, 80));
        assert_eq!(excerpt_of(code, 3, 0, 80), "> 3 | c();");
    }

    #[test]
    fn at_the_ends_of_a_file_there_is_less_around_it() {
        assert_eq!(excerpt_of("a\nb", 1, 1, 80), "> 1 | a\n  2 | b");
        assert_eq!(excerpt_of("a\n\nb", 3, 1, 80), "> 3 | b");
        assert_eq!(excerpt_of("a\nb", 3, 1, 80), "");
        assert_eq!(excerpt_of("a\nb", 0, 1, 80), "");
        assert_eq!(excerpt_of("a\n  \nb", 2, 1, 80), "");
        assert_eq!(excerpt_of("a\nb", u32::MAX, u32::MAX, 80), "");
    }

    #[test]
    fn a_long_line_is_cut_and_nothing_moves_the_cursor() {
        assert_eq!(excerpt_of("let größe = 1;", 1, 0, 14), "> 1 | let g...");
        assert_eq!(excerpt_of("\u{1b}[31m", 1, 0, 80), "> 1 | \\u{1b}[31m");
        assert_eq!(cut("abcdef", 6), "abcdef");
        assert_eq!(cut("語語語語", 6), "語...");
    }

    #[test]
    fn a_line_is_shown_once_and_not_without_end() {
        let site = |line| CallSite { function: String::new(), file: file!().into(), line };
        let mut excerpts = Excerpts::default();
        assert_eq!(excerpts.of(&site(1), 0, 80).len(), 1);
        assert_eq!(excerpts.of(&site(1), 0, 80).len(), 0);
        assert_eq!((2..9).map(|line| excerpts.of(&site(line), 0, 80).len()).sum::<usize>(), 6);
        assert_eq!(excerpts.of(&site(11), 0, 80).len(), 1);
        assert_eq!(excerpts.of(&site(12), 0, 80).len(), 0);
    }
}
