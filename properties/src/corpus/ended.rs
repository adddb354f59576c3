//! The entry of a run that ends its process: by an abort, an exit, a poll that does not
//! return.
//!
//! It is written in the last moments of the process, maybe by the handler of a signal, so
//! nothing is allocated: what can be known before is put together before, the rest is
//! written piece by piece. Nothing can be replayed any more, so of such a run there is
//! the tape alone, as it was found.

use super::entry::{Entry, struck, today};
use super::first::Session;
use super::format::{TITLE, VERSION};
use super::place::{Located, directory_of, shown};
use crate::escape::escape;
use crate::hash::Fnv;
use reveille_sim::{Law, Tape};
use std::fmt::{self, Write};
use std::path::PathBuf;

/// Where a run that ends its process is to be written, and what is known of it before.
#[derive(Debug)]
pub(crate) enum Will {
    /// Nowhere, as the test wants it.
    Off,
    /// Nowhere, for that reason.
    Lost(&'static str),
    In(Home),
}

/// The directory of a test's entries.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) directory: PathBuf,
    /// As it is told.
    pub(crate) shown: String,
    /// The test, as it stands in a line.
    test: String,
    today: String,
    variant: u32,
}

/// What is known at the end.
#[derive(Clone, Copy)]
pub(crate) struct Ended<'a> {
    pub(crate) law: Law,
    /// How it ended, in words without anything to escape.
    pub(crate) cause: &'a str,
    pub(crate) step: u64,
    /// In which run.
    pub(crate) found: fmt::Arguments<'a>,
    pub(crate) tape: &'a Tape,
    pub(crate) tape_text: &'a str,
}

impl Session {
    /// What is to become of a run that ends this process.
    pub(crate) fn will(&self) -> Will {
        let root = match self.located() {
            Located::Off => return Will::Off,
            Located::Nowhere(why) => return Will::Lost(why),
            Located::At(root) => root,
        };
        let directory = root.join(directory_of(self.test()));
        // Those that are known were replayed before, and it lived through that.
        let known = self.entries().filter(|entry| entry.ended_its_process());
        Will::In(Home {
            shown: escape(&shown(&directory)),
            directory,
            test: escape(self.test()),
            today: today(),
            variant: known.map(|entry| entry.variant + 1).max().unwrap_or(1),
        })
    }
}

impl Home {
    /// Whether the path can stand in a line to paste.
    pub(crate) fn fits_a_line(&self) -> bool {
        self.directory.to_str().is_some_and(crate::tape_file::fits_a_line)
    }

    /// Writes the text of the entry; its checksum, of which the file has its name.
    pub(crate) fn write(&self, ended: Ended<'_>, out: &mut dyn Write) -> Result<u64, fmt::Error> {
        let mut out = Content { out, sum: Fnv::new() };
        writeln!(out, "{TITLE}{VERSION}")?;
        out.leave_a_line()?;
        writeln!(out, "test: {}", self.test)?;
        writeln!(out, "law: {}", ended.law)?;
        writeln!(out, "cause: {}", ended.cause)?;
        if self.variant > 1 {
            writeln!(out, "variant: {}", self.variant)?;
        }
        writeln!(out, "found: {}, {}", self.today, ended.found)?;
        writeln!(out, "ended: in step {}", ended.step)?;
        if struck(ended.tape).next().is_some() {
            out.write_str("faults:")?;
            for kind in struck(ended.tape) {
                write!(out, " {kind}")?;
            }
            writeln!(out)?;
        }
        out.leave_a_line()?;
        writeln!(out, "tape: {}", ended.tape_text)?;
        let sum = out.sum.mixed();
        writeln!(out.out, "sum: {sum:016x}")?;
        Ok(sum)
    }
}

/// Passes lines on and keeps their checksum.
struct Content<'a> {
    out: &'a mut dyn Write,
    sum: Fnv,
}

impl Content<'_> {
    /// Empty lines do not count.
    fn leave_a_line(&mut self) -> fmt::Result {
        self.out.write_str("\n")
    }
}

impl Write for Content<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.sum.add(text);
        self.out.write_str(text)
    }
}

/// What a replay of the entry says if it ends the process again.
pub(super) fn found_again(path: &str, entry: &Entry) -> String {
    let mut text = format!("  found by the corpus entry {path}, of {}\n", entry.date());
    if entry.ended_its_process() {
        text.push_str(
            "  note: it ends the process each time, and so the tests that would follow; REVEILLE_CORPUS=off runs\n        \
             them without their corpora, and to forget the failure remove the file\n",
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use reveille_sim::Kind;

    fn written(variant: u32) -> (String, u64) {
        let mut tape = Tape::new();
        *tape.lane_mut(Kind::Schedule) = vec![0, 2, 0];
        *tape.lane_mut(Kind::SpuriousPoll) = vec![1];
        let tape_text = tape.to_text("a::b");
        let home = Home {
            directory: PathBuf::new(),
            shown: String::new(),
            test: "a::b".into(),
            today: "2026-05-03".into(),
            variant,
        };
        let (law, cause, step) = (Law::Panic, "ended by SIGABRT", 7);
        let (tape, tape_text, mut text) = (&tape, &*tape_text, String::new());
        let found = format_args!("run 17 of 1000");
        let ended = Ended { law, cause, step, found, tape, tape_text };
        let sum = home.write(ended, &mut text).unwrap();
        (text, sum)
    }

    #[test]
    fn what_is_written_in_pieces_is_the_text_of_an_entry() {
        for variant in [1, 3] {
            let (text, sum) = written(variant);
            let entry = Entry::from_bytes(text.as_bytes()).unwrap();
            assert_eq!(entry.to_text(), text);
            assert_eq!(entry.file_name(16), format!("{sum:016x}.tape"));
            assert!(entry.ended_its_process() && entry.deviations().is_empty(), "{text}");
            assert_eq!((entry.law(), entry.cause()), (Law::Panic, "ended by SIGABRT"));
            assert_eq!(entry.found(), "run 17 of 1000");
            assert_eq!((entry.faults(), entry.variant), (vec![Kind::SpuriousPoll], variant));
            assert_eq!(entry.tape().deviations().count(), 2);
        }
    }

    /// The shorter of two tapes of one cause is kept, though neither lists deviations.
    #[test]
    fn it_weighs_what_its_tape_does() {
        let entry = Entry::from_bytes(written(1).0.as_bytes()).unwrap();
        let (deviations, last, _) = entry.weight();
        assert_eq!((deviations, last), (2, 2));
    }
}
