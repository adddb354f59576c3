//! PCT: random priorities, and a few random moments at which the first goes last.
//!
//! Burckhardt et al.: "A Randomized Scheduler with Probabilistic Guarantees of
//! Finding Bugs" (ASPLOS 2010). With `n` strands and `k` choices a bug of depth `d`
//! is found in a run with a chance of at least 1 / (n k^(d-1)).
//!
//! Where we differ:
//! - Priorities belong to chains of causes (Ozkan et al., PCTCP, OOPSLA 2018), where
//!   a chain goes on through wakes: if a strand woke another and waits now, the two
//!   exchange their priorities. So a pair that hands work to and fro counts as one,
//!   and is kept back as one. The paper's chains are a decomposition on line; ours
//!   stay as many as there are strands.
//! - `k` is the largest number that a run has shown so far, and guessed before any
//!   has. Under the eager rule it counts only choices between events that may
//!   conflict; without, it counts turns, as in the paper.
//! - A strand that yields goes behind all others once it has yielded as often in a
//!   row as its patience lasts, which each run draws: with none a loop that waits for
//!   somebody else ends, with much of it a strand is truly run to its end before the
//!   others begin. The fair tail ends what remains.
//! - The depth is drawn for each run of a mix from 1, 2, 3 and 5; its first run runs
//!   every strand to its end, as far as it can, before the next begins.

use super::arrivals::{Arrivals, News, Ranking};
use super::policy::{Policy, Run};
use super::table::Table;
use crate::entropy::Entropy;
use crate::strand::{Runnable, Strand};

const DEPTHS: [u32; 4] = [1, 2, 3, 5];
const DEEPEST: usize = 16;
/// Guess for the number of choices before a run has shown it.
const FIRST_GUESS: u32 = 32;
/// Patience for yields is drawn from 0, or 2 to the power of 3 up to this.
const MOST_PATIENCE_BITS: u32 = 10;

/// Probabilistic concurrency testing.
#[derive(Clone, Debug)]
pub struct Pct {
    /// The depth of every run, as in the paper; none for a mix.
    depth: Option<u32>,
    strands: Table<Rank>,
    arrivals: Arrivals,
    ranking: Ranking,
    /// The steps at which a strand is demoted, the next one last.
    changes: [u32; DEEPEST],
    changes_left: usize,
    /// Turns so far, or choices under the eager rule.
    steps: u32,
    counts_choices: bool,
    runs: u64,
    patience: u32,
    /// The next priority below all others.
    lowest: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Rank {
    /// 0 until it is drawn.
    priority: u64,
    /// The turn after which its present priority was looked at.
    seen: u32,
    /// Yields in a row.
    yields: u32,
}

/// Initial priorities lie above, those of the demoted below.
const BOTTOM: u64 = 1 << 32;

impl Pct {
    /// Finds bugs of this depth, which is clamped to 1 ..= 17: strands have priorities, as
    /// in the paper, and yield at once.
    #[must_use]
    pub fn of_depth(depth: u32) -> Pct {
        let depth = depth.clamp(1, DEEPEST as u32 + 1);
        Pct { depth: Some(depth), ..Pct::mix() }
    }

    /// Draws depth and patience for each run, and follows chains through wakes.
    #[must_use]
    pub fn mix() -> Pct {
        Pct {
            depth: None,
            strands: Table::default(),
            arrivals: Arrivals::default(),
            ranking: Ranking::default(),
            changes: [0; DEEPEST],
            changes_left: 0,
            steps: 0,
            counts_choices: false,
            runs: 0,
            patience: 0,
            lowest: BOTTOM,
        }
    }

    fn is_mix(&self) -> bool {
        self.depth.is_none()
    }

    /// Draws `count` different steps out of as many as a run is expected to make.
    fn draw_changes(&mut self, count: usize, run: &mut Run) {
        let expected = match self.counts_choices {
            true => run.lessons.choices(),
            false => run.lessons.turns(),
        };
        let expected = expected.unwrap_or(FIRST_GUESS).max(1);
        self.changes_left = count.min(expected as usize);
        for drawn in 0..self.changes_left {
            let mut at = 1 + run.entropy.share(expected.into()) as u32;
            while self.changes[..drawn].contains(&at) {
                at = 1 + run.entropy.share(expected.into()) as u32;
            }
            self.changes[drawn] = at;
        }
        // The earliest last, where it is taken off.
        let changes = &mut self.changes[..self.changes_left];
        changes.sort_unstable();
        changes.reverse();
    }

