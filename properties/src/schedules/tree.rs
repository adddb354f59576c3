//! The value tree of a schedule: the tape that the last failing run used, and the
//! smaller one that is tried next.
//!
//! Proptest asks for something simpler after a failure, and to take it back after a
//! pass. Taking back here means to try the next smaller tape at once; at the end the
//! last tape that failed is current, as proptest demands.

use super::smaller::Smaller;
use super::{Rules, Schedule, Source, Used};
use proptest::strategy::ValueTree;
use reveille_sim::Tape;
use std::fmt;
use std::sync::{Arc, Mutex};

/// The value tree of [`schedules()`](super::schedules()).
pub struct ScheduleTree {
    rules: Arc<Rules>,
    seed: u64,
    used: Arc<Mutex<Used>>,
    /// The tape of the last run that failed, as far as that was asked.
    best: Option<Tape>,
    candidate: Option<Tape>,
    smaller: Smaller,
}

impl ScheduleTree {
    pub(super) fn new(rules: Arc<Rules>, seed: u64) -> ScheduleTree {
        let (used, smaller) = (Arc::default(), Smaller::new());
        ScheduleTree { rules, seed, used, best: None, candidate: None, smaller }
    }

    fn with_used<R>(&self, f: impl FnOnce(&mut Used) -> R) -> R {
        f(&mut self.used.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

impl fmt::Debug for ScheduleTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScheduleTree").field("current", &self.current()).finish_non_exhaustive()
    }
}

impl ValueTree for ScheduleTree {
    type Value = Schedule;

    fn current(&self) -> Schedule {
        // That of the first run, because runs with other inputs come in between.
        let first = || self.with_used(|used| used.first.clone());
        let tape = self.candidate.clone().or_else(|| self.best.clone()).or_else(first);
        let source = match tape {
            Some(tape) => Source::Tape { tape: Box::new(tape), pasted: false },
            None => Source::Seed(self.seed),
        };
        Schedule { rules: self.rules.clone(), source, used: self.used.clone() }
    }

    fn simplify(&mut self) -> bool {
        let used = self.with_used(|used| used.last.take());
        let candidate = self.candidate.take();
        if candidate.is_some() {
            self.smaller.answer(true);
        }
        // A candidate that failed before it ran is as good as it stands.
        if let Some(tape) = used.or(candidate) {
            self.best = Some(tape);
        }
        self.candidate = self.best.as_ref().and_then(|best| self.smaller.propose(best));
        self.candidate.is_some()
    }

    fn complicate(&mut self) -> bool {
        self.with_used(|used| used.last = None);
        if self.candidate.take().is_none() {
            return false;
        }
        self.smaller.answer(false);
        self.candidate = self.best.as_ref().and_then(|best| self.smaller.propose(best));
        // Without a candidate the best is current again: it changed.
        true
    }
}
