//! The random walk: every runnable strand has the same chance.
//!
//! The baseline. A schedule of `k` choices comes up with the product of one over
//! the options of each, so orders that keep a strand back for long are
//! exponentially rare.

use super::policy::{Policy, Run};
use crate::strand::Runnable;

/// Uniform over the runnable strands.
#[derive(Clone, Copy, Debug, Default)]
pub struct RandomWalk;

impl Policy for RandomWalk {
    #[inline(always)]
    fn schedule(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        run.entropy.below(runnable.len())
    }

    #[inline]
    fn foresee<'a>(&mut self, options: u32, option: u32, run: &'a mut Run) -> &'a [u32] {
        run.foresight.after(&run.entropy, options, option)
    }
}
