//! The corpus in a check: replayed before the search, added to after a failure.

use super::ended::{Ended, Will, found_again};
use super::entry::{Entry, Fresh, one_line, today};
use super::error::CorpusError;
use super::place::{Corpus, Located, package, shown};
use super::store::{Added, Store};
use super::told::Aligned;
use crate::config::is_of_this_engine;
use crate::host::{Host, Plan};
use crate::search::{self, Found, Halt};
use std::fmt::Write;
use std::path::PathBuf;

/// How it begins to say that a failure is not kept.
const LOST: &str = "  not saved in the corpus: ";

/// The corpus of one check.
#[derive(Debug)]
pub(crate) struct Session {
    test: String,
    located: Located,
    strict: bool,
    entries: Vec<(PathBuf, Entry)>,
    /// Whether that is done already.
    is_replayed: bool,
    /// What could not be used, and why.
    problems: Vec<String>,
}

/// Entries were replayed, and all passed.
#[derive(Debug, Default)]
pub(crate) struct Replayed {
    pub(crate) passed: u64,
    pub(crate) warnings: Vec<String>,
}

/// What is said of a failure and the corpus, and the file that has it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    pub(crate) text: String,
    pub(crate) file: Option<PathBuf>,
}

impl From<String> for Kept {
    fn from(text: String) -> Kept {
        Kept { text, file: None }
    }
}

/// An entry fails, or cannot be used and that is an error.
#[derive(Debug)]
pub(crate) enum Stop {
    Halt(Halt),
    Corpus(CorpusError),
}

impl Session {
    /// Reads the corpus of `test`. `said` is what the environment says of it; if
    /// `strict`, files that cannot be used are an error.
    pub(crate) fn open(
        test: &str,
        corpus: &Corpus,
        said: Option<&Corpus>,
        strict: bool,
    ) -> Result<Session, CorpusError> {
        let located = corpus.locate(test, said, package().as_deref());
        let mut session = Session { located, strict, ..Session::off(test) };
        let Some(store) = session.store() else { return Ok(session) };
        let loaded = store.load(test);
        for problem in loaded.problems {
            let error =
                CorpusError::Entry { path: shown(&problem.path).into(), error: problem.error };
            if strict {
                return Err(error);
            }
            session.problems.push(format!("{error}; it is left out"));
        }
        session.entries = loaded.entries;
        // Tasks and threads have choices at different places.
        session.entries.retain(|(_, entry)| is_of_this_engine(&entry.tape));
        // The shortest ones cost least and say most.
        session.entries.sort_by_cached_key(|(_, entry)| entry.weight());
        Ok(session)
    }

    /// A check without a corpus.
    pub(crate) fn off(test: &str) -> Session {
        Session {
            test: test.to_owned(),
            located: Located::Off,
            strict: false,
            entries: Vec::new(),
            is_replayed: false,
            problems: Vec::new(),
        }
    }

    /// A check that writes failures down and replays none.
    pub(crate) fn to_write(test: &str, corpus: &Corpus, said: Option<&Corpus>) -> Session {
        let located = corpus.locate(test, said, package().as_deref());
        Session { located, ..Session::off(test) }
    }

    pub(super) fn test(&self) -> &str {
        &self.test
    }

    pub(super) fn located(&self) -> &Located {
        &self.located
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().map(|(_, entry)| entry)
    }

    fn store(&self) -> Option<Store> {
        match &self.located {
            Located::At(root) => Some(Store::at(root)),
            Located::Off | Located::Nowhere(_) => None,
        }
    }

    /// No entry is replayed; what is found is written all the same.
    pub(crate) fn replay_none(&mut self) {
        self.is_replayed = true;
    }

    /// Whether some entry can only be replayed in a process of its own.
    pub(crate) fn needs_hermetic_runs(&self) -> bool {
        self.entries.iter().any(|(_, entry)| entry.tape.is_hermetic())
    }

