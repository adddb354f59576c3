//! Panics where they happen. Of those that a poll ends with the verdict tells; a thread hands its
//! own to who joins it, or catches it.

use super::{TaskId, Trace};

/// Panics kept at most: the first ones, of which the others may be the echo.
const MOST: usize = 8;

/// A panic of a run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Thrown {
    /// Who ran.
    pub by: TaskId,
    /// The step.
    pub step: u64,
    /// What it said.
    pub message: String,
    /// File, line and column.
    pub location: Option<String>,
}

impl Trace {
    /// The first panics, the oldest first. They are no part of the hash.
    #[must_use]
    pub fn thrown(&self) -> &[Thrown] {
        &self.thrown
    }

    pub(super) fn add_thrown(&mut self, thrown: Thrown) {
        if self.thrown.len() < MOST {
            self.thrown.push(thrown);
        }
    }
}
