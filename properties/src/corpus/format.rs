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
//! Lines come in this order, those without a value are left out, and a value of
//! several lines stands in a block as that of `inputs` does. See [`lines`](super::lines)
//! for remarks and the checksum, [`escape`](crate::escape) for what is escaped.

use super::entry::{Entry, Names};
use super::error::EntryError;
use super::lines::{self, Lines};
use crate::escape::{escape, quote, unescape, unquote};
use reveille_sim::{Deviation, Fingerprint, Kind, Law, Lineage, Tape, Turn};

const TITLE: &str = "reveille corpus ";
const VERSION: &str = "v1";
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
    let faults: Vec<&str> = entry.faults().into_iter().map(Kind::name).collect();
    push_value(&mut lines, "faults:", &faults.join(" "));
    push_value(&mut lines, "inputs:", &entry.inputs);
    lines.push(format!("deviations: {}", entry.deviations.len()));
    let deviations = entry.deviations.iter();
    lines.extend(deviations.map(|d| format!("  {}", deviation_line(d, &entry.names))));
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
    let faults = read_value(lines, "faults:")?;
    let inputs = read_value(lines, "inputs:")?;
    let deviations = read_deviations(lines, &mut names)?;
    let tape_text = lines.take("tape: ").ok_or_else(|| lines.wrong("`tape: ` and a tape"))?;
    let (tape_test, tape) = Tape::from_text(tape_text).map_err(EntryError::Tape)?;
    let mut told: Vec<_> = deviations.iter().map(|d| (d.kind, d.index, d.option)).collect();
    told.sort_unstable();
    let on_tape = tape.deviations().filter(|(kind, ..)| *kind != Kind::Argument);
    if tape_test != test || !told.into_iter().eq(on_tape) {
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
pub(super) fn task_line(task: &Lineage, names: &Names) -> String {
    named(task, names)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::entry::{Fresh, Notes};
    use crate::corpus::samples::{entry, tape_of};
    use expect_test::expect_file;
    use proptest::prelude::*;
    use proptest::sample::Index;

    proptest! {
        #[test]
        fn entries_round_trip(entry in entry()) {
            let text = entry.to_text();
            prop_assert_eq!(Entry::from_bytes(text.as_bytes()), Ok(entry.clone()), "{}", text);
            let by_git_on_windows = text.replace('\n', "\r\n");
            prop_assert_eq!(Entry::from_bytes(by_git_on_windows.as_bytes()), Ok(entry));
        }

        #[test]
        fn remarks_do_not_change_what_is_said(entry in entry(), at in any::<Index>(), empty in any::<bool>()) {
            let text = entry.to_text();
            let mut lines: Vec<&str> = text.lines().collect();
            lines.insert(at.index(lines.len() + 1), if empty { "" } else { "  # issue 7: ..." });
            let text = lines.join("\n") + "\n";
            let read = Entry::from_bytes(text.as_bytes()).unwrap();
            prop_assert_eq!(content(&read), content(&entry));
            prop_assert_eq!(read.remarks.len(), entry.remarks.len() + usize::from(!empty));
            prop_assert_eq!(read.file_name(8), entry.file_name(8));
        }

        #[test]
        fn a_cut_entry_is_refused(entry in entry(), at in any::<Index>()) {
            let entry = Entry { remarks: Vec::new(), ..entry };
            let text = entry.to_text();
            let cut = &text.as_bytes()[..at.index(text.len())];
            let error = Entry::from_bytes(cut).unwrap_err();
            let named = matches!(
                error,
                EntryError::NotAnEntry | EntryError::Cut | EntryError::NotUtf8
            );
            prop_assert!(named, "{:?}: {}", error, text);
        }

        #[test]
        fn a_changed_character_is_refused(entry in entry(), at in any::<Index>(), with in any::<char>()) {
            let entry = Entry { remarks: Vec::new(), ..entry };
            let text: Vec<char> = entry.to_text().chars().collect();
            for with in [with, '\n', '\r', '#', ' ', '0'] {
                let mut changed = text.clone();
                let at = at.index(text.len());
                changed[at] = with;
                if changed != text {
                    let changed: String = changed.into_iter().collect();
                    prop_assert!(Entry::from_bytes(changed.as_bytes()).is_err(), "{}", changed);
                }
            }
        }

        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in any::<Vec<u8>>(), line in "\\PC{0,40}") {
            let _ = Entry::from_bytes(&bytes);
            let _ = read_deviation(&line, &mut Names::new());
        }
    }

    fn sample() -> Entry {
        let mut names = Names::new();
        let deviations: Vec<Deviation> = [
            "schedule 12: option 1 of 3, turn 1 of root.1 \"consumer\" before turn 3 of root.0 \"the \\\"first\\\"\"",
            "spurious-poll 3: option 1 of 2, choice 1 in turn 2 of root.1 \"consumer\"",
            "input 0: option 7 of 16, choice 1 before the first turn",
        ]
        .iter()
        .map(|line| read_deviation(line, &mut names).unwrap())
        .collect();
        let mut tape = tape_of(&deviations);
        tape.lane_mut(Kind::Schedule).resize(57, 0);
        // What arguments are made of is told by the tape alone.
        *tape.lane_mut(Kind::Argument) = vec![9];
        let fresh = Fresh {
            test: "my_crate::tests::hands_over",
            law: Law::Panic,
            cause: "src/queue.rs:40:9",
            message: "assertion `left == right` failed\n  left: 1\n right: 2",
            date: "2026-05-03".into(),
            found: "run 17 of 1000, seed 0x2a".into(),
            inputs: "items = [\n    7,\n]",
            tape: &tape,
        };
        let task = Some("root.0".parse().unwrap());
        Entry { variant: 2, ..Entry::new(fresh, Notes { deviations, task, names }) }
    }

    /// `UPDATE_EXPECT=1` writes it anew: then the version must change, or old files
    /// are read as something else.
    #[test]
    fn the_format_is_that_of_the_golden_file() {
        expect_file!["golden.tape"].assert_eq(&sample().to_text());
        let golden = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/src/corpus/golden.tape"));
        assert_eq!(Entry::from_bytes(&golden.unwrap()), Ok(sample()));
    }

    fn refused(text: &str) -> String {
        Entry::from_bytes(text.as_bytes()).unwrap_err().to_string()
    }

    /// The sample with a line changed and a right checksum.
    fn forged(line: &str, with: &str) -> String {
        let mut lines = content(&sample());
        let at = lines.iter().position(|other| other == line).expect("a line of the sample");
        lines.splice(at..=at, with.split('\n').filter(|line| !line.is_empty()).map(str::to_owned));
        refused(&lines::join(&lines, &[], &[]))
    }

    #[test]
    fn errors_name_the_thing_and_the_expectation() {
        let text = sample().to_text();
        assert_eq!(
            refused("hello"),
            "it is no corpus entry: expected `reveille corpus v1` as its first line"
        );
        assert_eq!(refused(""), refused("hello"));
        assert_eq!(
            refused(&text.replace(" v1\n", " v2\n")),
            "it is of version `v2`, this build reads `v1`"
        );
        assert_eq!(
            refused(text.trim_end()),
            "it is cut: it does not end in a line `sum: ` with sixteen digits"
        );
        assert_eq!(refused(&text.replace("2026", "2025")), "it is damaged: its checksum is wrong");
        assert_eq!(
            Entry::from_bytes(&[text.as_bytes(), b"\xff"].concat()).unwrap_err().to_string(),
            "it is not UTF-8 text"
        );
        let deviation = "schedule 12: option 1 of 3, turn 1 of root.1 \"consumer\" before turn 3 of root.0 \"the \\\"first\\\"\"";
        let such = "expected a deviation, such as `schedule 3: option 1 of 2, turn 1 of root.1 before turn 2 of root.0`";
        for (line, with, message) in [
            ("law: panic", "law: none", " in line 3: expected the name of a law, got `law: none`"),
            (
                "variant: 2",
                "variant: 1",
                " in line 6: expected a number from 2 on, got `variant: 1`",
            ),
            (
                "cause: src/queue.rs:40:9",
                "cause: \\x",
                " in line 5: expected text in which only `\\\\` and `\\u{..}` are escaped, got `cause: \\x`",
            ),
            (
                "found: 2026-05-03, run 17 of 1000, seed 0x2a",
                "found: today",
                " in line 11: expected `found: ` with a day such as 2026-05-03 and the run, got `found: today`",
            ),
            (
                "deviations: 3",
                "deviations: many",
                " in line 17: expected `deviations: ` and their number, got `deviations: many`",
            ),
            (
                "faults: spurious-poll",
                "faults: late-timer",
                ": expected `faults: ` to name those among the deviations, got the end",
            ),
        ] {
            assert_eq!(forged(line, with), format!("it is malformed{message}"));
        }
        for wrong in [
            "schedule 12",
            "shuffle 12: option 1 of 3, turn 1 of root.1 before turn 3 of root.0",
            "schedule 12: option 3 of 3, turn 1 of root.1 before turn 3 of root.0",
            "schedule 12: option 1 of 3, choice 1 before the first turn",
            "schedule 12: option 1 of 3, turn 1 of root.1 before turn 3 of root.0 ",
            // The law calls this task by another name.
            "schedule 12: option 1 of 3, turn 1 of root.1 before turn 3 of root.0 \"last\"",
        ] {
            let told = forged(&format!("  {deviation}"), &format!("  {wrong}"));
            assert_eq!(told, format!("it is malformed in line 18: {such}, got `  {wrong}`"));
        }
        let told = forged(&format!("  {deviation}"), "");
        assert!(
            told.starts_with("it is malformed in line 20: expected as many deviations as their number says, got `tape: "),
            "{told}"
        );
    }
}
