//! What a gate knows of its processes, of the lines to their checks, and of its tests.

use super::board::Board;
use super::message::{Counts, End, Hello};
use super::outcome::{CheckResult, Failure};
use super::socket::Answers;
use super::worker::Worker;
use std::collections::BTreeMap;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

/// A process, and for what.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) worker: Worker,
    pub(super) unit: usize,
    pub(super) task: Task,
    pub(super) began: Instant,
    /// When it last said something.
    pub(super) heard: Instant,
    pub(super) is_paused: bool,
    pub(super) is_hung: bool,
    /// Whether we ended it, and nothing follows from that.
    pub(super) is_killed: bool,
    /// How it ended, and when, while its lines may still have something to say.
    pub(super) ended: Option<(Option<ExitStatus>, Instant)>,
    /// How its checks ended.
    pub(super) ends: Vec<End>,
}

/// What a process is for.
#[derive(Clone, Debug)]
pub(super) enum Task {
    First,
    Search { number: usize, stream: u64 },
    Rescue(Lost),
    Mortem { lost: Lost, board: Board, how: String },
}

/// A run in which a process was lost.
#[derive(Clone, Debug)]
pub(super) struct Lost {
    pub(super) check: Key,
    pub(super) seed: u64,
    pub(super) run: u64,
    /// How the process ended.
    pub(super) how: String,
}

/// Which check of a test: what it is called, and the how manyth of that name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(String, u32);

impl Key {
    pub(super) fn of(hello: &Hello) -> Key {
        Key(hello.test.clone(), hello.ordinal)
    }

    #[cfg(test)]
    pub(super) fn named(name: &str) -> Key {
        Key(name.to_owned(), 0)
    }
}

/// A line to a check.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) worker: usize,
    pub(super) check: Key,
    pub(super) answers: Answers,
    pub(super) seed: u64,
    pub(super) board: Option<Board>,
    pub(super) slice: Instant,
    pub(super) counts: Counts,
    pub(super) is_over: bool,
    /// Whether nothing more can be said on it.
    pub(super) is_closed: bool,
}

/// A test, as far as it is known.
#[derive(Debug, Default)]
pub(super) struct Test {
    pub(super) checks: BTreeMap<Key, CheckResult>,
    pub(super) failures: Vec<Failure>,
    pub(super) spent: Duration,
    pub(super) is_done: bool,
    /// Whether a check of it has spoken.
    pub(super) is_ours: bool,
    /// Whether it came to its end without one.
    pub(super) is_ordinary: bool,
}