    #[inline]
    fn look_at(
        &mut self,
        strand: &Strand,
        is_runnable: impl FnOnce(&mut Pct, usize) -> bool,
        run: &mut Run,
    ) -> u64 {
        let turns = strand.turns();
        let rank = self.strands.of(strand);
        if rank.priority == 0 {
            *rank = Rank { priority: run.entropy.word() | BOTTOM, seen: turns, yields: 0 };
        } else if rank.seen != turns {
            rank.seen = turns;
            if strand.yielded() {
                rank.yields += 1;
                if rank.yields > self.patience {
                    rank.yields = 0;
                    rank.priority = below(&mut self.lowest);
                }
            } else {
                rank.yields = 0;
            }
            if self.is_mix()
                && let Some(waker) = strand.woken_by()
                && !is_runnable(self, waker)
            {
                self.hand_over(waker, strand);
            }
        }
        self.strands.of(strand).priority
    }

    /// `strand` goes on where the chain of the strand `waker` has ended.
    fn hand_over(&mut self, waker: usize, strand: &Strand) {
        let theirs = self.strands.numbered(waker).priority;
        if theirs == 0 {
            return;
        }
        let own = std::mem::replace(&mut self.strands.of(strand).priority, theirs);
        self.strands.numbered(waker).priority = own;
    }
}

fn draw_patience(entropy: &mut Entropy) -> u32 {
    let some = entropy.bits(1) == 1;
    if some { 1 << (3 + entropy.below(MOST_PATIENCE_BITS - 2)) } else { 0 }
}

fn below(lowest: &mut u64) -> u64 {
    *lowest -= 1;
    (*lowest).max(1)
}

impl Policy for Pct {
    fn begin(&mut self, run: &mut Run) {
        self.strands.clear();
        self.arrivals.clear();
        self.steps = 0;
        self.counts_choices = run.is_eager;
        self.lowest = BOTTOM;
        self.runs += 1;
        let (depth, patience) = match self.depth {
            Some(depth) => (depth, 0),
            None if self.runs == 1 => (1, 1 << MOST_PATIENCE_BITS),
            None => (DEPTHS[run.entropy.bits(2) as usize], draw_patience(&mut run.entropy)),
        };
        self.patience = patience;
        self.draw_changes(depth as usize - 1, run);
    }

    #[inline]
    fn schedule(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        let news = self.arrivals.follow(runnable);
        if let Some(news) = &news {
            self.look_at_news(news, runnable, run);
        }
        let mut first = self.highest(&news, runnable, run);
        self.steps += u32::from(self.counts_choices);
        // Without the eager rule it is the turn to come that counts.
        let step = self.steps + u32::from(!self.counts_choices);
        while self.is_due(step) {
            self.demote(runnable.get(first));
            if let Some(News { queue, .. }) = news {
                self.rank(runnable.get(first), queue.arrival(first));
            }
            first = self.highest(&news, runnable, run);
        }
        first
    }

    #[inline]
    fn turn(&mut self, strand: &Strand, _run: &mut Run) {
        if !self.counts_choices {
            self.steps += 1;
            // It was alone, or this was done when it was chosen.
            while self.is_due(self.steps) {
                self.demote(strand);
            }
        }
    }
}

impl Pct {
    /// Whether somebody is to be demoted at this step.
    #[inline]
    fn is_due(&self, step: u32) -> bool {
        self.changes_left > 0 && self.changes[self.changes_left - 1] <= step
    }

    fn demote(&mut self, strand: &Strand) {
        self.changes_left -= 1;
        self.strands.of(strand).priority = below(&mut self.lowest);
    }

    fn look_at_news(&mut self, news: &News<'_>, runnable: &Runnable<'_>, run: &mut Run) {
        let queue = news.queue;
        if news.afresh {
            self.ranking.clear();
        }
        for option in news.options.clone() {
            let strand = runnable.get(option);
            let stands = |pct: &mut Pct, other| pct.arrivals.option_of(other, queue).is_some();
            self.look_at(strand, stands, run);
            self.rank(strand, queue.arrival(option));
        }
    }

    fn rank(&mut self, strand: &Strand, arrival: u64) {
        self.ranking.push(self.strands.of(strand).priority, strand.number(), arrival);
    }

    #[inline]
    fn highest(&mut self, news: &Option<News<'_>>, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        let Some(news) = news else { return self.look_through(runnable, run) };
        let Pct { strands, ranking, .. } = self;
        let highest = ranking.highest(news.queue, runnable.len(), |ranked| {
            strands.numbered(ranked.number).priority == ranked.priority
        });
        highest.map_or(0, |(option, _)| option)
    }

    #[inline]
    fn look_through(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> u32 {
        let mut first = (0, 0);
        for option in 0..runnable.len() {
            let is_there =
                |_: &mut Pct, waker| runnable.iter().any(|other| other.number() == waker);
            let priority = self.look_at(runnable.get(option), is_there, run);
            if priority > first.0 {
                first = (priority, option);
            }
        }
        first.1
    }
}
