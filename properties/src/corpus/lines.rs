//! The lines of an entry: what counts and what is a remark.
//!
//! Lines that begin with `#` and empty ones do not count: they are for people, stand
//! where they like and are not part of the checksum. The last line that counts is
//! the checksum of all others. Lines may end in `\n` or, all of them, in `\r\n`, into
//! which git turns them on some machines.

use super::error::EntryError;
use crate::hash;

/// What the line of the checksum begins with.
const SUM: &str = "sum: ";

/// A remark, and how many lines that count stand before it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Remark {
    pub(super) after: usize,
    pub(super) text: String,
}

/// The lines that count, with their numbers in the file, and the remarks.
#[derive(Debug)]
pub(super) struct Lines<'a> {
    lines: Vec<(usize, &'a str)>,
    next: usize,
    pub(super) remarks: Vec<Remark>,
}

impl<'a> Lines<'a> {
    /// Splits a text whose end may be missing.
    pub(super) fn of(text: &'a str) -> Lines<'a> {
        let returns = text.matches("\r\n").count() == text.matches('\n').count();
        let mut lines = Lines { lines: Vec::new(), next: 0, remarks: Vec::new() };
        for (at, line) in text.split('\n').enumerate() {
            let line = if returns { line.strip_suffix('\r').unwrap_or(line) } else { line };
            if line.trim_start().starts_with('#') {
                let after = lines.lines.len();
                lines.remarks.push(Remark { after, text: line.trim_end().to_owned() });
            } else if !line.is_empty() {
                lines.lines.push((at + 1, line));
            }
        }
        lines
    }

    /// Takes the checksum off the end and compares it.
    pub(super) fn unseal(&mut self, text: &str) -> Result<(), EntryError> {
        let sum = self.lines.pop().and_then(|(_, line)| line.strip_prefix(SUM));
        // The last character of a file is the end of its last line.
        let whole = text.ends_with('\n') || self.remarks.iter().any(|r| r.after > self.lines.len());
        match sum.filter(|sum| sum.len() == 16 && whole) {
            None => Err(EntryError::Cut),
            Some(sum) if sum == self.sum() => Ok(()),
            Some(_) => Err(EntryError::Damaged),
        }
    }

    fn sum(&self) -> String {
        sum(self.lines.iter().map(|(_, line)| *line))
    }

    /// The next line, if it begins with `key`: what follows.
    pub(super) fn take(&mut self, key: &str) -> Option<&'a str> {
        let (_, line) = self.lines.get(self.next)?;
        let rest = line.strip_prefix(key)?;
        self.next += 1;
        Some(rest)
    }

    /// The next line, whatever it is.
    pub(super) fn any(&mut self) -> Option<&'a str> {
        self.take("")
    }

    /// The last line taken, or the next, does not read.
    pub(super) fn wrong(&self, expected: &'static str) -> EntryError {
        let (line, found) = self.lines.get(self.next).copied().unwrap_or((0, "the end"));
        EntryError::Malformed { line, expected, found: found.to_owned() }
    }

    /// The same for the line that was just taken.
    pub(super) fn was_wrong(&mut self, expected: &'static str) -> EntryError {
        self.next = self.next.saturating_sub(1);
        self.wrong(expected)
    }
}

fn sum<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    let content: String = lines.flat_map(|line| [line, "\n"]).collect();
    format!("{:016x}", hash::mixed(&content))
}

/// The checksum of lines that count.
pub(super) fn sum_of(lines: &[String]) -> String {
    sum(lines.iter().map(String::as_str))
}

/// Puts lines, remarks and the checksum together. An empty line goes before each of
/// the lines that begin with one of `sections`.
pub(super) fn join(lines: &[String], remarks: &[Remark], sections: &[&str]) -> String {
    let seal = format!("{SUM}{}", sum_of(lines));
    let mut text = String::new();
    let all = lines.iter().chain([&seal]);
    for (at, line) in all.map(Some).chain([None]).enumerate() {
        if line.is_some_and(|line| sections.iter().any(|section| line.starts_with(section))) {
            text.push('\n');
        }
        for remark in remarks.iter().filter(|remark| remark.after == at) {
            text.push_str(&remark.text);
            text.push('\n');
        }
        if let Some(line) = line {
            text.push_str(line);
            text.push('\n');
        }
    }
    text
}