    /// There will be no hermetic runs: entries that need them are left out.
    pub(crate) fn without_hermetic_runs(&mut self, why: &str) -> Result<(), CorpusError> {
        let (kept, left_out): (Vec<_>, Vec<_>) =
            self.entries.drain(..).partition(|(_, entry)| !entry.tape.is_hermetic());
        self.entries = kept;
        for (path, _) in left_out {
            let path = shown(&path).into();
            let error = CorpusError::NotHermetic { path, why: why.to_owned() };
            if self.strict {
                return Err(error);
            }
            self.problems.push(error.to_string());
        }
        Ok(())
    }

    /// Replays every entry, until one fails. `at_entry` is told before which it is by its number,
    /// and that there are no more.
    pub(crate) fn replay(
        &self,
        host: &mut dyn Host,
        at_entry: &dyn Fn(Option<usize>),
    ) -> Result<Replayed, Stop> {
        if self.is_replayed {
            return Ok(Replayed::default());
        }
        let mut replayed = Replayed {
            passed: 0,
            warnings: self.problems.iter().map(|problem| self.warning(problem)).collect(),
        };
        let mut diverged = None;
        for (number, (path, entry)) in self.entries.iter().enumerate() {
            at_entry(Some(number));
            let name = one_line(&shown(path));
            let _replaying = crate::ended::replaying(found_again(&name, entry));
            let aligned = self.replay_one(host, path, entry).map_err(Stop::Halt)?;
            replayed.passed += 1;
            let Some(place) = aligned.sentence() else { continue };
            let path = PathBuf::from(shown(path));
            if !aligned.is_whole() {
                let warning = format!(
                    "the tape of {} {place}; it was replayed as far as it fits",
                    one_line(&path.to_string_lossy())
                );
                replayed.warnings.push(self.warning(&warning));
            }
            diverged.get_or_insert(CorpusError::Diverged { path, place });
        }
        at_entry(None);
        match diverged.filter(|_| self.strict) {
            Some(error) => Err(Stop::Corpus(error)),
            None => Ok(replayed),
        }
    }

    fn warning(&self, text: &str) -> String {
        format!("warning[corpus] in `{}`: {text}", self.test)
    }

    /// Replays an entry, by what its deviations are about and by their numbers; how its
    /// tape fitted, if it passes both ways.
    fn replay_one(
        &self,
        host: &mut dyn Host,
        path: &std::path::Path,
        entry: &Entry,
    ) -> Result<Aligned, Halt> {
        let by_number = Plan::replay(entry.tape.clone()).hashed();
        // Of a run that ended its process nothing else is known.
        let by_place = (!entry.ended_its_process()).then(|| Plan::resync(entry.clone()).hashed());
        let record = host.run(by_place.as_ref().unwrap_or(&by_number))?;
        let aligned = record.aligned.clone().unwrap_or_default();
        // An edit that renumbers tasks may lead the deviations to wrong places that fit.
        let record = match (&record.broken, by_place) {
            (None, Some(_)) => host.run(&by_number)?,
            _ => record,
        };
        let Some(broken) = record.broken.clone() else { return Ok(aligned) };
        match search::replay(host, &record.tape) {
            Err(Halt::Found(mut found)) => {
                found.corpus = Some(self.found_by(path, entry, &found, &aligned));
                Err(Halt::Found(found))
            }
            Err(halt) => Err(halt),
            // It failed, and the very same tape passes.
            Ok(_) => Err(Halt::differs(record.tape, Some(broken))),
        }
    }

    fn found_by(
        &self,
        path: &std::path::Path,
        entry: &Entry,
        found: &Found,
        aligned: &Aligned,
    ) -> Kept {
        let name = one_line(&shown(path));
        let mut text = format!("  found by the corpus entry {name}, of {}\n", entry.date());
        if found.broken.law != entry.law() {
            let _ = writeln!(text, "  note: it was recorded for the law {}", entry.law());
        }
        if let Some(place) = aligned.sentence() {
            let _ = writeln!(text, "  note: its tape is of other code and {place}");
        }
        Kept { text, file: Some(path.to_owned()) }
    }

