//! The trace of a run, as far as it is read here: the file that a check writes where
//! `REVEILLE_TRACE` says so. What is not known is passed over.

use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The version that is read.
const VERSION: u32 = 1;

/// A trace.
#[derive(Clone, Debug, Deserialize)]
pub struct Trace {
    format: String,
    version: u32,
    /// The test.
    pub test: String,
    /// How it failed; none if it passed.
    pub verdict: Option<Verdict>,
    /// The tape.
    pub tape: String,
    /// The line to paste.
    pub replay: String,
    /// The report; empty if the run passed.
    #[serde(default)]
    pub report: String,
    /// The run.
    pub run: Run,
}

/// How a run failed.
#[derive(Clone, Debug, Deserialize)]
pub struct Verdict {
    /// The law.
    pub law: String,
    /// What it demands.
    pub sentence: String,
    /// Places in the code.
    #[serde(default)]
    pub blamed: Vec<Blamed>,
}

/// A place in the code that a fact points at.
#[derive(Clone, Debug, Deserialize)]
pub struct Blamed {
    /// What was done there.
    pub what: String,
    /// Where.
    pub site: Site,
}

/// A line of code.
#[derive(Clone, Debug, Deserialize)]
pub struct Site {
    /// The file.
    pub file: String,
    /// The line.
    pub line: u64,
}

/// A run.
#[derive(Clone, Debug, Deserialize)]
pub struct Run {
    /// Its tasks.
    pub tasks: Vec<Task>,
    /// Its events.
    pub events: Vec<Event>,
}

/// A task.
#[derive(Clone, Debug, Deserialize)]
pub struct Task {
    /// Its number.
    pub id: u32,
    /// What it is called.
    pub label: String,
}

/// An event.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// Its number.
    pub index: u64,
    /// The step.
    pub step: u64,
    /// Virtual nanoseconds.
    pub now: u64,
    /// The task that was being polled.
    pub by: Option<u32>,
    /// What it is.
    pub kind: String,
    /// The same for a person.
    pub words: String,
    /// Where.
    pub at: Option<Site>,
    /// What was taken, of a choice.
    pub option: Option<u32>,
}

/// A trace that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TraceError {
    /// The file cannot be read.
    #[error("{}: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// It is no trace.
    #[error("{}: expected a trace, as a test writes it into the directory of REVEILLE_TRACE: {cause}", path.display())]
    NoTrace {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: serde_json::Error,
    },
    /// It is of another version.
    #[error("{}: a trace of version {version}, expected {VERSION}", path.display())]
    OtherVersion {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u32,
    },
}

impl Trace {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// If it cannot be read or is no trace of this version.
    pub fn read(path: &Path) -> Result<Trace, TraceError> {
        let path = path.to_owned();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(cause) => return Err(TraceError::Unreadable { path, cause }),
        };
        let trace: Trace = match serde_json::from_str(&text) {
            Ok(trace) => trace,
            Err(cause) => return Err(TraceError::NoTrace { path, cause }),
        };
        match (trace.format.as_str(), trace.version) {
            ("reveille-trace", VERSION) => Ok(trace),
            (_, version) => Err(TraceError::OtherVersion { path, version }),
        }
    }
}
