//! URW: a random walk that is uniform over whole interleavings.
//!
//! From Zhao et al., "Selectively Uniform Concurrency Testing" (ASPLOS 2025): a strand
//! goes next with a chance proportional to the turns it has left. With exact counts
//! and without blocking every interleaving has the same chance. The counts are what
//! former runs showed at the same path; a strand that was never seen counts as one
//! turn. It spends its choices on turns that do not matter, too.

use super::policy::{Policy, Run};
use super::shares::{Shares, draw_weighted};
use crate::strand::{Runnable, Strand};

/// Uniform over interleavings.
#[derive(Clone, Debug, Default)]
pub struct Urw {
    shares: Shares,
    weights: Vec<u32>,
}

impl Policy for Urw {
    fn begin(&mut self, _run: &mut Run) {
        self.shares.clear();
    }

    fn schedule(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        let expected = run.lessons.all_turns();
        // A strand that is new takes its share from its parent's: meet all of them first.
        for strand in runnable.iter() {
            self.shares.left(strand, expected);
        }
        self.weights.clear();
        for strand in runnable.iter() {
            self.weights.push(self.shares.left(strand, expected).max(1));
        }
        let drawn = draw_weighted(self.weights.iter().copied(), &mut run.entropy);
        drawn.unwrap_or(0) as u32
    }

    fn turn(&mut self, strand: &Strand, run: &mut Run) {
        self.shares.spend(strand, run.lessons.all_turns());
    }
}
