//! Why a model fails.

use crate::recorder::{Foreign, Interleaving, Place};
use serde::{Deserialize, Serialize};

/// What is wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum FailureKind {
    /// A thread waits, and nobody is left who could wake it.
    Deadlock,
    /// Two threads use a cell at once, or what orders them is missing.
    DataRace,
    /// Something was not given back when all threads had ended.
    Leak,
    /// A thread panicked: a rule of the model is broken, or an assertion of the user's.
    Panic,
    /// An iteration has more points of choice than the model may have: a loop waits for another
    /// thread and does not yield.
    TooManyBranches,
    /// It has more threads than loom can tell apart.
    TooManyThreads,
    /// It does not do the same again in the same iteration.
    Nondeterministic,
    /// Nothing has happened for some time: a loop without an operation that loom knows.
    Hung,
    /// There were iterations left when the time was up.
    Unfinished,
    /// The process in which the model ran ended before the model did.
    Died,
    /// A trace is of another model, or of an earlier form of this one.
    ForeignTrace,
}

/// What a child process knows of a failure.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Breach {
    pub(crate) kind: FailureKind,
    /// The iteration, from 1.
    pub(crate) iteration: u64,
    pub(crate) message: String,
    pub(crate) at: Option<Place>,
    pub(crate) interleaving: Option<Interleaving>,
    pub(crate) foreign: Option<Foreign>,
}

/// What loom, or the user, panics with.
pub(crate) fn classify(message: &str, file: &str) -> FailureKind {
    if !is_of_loom(file) {
        return FailureKind::Panic;
    }
    let known = [
        ("deadlock; threads", FailureKind::Deadlock),
        ("Causality violation", FailureKind::DataRace),
        ("currently writing to cell", FailureKind::DataRace),
        ("currently reading from cell", FailureKind::DataRace),
        ("is in `with_mut` call", FailureKind::DataRace),
        ("leaked", FailureKind::Leak),
        ("Messages leaked", FailureKind::Leak),
        ("Model exceeded maximum number of branches", FailureKind::TooManyBranches),
        ("Is the model fully deterministic", FailureKind::Nondeterministic),
    ];
    let kind = known.iter().find(|(text, _)| message.contains(text));
    kind.map_or(FailureKind::Panic, |(_, kind)| *kind)
}

/// Whether a panic comes from where loom reads and writes the file of its path: on a full disk.
pub(crate) fn is_of_checkpoints(file: &str) -> bool {
    is_of_loom(file) && file.replace('\\', "/").ends_with("/src/model.rs")
}

fn is_of_loom(file: &str) -> bool {
    file.replace('\\', "/").split('/').any(|part| part.starts_with("loom-0."))
}

/// Why a model fails. Its text is the report.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Failure(pub(crate) Box<Details>);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Details {
    pub(crate) model: String,
    pub(crate) rule: String,
    /// Where the model is checked.
    pub(crate) at: String,
    pub(crate) breach: Breach,
    pub(crate) preemptions: Option<usize>,
    pub(crate) branches: usize,
    /// The line that repeats it.
    pub(crate) replay: Option<String>,
    /// What else there is to say of it.
    pub(crate) notes: Vec<String>,
}

impl Failure {
    /// What is wrong.
    #[must_use]
    pub fn kind(&self) -> FailureKind {
        self.0.breach.kind
    }

    /// The rule of the model that is broken; empty for a model of the user's.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.0.rule
    }

    /// In which iteration, from 1; 0 if there was none.
    #[must_use]
    pub fn iteration(&self) -> u64 {
        self.0.breach.iteration
    }

    pub(crate) fn without_interleaving(mut self) -> Failure {
        self.0.breach.interleaving = None;
        self
    }
}

impl std::error::Error for Failure {}