    /// What the report of a failure says of the corpus. A failure that was found by
    /// searching is written down; `run` is how that was, in words, `inputs` what the
    /// test was given.
    pub(crate) fn tell(
        &self,
        host: &mut dyn Host,
        found: &Found,
        run: Option<&str>,
        inputs: &str,
    ) -> Kept {
        let mut kept = match (&found.corpus, run) {
            (Some(by), _) => by.clone(),
            (None, Some(run)) => self.keep(host, found, run, inputs),
            (None, None) => Kept::default(),
        };
        for problem in &self.problems {
            let _ = writeln!(kept.text, "  warning: {problem}");
        }
        kept
    }

    fn keep(&self, host: &mut dyn Host, found: &Found, run: &str, inputs: &str) -> Kept {
        let store = match &self.located {
            Located::Off => return Kept::default(),
            Located::At(root) => Store::at(root),
            Located::Nowhere(why) => return format!("{LOST}{why}\n").into(),
        };
        let notes = match host.notes(&found.tape, &found.broken) {
            Ok(notes) => notes,
            Err(error) => return format!("{LOST}{}\n", one_line(&error.to_string())).into(),
        };
        let fresh = Fresh {
            test: &self.test,
            law: found.broken.law,
            cause: &found.broken.cause,
            message: &found.broken.message,
            date: today(),
            found: run.to_owned(),
            inputs,
            tape: &found.tape,
        };
        let mut entry = Entry::new(fresh, notes);
        entry.variant = self.next_variant(&entry);
        keep_in(&store, &entry)
    }

    /// The entry of that number, which was being replayed when the process was killed.
    pub(crate) fn killed_by(&self, number: usize) -> Option<Kept> {
        let (path, entry) = self.entries.get(number)?;
        let text = found_again(&one_line(&shown(path)), entry);
        Some(Kept { text, file: Some(path.clone()) })
    }

    /// Writes down a run whose process was killed.
    pub(crate) fn keep_killed(&self, ended: Ended<'_>) -> Kept {
        let home = match self.will() {
            Will::Off => return Kept::default(),
            Will::Lost(why) => return format!("{LOST}{why}\n").into(),
            Will::In(home) => home,
        };
        let mut text = String::new();
        let entry =
            home.write(ended, &mut text).ok().and_then(|_| Entry::from_bytes(text.as_bytes()).ok());
        match (self.store(), entry) {
            (Some(store), Some(entry)) => keep_in(&store, &entry),
            _ => format!("{LOST}what was put down of it cannot be read\n").into(),
        }
    }

    /// All entries of this check passed before the search began. So those of the same
    /// cause are not what was found now, and must not stand in its place.
    fn next_variant(&self, entry: &Entry) -> u32 {
        let alike = self.entries.iter().filter(|(_, other)| {
            let ((_, law, task, cause, _), own) = (other.identity(), entry.identity());
            (law, task, cause) == (own.1, own.2, own.3)
        });
        alike.map(|(_, other)| other.variant + 1).max().unwrap_or(1)
    }
}

/// Adds an entry; what is said of that.
fn keep_in(store: &Store, entry: &Entry) -> Kept {
    let path = |path: &PathBuf| one_line(&shown(path));
    let added = store.add(entry);
    let text = match &added {
        Ok(Added::Kept(file)) => format!(
            "  saved as {}: put it into git, it is replayed first from now on\n",
            path(file)
        ),
        Ok(Added::Known(file)) => format!("  saved before, as {}\n", path(file)),
        Ok(Added::Shorter(file)) => {
            format!("{LOST}{} has a shorter tape of the same cause\n", path(file))
        }
        Ok(Added::Full) => {
            format!("{LOST}it has {} entries of this test, all shorter\n", super::merge::CAP)
        }
        Err(error) => format!("{LOST}{}\n", one_line(&error.to_string())),
    };
    let file = match added {
        Ok(Added::Kept(file) | Added::Known(file)) => Some(file),
        _ => None,
    };
    Kept { text, file }
}
