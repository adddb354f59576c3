//! Bounded search as a sampler of its own; the search is the [`Frontier`]'s.

use super::Sampler;
use super::frontier::{Exhausted, Frontier};
use super::lessons::Lessons;
use crate::choice::Kind;
use crate::fault::Faults;
use crate::strand::{Runnable, Strand};

/// Makes every run with at most so many deviations from the plain one, fewest first,
/// each once. It has no seed, and runs are made in order.
#[derive(Clone, Debug)]
pub struct Bounded {
    frontier: Frontier,
    lessons: Lessons,
}

impl Bounded {
    /// A search that begins with the plain run.
    #[must_use]
    pub fn new() -> Bounded {
        Bounded { frontier: Frontier::new(), lessons: Lessons::default() }
    }

    /// The largest number of deviations up to which nothing was left out.
    #[must_use]
    pub fn exhausted(&self) -> Option<Exhausted> {
        self.frontier.exhausted()
    }

    /// Whether there is nothing left to try; further runs are the plain one.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.frontier.is_done()
    }
}

impl Default for Bounded {
    fn default() -> Self {
        Bounded::new()
    }
}

impl Sampler for Bounded {
    fn begin(&mut self, _run: u64, permitted: Faults) -> Faults {
        self.frontier.begin();
        permitted
    }

    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        self.frontier.choose(kind, options)
    }

    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        self.frontier.schedule(runnable)
    }

    fn turn(&mut self, strand: &Strand) {
        self.frontier.turn(strand);
        self.lessons.note(strand);
    }

    fn end(&mut self) {
        self.frontier.end(&self.lessons);
    }
}
