//! The text of an entry.
//!
//! ```text
//! reveille corpus v1
//!
//! test: my_crate::tests::hands_over
//! law: stuck
//! task: root.0 "producer"
//! cause: src/queue.rs:40:9              where a panic was; other laws have none
//! variant: 2                            if entries of the same cause passed by then
//! message: ..                           what a panic said
//! found: 2026-05-03, run 17 of 1000, seed 0x2a
//! ended: in step 7                      if the run ended its process
//! faults: spurious-poll
//! inputs:                               the arguments of the test
//!   | items = [
//!   |     7,
//!   | ]
//!
//! deviations: 2
//!   schedule 12: option 1 of 3, turn 1 of root.1 "consumer" before turn 3 of root.0 "producer"
//!   spurious-poll 3: option 1 of 2, choice 1 in turn 2 of root.1 "consumer"
//!
//! tape: v1/my_crate::tests::hands_over/schedule=12:1/spurious-poll=3:1/len=57/sum=9f3a12cd
//! sum: 5d0a6e2b7c1f4483
//! ```
//!
//! Of a run that ended its process there are no inputs and no deviations, but those on the
//! tape; see [`ended`](super::ended).
//!
//! Lines come in this order, those without a value are left out, and a value of
//! several lines stands in a block as that of `inputs` does. See [`lines`](super::lines)
//! for remarks and the checksum, [`escape`](crate::escape) for what is escaped.

use super::entry::{Entry, Names};
use super::error::EntryError;
use super::lines::{self, Lines};
use crate::escape::{escape, quote, unescape, unquote};
use reveille_sim::{Deviation, Fingerprint, Kind, Law, Lineage, Tape, Turn};

pub(super) const TITLE: &str = "reveille corpus ";
pub(super) const VERSION: &str = "v1";
const SECTIONS: [&str; 3] = ["test: ", "deviations: ", "tape: "];

impl Entry {
    /// The text of its file.
    #[must_use]
    pub fn to_text(&self) -> String {
        lines::join(&content(self), &self.remarks, &SECTIONS)
    }

    /// Reads a file.
    ///
    /// # Errors
    ///
    /// Says what is wrong with a file that is cut, damaged, of another version or no
    /// entry at all.
    pub fn from_bytes(bytes: &[u8]) -> Result<Entry, EntryError> {
        let text = std::str::from_utf8(bytes).map_err(|_| EntryError::NotUtf8)?;
        let mut lines = Lines::of(text);
        let version = lines.take(TITLE).ok_or(EntryError::NotAnEntry)?;
        if version != VERSION {
            let is_version = version.strip_prefix('v').is_some_and(|n| n.parse::<u32>().is_ok());
            return Err(match is_version {
                true => EntryError::OtherVersion(version.to_owned()),
                false => EntryError::NotAnEntry,
            });
        }
        lines.unseal(text)?;
        let entry = read(&mut lines)?;
        match lines.any() {
            None => Ok(entry),
            Some(_) => Err(lines.was_wrong("no line between the tape and the checksum")),
        }
    }
}

/// The lines that count, without the checksum.
pub(super) fn content(entry: &Entry) -> Vec<String> {
    let mut lines = vec![format!("{TITLE}{VERSION}"), format!("test: {}", escape(&entry.test))];
    lines.push(format!("law: {}", entry.law));
    if let Some(task) = &entry.task {
        lines.push(format!("task: {}", named(task, &entry.names)));
    }
    push_value(&mut lines, "cause:", &entry.cause);
    if entry.variant > 1 {
        lines.push(format!("variant: {}", entry.variant));
    }
    push_value(&mut lines, "message:", &entry.message);
    lines.push(format!("found: {}, {}", entry.date, escape(&entry.found)));
    push_value(&mut lines, "ended:", &entry.ended);
    let faults: Vec<&str> = entry.faults().into_iter().map(Kind::name).collect();
    push_value(&mut lines, "faults:", &faults.join(" "));
    push_value(&mut lines, "inputs:", &entry.inputs);
    if !entry.ended_its_process() {
        lines.push(format!("deviations: {}", entry.deviations.len()));
        let deviations = entry.deviations.iter();
        lines.extend(deviations.map(|d| format!("  {}", deviation_line(d, &entry.names))));
    }
    lines.push(format!("tape: {}", entry.tape_text));
    lines
}

