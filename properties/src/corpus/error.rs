//! What can be wrong with a corpus.

use reveille_sim::TapeError;
use std::fmt;
use std::path::PathBuf;

/// Why a file is no entry of the corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EntryError {
    /// It is not UTF-8.
    NotUtf8,
    /// It does not begin like one.
    NotAnEntry,
    /// It is of a version that this build does not read.
    OtherVersion(String),
    /// Its end is missing.
    Cut,
    /// Its checksum is wrong.
    Damaged,
    /// A line of it does not read.
    Malformed {
        /// The number of the line; 0 at the end.
        line: usize,
        /// What should have stood there.
        expected: &'static str,
        /// What stood there.
        found: String,
    },
    /// The tape in it does not read.
    Tape(TapeError),
    /// It is of another test.
    OtherTest(String),
    /// It cannot be read at all; what the system says.
    Unreadable(String),
}

impl fmt::Display for EntryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EntryError::NotUtf8 => f.write_str("it is not UTF-8 text"),
            EntryError::NotAnEntry => f.write_str(
                "it is no corpus entry: expected `reveille corpus v1` as its first line",
            ),
            EntryError::OtherVersion(version) => {
                write!(f, "it is of version `{version}`, this build reads `v1`")
            }
            EntryError::Cut => {
                f.write_str("it is cut: it does not end in a line `sum: ` with sixteen digits")
            }
            EntryError::Damaged => f.write_str("it is damaged: its checksum is wrong"),
            EntryError::Malformed { line: 0, expected, .. } => {
                write!(f, "it is malformed: expected {expected}, got the end")
            }
            EntryError::Malformed { line, expected, found } => {
                write!(f, "it is malformed in line {line}: expected {expected}, got `{found}`")
            }
            EntryError::Tape(error) => write!(f, "{error}"),
            EntryError::OtherTest(test) => write!(f, "it is of another test, `{test}`"),
            EntryError::Unreadable(why) => write!(f, "it cannot be read ({why})"),
        }
    }
}

impl std::error::Error for EntryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            EntryError::Tape(error) => Some(error),
            _ => None,
        }
    }
}

/// Why a check in strict mode does not do with the corpus that there is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CorpusError {
    /// A file of the corpus cannot be used.
    Entry {
        /// The file.
        path: PathBuf,
        /// Why.
        error: EntryError,
    },
    /// The tape of an entry does not fit the code any more.
    Diverged {
        /// The file of the entry.
        path: PathBuf,
        /// Where, and how far it fits, in words.
        place: String,
    },
    /// An entry needs a process of its own for its run.
    NotHermetic {
        /// The file of the entry.
        path: PathBuf,
        /// Why there is none.
        why: String,
    },
    /// What a check in a process of its own said.
    Told(String),
}

impl fmt::Display for CorpusError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CorpusError::Entry { path, error } => {
                write!(f, "the corpus entry {} cannot be used: {error}", path.display())
            }
            CorpusError::Diverged { path, place } => {
                write!(f, "the tape of {} {place}", path.display())
            }
            CorpusError::NotHermetic { path, why } => write!(
                f,
                "the corpus entry {} cannot be replayed: its run needs a process of its own, {why}",
                path.display()
            ),
            CorpusError::Told(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for CorpusError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CorpusError::Entry { error, .. } => Some(error),
            _ => None,
        }
    }
}
