//! URW: a random walk that is uniform over whole interleavings.
//!
//! From Zhao et al., "Selectively Uniform Concurrency Testing" (ASPLOS 2025): a strand
//! goes next with a chance proportional to the turns it has left. With exact counts
//! and without blocking every interleaving has the same chance. The counts are what
//! former runs showed at the same path; a strand that was never seen counts as one
//! turn. It spends its choices on turns that do not matter, too.

use super::arrivals::{Newcomers, News};
use super::policy::{Policy, Run};
use super::shares::{Shares, draw_weighted};
use super::weights::Weights;
use crate::strand::{Runnable, Strand};

/// Uniform over interleavings.
#[derive(Clone, Debug, Default)]
pub struct Urw {
    shares: Shares,
    newcomers: Newcomers,
    weights: Weights,
    row: Vec<u32>,
}

impl Policy for Urw {
    fn begin(&mut self, _run: &mut Run) {
        self.shares.clear();
        self.newcomers.clear();
        self.weights.clear();
    }

    fn schedule(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        match self.newcomers.follow(runnable) {
            None => self.look_through(runnable, run),
            Some(news) => self.follow(news, runnable, run),
        }
    }

    fn turn(&mut self, strand: &Strand, run: &mut Run) {
        self.shares.spend(strand, run.lessons.all_turns());
        self.weights.remove(strand.number());
    }
}

impl Urw {
    fn look_through(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        let expected = run.lessons.all_turns();
        // A strand that is new takes its share from its parent's: meet all of them first.
        for strand in runnable.iter() {
            self.shares.left(strand, expected);
        }
        self.row.clear();
        for strand in runnable.iter() {
            self.row.push(weight(self.shares.left(strand, expected)));
        }
        let drawn = draw_weighted(self.row.iter().copied(), &mut run.entropy);
        drawn.unwrap_or(0) as u32
    }

    /// The same for a queue of which all are known but those who came.
    fn follow(&mut self, news: News<'_>, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        let Urw { shares, weights, .. } = self;
        let expected = run.lessons.all_turns();
        let options = match news.afresh || weights.is_sparse(runnable.len()) {
            true => {
                weights.clear();
                0..runnable.len()
            }
            false => news.options,
        };
        // Whoever spawned meanwhile had a turn, so it comes with its children, if at all.
        for option in options.clone() {
            shares.meet(runnable.get(option), expected);
        }
        for option in options {
            let number = runnable.get(option).number();
            weights.push(number, news.queue.arrival(option), weight(shares.of(number)));
        }
        weights.draw(news.queue, &mut run.entropy).unwrap_or(0)
    }
}

/// Whoever has nothing left by what was seen may still go.
fn weight(left: u32) -> u32 {
    left.max(1)
}
