//! What is remembered of a failure.

use super::cause::Cause;
use super::format;
use super::lines::{self, Remark};
use crate::escape::escape;
use crate::hash;
use reveille_sim::{Deviation, Fingerprint, Kind, Law, Lineage, Tape, Turn};
use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

/// The names that tasks were given.
pub(super) type Names = BTreeMap<Lineage, String>;

/// A past failure of a test.
///
/// ```
/// use reveille::corpus::{Entry, EntryError};
///
/// assert_eq!(Entry::from_bytes(b"\xff").unwrap_err(), EntryError::NotUtf8);
/// assert_eq!(Entry::from_bytes(b"hello").unwrap_err(), EntryError::NotAnEntry);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub(super) test: String,
    pub(super) law: Law,
    /// The task that the law names; none for a watched future.
    pub(super) task: Option<Lineage>,
    /// What sets it apart from other breaches of the law: where a panic was.
    pub(super) cause: String,
    /// Counts failures of one cause that do not come from one mistake, from 1 on: when it
    /// was found, the entries of the lower numbers passed.
    pub(super) variant: u32,
    /// What a panic or an error said.
    pub(super) message: String,
    /// The day on which it was found, in UTC: `2026-05-03`.
    pub(super) date: String,
    /// In which run of which sampler it was found.
    pub(super) found: String,
    /// How far the run came if it ended its process; empty if it did not. Of such a run
    /// there is the tape alone, as it was found.
    pub(super) ended: String,
    /// What the test was given as arguments, as debug text.
    pub(super) inputs: String,
    /// None if the run ended its process.
    pub(super) deviations: Vec<Deviation>,
    /// The names of the tasks that are mentioned.
    pub(super) names: Names,
    pub(super) tape: Tape,
    /// The tape as it is written.
    pub(super) tape_text: String,
    pub(super) remarks: Vec<Remark>,
}

/// What a replay tells of a tape beside its verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    pub(crate) deviations: Vec<Deviation>,
    /// The task that the law names.
    pub(crate) task: Option<Lineage>,
    pub(crate) names: BTreeMap<Lineage, String>,
}

/// A failure that was found, in the words of the check.
#[derive(Clone, Debug)]
pub(super) struct Fresh<'a> {
    pub(super) test: &'a str,
    pub(super) law: Law,
    pub(super) cause: &'a str,
    pub(super) message: &'a str,
    pub(super) date: String,
    pub(super) found: String,
    pub(super) inputs: &'a str,
    pub(super) tape: &'a Tape,
}

/// What makes two failures one.
pub(super) type Identity<'a> = (&'a str, Law, Option<&'a Lineage>, Cause<'a>, u32);

impl Entry {
    pub(super) fn new(fresh: Fresh<'_>, notes: Notes) -> Entry {
        let tape_text = fresh.tape.to_text(fresh.test);
        // As it is read: without the defaults behind the last deviation.
        let tape =
            Tape::from_text(&tape_text).map_or_else(|_| fresh.tape.clone(), |(_, tape)| tape);
        let mut entry = Entry {
            test: fresh.test.to_owned(),
            law: fresh.law,
            task: notes.task,
            cause: fresh.cause.to_owned(),
            variant: 1,
            message: fresh.message.to_owned(),
            date: fresh.date,
            found: fresh.found,
            ended: String::new(),
            inputs: fresh.inputs.to_owned(),
            deviations: notes.deviations,
            names: notes.names,
            tape,
            tape_text,
            remarks: Vec::new(),
        };
        let mentioned = entry.mentioned();
        entry.names.retain(|task, _| mentioned.contains(task));
        entry
    }

    /// The tasks that the text mentions.
    fn mentioned(&self) -> Vec<Lineage> {
        let turns = self.deviations.iter().flat_map(|deviation| turns(&deviation.fingerprint));
        turns.map(|turn| turn.strand.clone()).chain(self.task.clone()).collect()
    }

    /// The test that failed.
    #[must_use]
    pub fn test(&self) -> &str {
        &self.test
    }

    /// The law that was broken.
    #[must_use]
    pub fn law(&self) -> Law {
        self.law
    }