fn read(lines: &mut Lines<'_>) -> Result<Entry, EntryError> {
    let mut names = Names::new();
    let test = read_value(lines, "test:")?;
    if test.is_empty() {
        return Err(lines.wrong("`test: ` and the name of a test"));
    }
    let law = lines.take("law: ").ok_or_else(|| lines.wrong("`law: ` and the name of a law"))?;
    let law = Law::from_name(law).ok_or_else(|| lines.was_wrong("the name of a law"))?;
    let task = match lines.take("task: ") {
        Some(text) => match read_named(text, &mut names) {
            Some((task, "")) => Some(task),
            _ => {
                return Err(lines.was_wrong("a task, such as `root.0`, and its name if it has one"));
            }
        },
        None => None,
    };
    let cause = read_value(lines, "cause:")?;
    let variant = match lines.take("variant: ") {
        Some(text) => text
            .parse()
            .ok()
            .filter(|variant| *variant > 1)
            .ok_or_else(|| lines.was_wrong("a number from 2 on"))?,
        None => 1,
    };
    let message = read_value(lines, "message:")?;
    let (date, found) = read_found(lines)?;
    let ended = read_value(lines, "ended:")?;
    let faults = read_value(lines, "faults:")?;
    let inputs = read_value(lines, "inputs:")?;
    let deviations = match ended.is_empty() {
        true => read_deviations(lines, &mut names)?,
        false => Vec::new(),
    };
    let tape_text = lines.take("tape: ").ok_or_else(|| lines.wrong("`tape: ` and a tape"))?;
    let (tape_test, tape) = Tape::from_text(tape_text).map_err(EntryError::Tape)?;
    let mut told: Vec<_> = deviations.iter().map(|d| (d.kind, d.index, d.option)).collect();
    told.sort_unstable();
    let fits = !ended.is_empty()
        || told.into_iter().eq(tape.deviations().filter(|(kind, ..)| *kind != Kind::Argument));
    if tape_test != test || !fits {
        return Err(lines.was_wrong("the tape of that test with those deviations"));
    }
    let tape_text = tape_text.to_owned();
    let remarks = std::mem::take(&mut lines.remarks);
    let entry = Entry {
        test,
        law,
        task,
        cause,
        variant,
        message,
        date,
        found,
        ended,
        inputs,
        deviations,
        names,
        tape,
        tape_text,
        remarks,
    };
    let struck: Vec<&str> = entry.faults().into_iter().map(Kind::name).collect();
    if struck.join(" ") != faults {
        return Err(lines.wrong("`faults: ` to name those among the deviations"));
    }
    Ok(entry)
}

fn push_value(lines: &mut Vec<String>, key: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    if !value.contains('\n') {
        lines.push(format!("{key} {}", escape(value)));
        return;
    }
    lines.push(key.to_owned());
    for line in value.split('\n') {
        lines.push(format!("  | {}", escape(line)).trim_end().to_owned());
    }
}

/// The value of `key`, empty if there is no such line.
fn read_value(lines: &mut Lines<'_>, key: &str) -> Result<String, EntryError> {
    const TEXT: &str = "text in which only `\\\\` and `\\u{..}` are escaped";
    let plain =
        |lines: &mut Lines<'_>, text: &str| unescape(text).ok_or_else(|| lines.was_wrong(TEXT));
    let Some(rest) = lines.take(key) else { return Ok(String::new()) };
    if let Some(text) = rest.strip_prefix(' ') {
        return plain(lines, text);
    }
    if !rest.is_empty() {
        return Err(lines.was_wrong("a blank after the colon"));
    }
    let mut value = Vec::new();
    while let Some(rest) = lines.take("  |") {
        value.push(plain(lines, rest.strip_prefix(' ').unwrap_or(rest))?);
    }
    Ok(value.join("\n"))
}

fn read_found(lines: &mut Lines<'_>) -> Result<(String, String), EntryError> {
    const FOUND: &str = "`found: ` with a day such as 2026-05-03 and the run";
    let text = lines.take("found: ").ok_or_else(|| lines.wrong(FOUND))?;
    let read = || {
        let (date, found) = text.split_once(", ")?;
        let shape: String =
            date.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        Some((date.to_owned(), unescape(found)?)).filter(|_| shape == "0000-00-00")
    };
    read().ok_or_else(|| lines.was_wrong(FOUND))
}

