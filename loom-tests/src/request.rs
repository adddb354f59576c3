//! What a test and the process in which its model runs say to each other.

use crate::explored::Explored;
use crate::failure::{Breach, Failure};
use crate::recorder::Step;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Which model of a test: the same line may make several.
#[derive(Clone, Debug, Eq, PartialEq, Hash, Serialize, Deserialize)]
pub(crate) struct Key {
    /// `file:line:column`.
    pub(crate) at: String,
    /// How many this line has made before.
    pub(crate) nth: usize,
    /// Which of its cases.
    pub(crate) case: usize,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Request {
    pub(crate) key: Key,
    pub(crate) mode: Mode,
    pub(crate) preemptions: Option<usize>,
    pub(crate) branches: usize,
    pub(crate) within: Duration,
    /// What came of the models that the test has run before: it is told the same.
    pub(crate) before: Vec<(Key, Result<Explored, Failure>)>,
}

impl Request {
    /// What came of a model that the test has run before.
    pub(crate) fn result_of(&self, key: &Key) -> Option<Result<Explored, Failure>> {
        let known = self.before.iter().find(|(of, _)| of == key);
        known.map(|(_, result)| result.clone())
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Mode {
    /// Every iteration.
    Search,
    /// All before that one, and that one told, with loom's path to it if that is wanted.
    Record { iteration: u64, with_path: bool },
    /// The iteration of that path only, which did that.
    Replay { path: String, steps: Vec<Step> },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    Passed {
        iterations: u64,
        exhausted: bool,
        took: Duration,
    },
    /// With loom's path to it, if it was recorded.
    Failed(Box<Breach>, Option<String>),
    /// What was to be recorded or replayed does not fail.
    NoFailure,
    /// The file by which loom takes and gives paths could not be written.
    NoFile(String),
}
