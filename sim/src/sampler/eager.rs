//! The eager rule: what no other strand can see goes at once.
//!
//! A turn that touches only what a single strand ever touched, or only reads what all others only
//! read, commutes with every turn of the others. To let a policy choose there wastes its choices: in the
//! model of the published programs it costs POS four orders of magnitude. So such
//! turns are run before the policy is asked. Only what a point declared counts; a
//! turn of which nothing is declared may touch everything.
//!
//! What is shared is learned from the runs so far, and grows within a run.

use super::arrivals::Newcomers;
use super::lessons::Lessons;
use crate::strand::{Runnable, Touch};

/// Eager turns in a row at most: a strand that never touches anything shared must
/// not keep the others back.
const MOST_IN_A_ROW: u32 = 1_000;

/// How many eager turns were run in a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Eager {
    in_a_row: u32,
    newcomers: Newcomers,
    /// Whether any of the queue says what it touches.
    any_declared: bool,
}

impl Eager {
    /// A run begins.
    #[inline]
    pub(crate) fn begin(&mut self) {
        self.newcomers.clear();
    }

    /// The first strand whose next turn nobody else can see.
    #[inline]
    pub(crate) fn pick(&mut self, runnable: &Runnable<'_>, lessons: &Lessons) -> Option<u32> {
        let private = match self.may_have_private(runnable) {
            true => runnable.iter().position(|strand| lessons.is_private(strand)),
            false => None,
        };
        if private.is_none() || self.in_a_row >= MOST_IN_A_ROW {
            self.in_a_row = 0;
            return None;
        }
        self.in_a_row += 1;
        private.map(|option| option as u32)
    }

    /// Whether it is worth looking: what touches anything is seen by everybody.
    #[inline]
    fn may_have_private(&mut self, runnable: &Runnable<'_>) -> bool {
        let Some(mut news) = self.newcomers.follow(runnable) else { return true };
        let known = self.any_declared && !news.afresh;
        self.any_declared =
            known || news.options.any(|option| runnable.get(option).next() != Touch::Anything);
        self.any_declared
    }
}
