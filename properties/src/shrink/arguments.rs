//! Simplifies the [arguments](crate::arguments) of the test between two rounds of the
//! schedule: with a smaller argument a deviation may be needed no more, and the other
//! way round.

use super::Shrinker;
use crate::arguments::making::forget_trees;
use crate::arguments::shrink::{Tried, shrink_arguments};
use crate::host::Plan;

impl Shrinker<'_> {
    /// One argument after the other, as far as the run still fails alike.
    pub(super) fn simplify_arguments(&mut self) {
        let before = self.best.clone();
        shrink_arguments(self.best.tape.clone(), |candidate| {
            if self.is_spent() {
                return None;
            }
            let record = self.run(&Plan::replay(candidate).taped())?;
            let (fails, tape) = (record.failed_like(self.broken), record.tape.clone());
            if fails {
                self.best = record;
            }
            Some(Tried { tape, fails })
        });
        if self.best.tape != before.tape && !self.fails_afresh() {
            self.best = before;
        }
    }

    /// Whether the best tape fails alike if its arguments are made from their seeds: a
    /// strategy of the user's may have trees that remember more than their moves.
    fn fails_afresh(&mut self) -> bool {
        forget_trees();
        let again = self.run(&Plan::replay(self.best.tape.clone()));
        again.is_some_and(|again| again.failed_like(self.broken) && again.tape == self.best.tape)
    }
}