    /// The task that the law names; none for a watched future.
    #[must_use]
    pub fn task(&self) -> Option<&Lineage> {
        self.task.as_ref()
    }

    /// Where a panic was, or what else sets it apart from other breaches of the law.
    #[must_use]
    pub fn cause(&self) -> &str {
        &self.cause
    }

    /// What a panic or an error said; empty if it was neither.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The day on which it was found, in UTC, such as `2026-05-03`.
    #[must_use]
    pub fn date(&self) -> &str {
        &self.date
    }

    /// In which run it was found.
    #[must_use]
    pub fn found(&self) -> &str {
        &self.found
    }

    /// Whether the run ended its process, by an abort for instance. Nobody could make it
    /// smaller then, or see what its deviations are about: there is the tape alone.
    #[must_use]
    pub fn ended_its_process(&self) -> bool {
        !self.ended.is_empty()
    }

    /// What the test was given as arguments; empty if it takes none.
    #[must_use]
    pub fn inputs(&self) -> &str {
        &self.inputs
    }

    /// The deviations, in the order of the run; of a run that
    /// [ended its process](Self::ended_its_process) none are known.
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        &self.deviations
    }

    /// The tape.
    #[must_use]
    pub fn tape(&self) -> &Tape {
        &self.tape
    }

    /// The kinds of faults that strike.
    pub(super) fn faults(&self) -> Vec<Kind> {
        struck(&self.tape).collect()
    }

    /// What makes two failures one. The line of a place is no part of it, since edits
    /// above move it.
    pub(super) fn identity(&self) -> Identity<'_> {
        let cause = Cause::of(&self.cause, &self.message);
        (&self.test, self.law, self.task.as_ref(), cause, self.variant)
    }

    /// Shorter entries are smaller; there are no two equal ones.
    pub(super) fn weight(&self) -> (usize, usize, String) {
        let deviations = || self.tape.deviations().filter(|(kind, ..)| *kind != Kind::Argument);
        let last = deviations().map(|(_, index, _)| index + 1).max().unwrap_or(0);
        (deviations().count(), last, format::content(self).join("\n"))
    }

    /// The name of its file, of as many digits as asked for.
    pub(super) fn file_name(&self, digits: usize) -> String {
        let sum = lines::sum_of(&format::content(self));
        format!("{}.tape", &sum[..digits.min(sum.len())])
    }

    /// Takes over the remarks of the same entry.
    pub(super) fn take_remarks(&mut self, other: &Entry) {
        self.remarks.extend(other.remarks.iter().cloned());
        self.remarks.sort();
        self.remarks.dedup();
    }
}

/// The kinds of faults that strike, in the order in which they are told.
pub(super) fn struck(tape: &Tape) -> impl Iterator<Item = Kind> + '_ {
    let strikes =
        |kind: &Kind| kind.is_fault() && tape.lane(*kind).iter().any(|option| *option != 0);
    Kind::ALL.into_iter().filter(strikes)
}

fn turns(fingerprint: &Fingerprint) -> Vec<&Turn> {
    match fingerprint {
        Fingerprint::Schedule { taken, before } => vec![taken, before],
        Fingerprint::Within { turn, .. } => turn.iter().collect(),
    }
}

/// Today, in UTC.
pub(super) fn today() -> String {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    date(since.as_secs() / 86_400)
}

/// Day number `days` since the first of January of 1970 (Hinnant, "chrono-compatible
/// low-level date algorithms", 2013): years begin in March, so that the day that is
/// not in every year is a year's last.
fn date(days: u64) -> String {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// A number that stands for a name, as eight digits.
pub(super) fn digits_of(name: &str) -> String {
    format!("{:08x}", hash::mixed(name) >> 32)
}

/// Text in a line, for messages.
pub(super) fn one_line(text: &str) -> String {
    escape(text)
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn days_are_those_of_the_calendar() {
        for (days, text) in [
            (0, "1970-01-01"),
            (58, "1970-02-28"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (19_782, "2024-02-29"),
            (20_576, "2026-05-03"),
            (47_540, "2100-02-28"),
            (47_541, "2100-03-01"),
        ] {
            assert_eq!(date(days), text);
        }
    }
}