fn read_deviations(lines: &mut Lines<'_>, names: &mut Names) -> Result<Vec<Deviation>, EntryError> {
    const COUNT: &str = "`deviations: ` and their number";
    let count = lines.take("deviations: ").ok_or_else(|| lines.wrong(COUNT))?;
    let count: usize = count.parse().map_err(|_| lines.was_wrong(COUNT))?;
    let mut deviations = Vec::new();
    while let Some(line) = lines.take("  ") {
        let deviation = read_deviation(line, names).ok_or_else(|| {
            lines.was_wrong(
                "a deviation, such as `schedule 3: option 1 of 2, turn 1 of root.1 before turn 2 of root.0`",
            )
        })?;
        deviations.push(deviation);
    }
    if deviations.len() == count {
        Ok(deviations)
    } else {
        Err(lines.wrong("as many deviations as their number says"))
    }
}

/// A deviation in a line.
pub(super) fn deviation_line(deviation: &Deviation, names: &Names) -> String {
    let Deviation { kind, index, options, option, fingerprint } = deviation;
    let place = fingerprint_text(fingerprint, names);
    format!("{kind} {index}: option {option} of {options}, {place}")
}

/// What a deviation is about.
pub(super) fn fingerprint_text(fingerprint: &Fingerprint, names: &Names) -> String {
    match fingerprint {
        Fingerprint::Schedule { taken, before } => {
            format!("{} before {}", turn_text(taken, names), turn_text(before, names))
        }
        Fingerprint::Within { turn: Some(turn), nth } => {
            format!("choice {nth} in {}", turn_text(turn, names))
        }
        Fingerprint::Within { turn: None, nth } => format!("choice {nth} before the first turn"),
    }
}

/// A turn of a strand.
pub(super) fn turn_text(turn: &Turn, names: &Names) -> String {
    format!("turn {} of {}", turn.number, named(&turn.strand, names))
}

fn named(task: &Lineage, names: &Names) -> String {
    match names.get(task) {
        Some(name) => format!("{task} {}", quote(name)),
        None => task.to_string(),
    }
}

/// Reads what [`deviation_line`] writes.
pub(super) fn read_deviation(line: &str, names: &mut Names) -> Option<Deviation> {
    let (head, rest) = line.split_once(": option ")?;
    let (kind, index) = head.split_once(' ')?;
    let (option, rest) = rest.split_once(" of ")?;
    let (options, place) = rest.split_once(", ")?;
    let (kind, index) = (Kind::from_name(kind)?, index.parse().ok()?);
    let (option, options) = (option.parse().ok()?, options.parse().ok()?);
    let fingerprint = match place.strip_prefix("choice ") {
        Some(rest) => {
            let (nth, rest) = rest.split_once(' ')?;
            let turn = match rest.strip_prefix("in ") {
                Some(text) => {
                    let (turn, "") = read_turn(text, names)? else { return None };
                    Some(turn)
                }
                None if rest == "before the first turn" => None,
                None => return None,
            };
            Fingerprint::Within { turn, nth: nth.parse().ok()? }
        }
        None => {
            let (taken, rest) = read_turn(place, names)?;
            let (before, "") = read_turn(rest.strip_prefix(" before ")?, names)? else {
                return None;
            };
            Fingerprint::Schedule { taken, before }
        }
    };
    let is_schedule = matches!(fingerprint, Fingerprint::Schedule { .. });
    (is_schedule == (kind == Kind::Schedule) && 0 < option && option < options)
        .then_some(Deviation { kind, index, options, option, fingerprint })
}

/// Takes a turn off the front.
fn read_turn<'a>(text: &'a str, names: &mut Names) -> Option<(Turn, &'a str)> {
    let (number, rest) = text.strip_prefix("turn ")?.split_once(" of ")?;
    let (strand, rest) = read_named(rest, names)?;
    Some((Turn { strand, number: number.parse().ok()? }, rest))
}

/// Takes a task off the front, and its name if it has one.
pub(super) fn read_named<'a>(text: &'a str, names: &mut Names) -> Option<(Lineage, &'a str)> {
    let end = text.find(' ').unwrap_or(text.len());
    let (task, rest) = (text[..end].parse::<Lineage>().ok()?, &text[end..]);
    let quoted = rest.strip_prefix(' ').filter(|quoted| quoted.starts_with('"'));
    let Some(quoted) = quoted else { return Some((task, rest)) };
    let (name, rest) = unquote(quoted)?;
    let known = names.entry(task.clone()).or_insert_with(|| name.clone());
    // One task has one name.
    (*known == name).then_some((task, rest))
}

/// The line of a task that a law names.
#[cfg(any(target_os = "linux", test))]
pub(super) fn task_line(task: &Lineage, names: &Names) -> String {
    named(task, names)
}

#[cfg(test)]
mod tests;
