//! Simplifies the [arguments](crate::arguments) of the test between two rounds of the
//! schedule: with a smaller argument a deviation may be needed no more, and the other
//! way round.

use super::Shrinker;
use crate::arguments::shrink::{Tried, shrink_arguments};
use crate::host::Plan;

impl Shrinker<'_> {
    /// One argument after the other, as far as the run still fails alike.
    pub(super) fn simplify_arguments(&mut self) {
        shrink_arguments(self.best.tape.clone(), |candidate| {
            // With the hash comes the tape of a run that passes.
            let record = self.replay(&Plan::replay(candidate).hashed())?;
            let (fails, tape) = (record.failed_like(self.broken), record.tape.clone());
            if fails {
                self.best = record;
            }
            Some(Tried { tape, fails })
        });
    }
}
