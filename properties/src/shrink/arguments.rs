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
            // With the hash comes the tape of a run that passes.
            let record = self.replay(&Plan::replay(candidate).hashed())?;
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
        self.spent.replays += 1;
        let again = self.host.run(&Plan::replay(self.best.tape.clone()));
        again.is_ok_and(|again| again.failed_like(self.broken) && again.tape == self.best.tape)
    }
}
