//! Sticky random: mostly the strand that ran last goes on.
//!
//! As in Coyote's portfolio (Deligiannis et al., TACAS 2023, "probabilistic
//! random"): the strand that had the last turn goes on with a chance of 1 - 1/2^b,
//! else all have the same chance. It finds what needs a long run of one strand,
//! which a random walk makes exponentially rare. No guarantee.

use super::arrivals::Arrivals;
use super::policy::{Policy, Run};
use crate::strand::{Runnable, Strand};

/// Coyote's choice.
const BITS: u32 = 3;

/// Stays with a strand for about eight turns.
#[derive(Clone, Debug, Default)]
pub struct Sticky {
    last: Option<usize>,
    arrivals: Arrivals,
}

impl Policy for Sticky {
    fn begin(&mut self, _run: &mut Run) {
        self.last = None;
        self.arrivals.clear();
    }

    fn schedule(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        if run.entropy.bits(BITS) != 0
            && let Some(last) = self.last
            && let Some(option) = self.find(last, runnable)
        {
            return option;
        }
        run.entropy.below(runnable.len())
    }

    fn turn(&mut self, strand: &Strand, _run: &mut Run) {
        self.last = Some(strand.number());
    }
}

impl Sticky {
    fn find(&mut self, last: usize, runnable: &Runnable<'_>) -> Option<u32> {
        if let Some(news) = self.arrivals.follow(runnable) {
            return self.arrivals.option_of(last, news.queue);
        }
        runnable.iter().position(|strand| strand.number() == last).map(|option| option as u32)
    }
}
