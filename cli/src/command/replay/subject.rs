//! What is to be repeated: a tape, wherever it stands.

use crate::cargo::Selection;
use reveille::corpus::{Entry, EntryError};
use reveille::{Tape, TapeError};
use std::path::PathBuf;

/// A tape and the check that it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::command) struct Subject {
    pub(in crate::command) test: String,
    pub(in crate::command) tape: String,
}

#[derive(Debug, thiserror::Error)]
pub(in crate::command) enum SubjectError {
    #[error("expected a tape, or a file with one: {0}")]
    Tape(#[source] TapeError),
    #[error("{} is neither a tape nor a file that can be read ({cause})", path.display())]
    NoFile {
        path: PathBuf,
        #[source]
        cause: std::io::Error,
    },
    #[error("{}: {cause}", path.display())]
    Entry {
        path: PathBuf,
        #[source]
        cause: EntryError,
    },
    #[error("{} holds no tape: expected a tape, an entry of a corpus or a trace", path.display())]
    NoTape { path: PathBuf },
}

impl Subject {
    /// Has what it needs be built.
    pub(in crate::command) fn asks_for(&self, selection: &mut Selection) {
        let tape = Tape::from_text(&self.tape).map(|(_, tape)| tape).unwrap_or_default();
        selection.threads = tape.is_of_threads();
        selection.data_races = tape.is_of_races();
        // That is on the tape.
        selection.weak_memory = false;
    }

    /// Whether it is a run of the engine of threads.
    pub(in crate::command) fn is_of_threads(&self) -> bool {
        Tape::from_text(&self.tape).is_ok_and(|(_, tape)| tape.is_of_threads())
    }

    /// Reads what is given on the command line, as one word or as the pasted words of a line.
    pub(in crate::command) fn read(words: &[String]) -> Result<Subject, SubjectError> {
        // `REVEILLE_REPLAY=v1/.. cargo test ..`
        let pasted = words.iter().flat_map(|word| word.split_whitespace());
        let pasted = pasted.filter_map(|word| word.strip_prefix("REVEILLE_REPLAY=")).next();
        let what = pasted.or(words.first().map(String::as_str)).unwrap_or_default();
        match Tape::from_text(what) {
            Ok((test, _)) => Ok(Subject { test, tape: what.to_owned() }),
            Err(TapeError::NotATape) => Subject::of_file(PathBuf::from(what)),
            Err(error) => Err(SubjectError::Tape(error)),
        }
    }

    fn of_file(path: PathBuf) -> Result<Subject, SubjectError> {
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(cause) => return Err(SubjectError::NoFile { path, cause }),
        };
        match Entry::from_bytes(&bytes) {
            Ok(entry) => {
                let test = entry.test().to_owned();
                let tape = entry.tape().to_text(&test);
                return Ok(Subject { test, tape });
            }
            Err(EntryError::NotAnEntry | EntryError::NotUtf8) => {}
            Err(cause) => return Err(SubjectError::Entry { path, cause }),
        }
        let text = String::from_utf8_lossy(&bytes);
        let of_trace = serde_json::from_str::<serde_json::Value>(&text).ok();
        let of_trace = of_trace.and_then(|trace| trace["tape"].as_str().map(str::to_owned));
        let tape = of_trace.unwrap_or_else(|| text.trim().to_owned());
        match Tape::from_text(&tape) {
            Ok((test, _)) => Ok(Subject { test, tape }),
            Err(_) => Err(SubjectError::NoTape { path }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> Result<Subject, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Subject::read(&words).map_err(|error| error.to_string())
    }

    #[test]
    fn a_tape_is_found_wherever_it_stands() {
        let tape = Tape::new().to_text("a::b");
        let subject = Ok(Subject { test: "a::b".into(), tape: tape.clone() });
        assert_eq!(read(&[&tape]), subject);
        let pasted = format!("REVEILLE_REPLAY={tape}");
        assert_eq!(read(&[&pasted, "cargo", "test", "-p", "a", "b"]), subject);
        assert_eq!(read(&[&format!("  {pasted} cargo test b")]), subject);
        let directory = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = directory.path().join(name);
            std::fs::write(&path, text).unwrap();
            path.to_str().unwrap().to_owned()
        };
        assert_eq!(read(&[&file("a.tape", &format!("{tape}\n"))]), subject);
        let trace = format!(r#"{{"format":"reveille-trace","tape":"{tape}"}}"#);
        assert_eq!(read(&[&file("a.json", &trace)]), subject);
        assert!(
            read(&[&file("b.tape", "x")]).unwrap_err().ends_with("an entry of a corpus or a trace")
        );
        assert!(read(&["no/such/file"]).unwrap_err().starts_with("no/such/file is neither"));
        assert!(read(&[&tape[..tape.len() - 1]]).unwrap_err().starts_with("expected a tape"));
    }
}
