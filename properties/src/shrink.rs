//! Makes a failing tape small: zero the deviations, block by block.
//!
//! Greedy and simple. Each candidate is replayed; it is taken if it fails for the
//! same reason with fewer deviations, and what is kept is the tape that this
//! replay recorded. First whole lanes go (a fault that does not matter), then the
//! tail, then blocks of half the deviations, a quarter, down to single ones;
//! again, until nothing more comes off. At last each option is lowered.

use crate::host::{Host, Plan};
use crate::record::{Broken, RunRecord};
use reveille_sim::{Kind, Tape};

/// Replays at most.
const MOST_REPLAYS: u32 = 1_000;
/// Steps of all replays together at most: a run that does not end is long.
const MOST_STEPS: u64 = 30_000_000;

/// The smallest tape found, and the replays it took.
#[derive(Debug)]
pub(crate) struct Shrunk {
    pub(crate) record: RunRecord,
    pub(crate) replays: u32,
}

pub(crate) fn shrink(host: &mut dyn Host, record: RunRecord, broken: &Broken) -> Shrunk {
    let mut shrinker = Shrinker { host, broken, best: record, replays: 0, steps: 0 };
    shrinker.drop_lanes();
    loop {
        let before = weight(&shrinker.best.tape);
        shrinker.cut_tail();
        shrinker.drop_blocks();
        if weight(&shrinker.best.tape) == before || shrinker.is_spent() {
            break;
        }
    }
    shrinker.lower_options();
    Shrunk { replays: shrinker.replays, record: shrinker.best }
}

/// What is made smaller: the number of deviations, then the sum of their options.
fn weight(tape: &Tape) -> (usize, u64) {
    tape.deviations().fold((0, 0), |(n, sum), (.., option)| (n + 1, sum + u64::from(option)))
}

struct Shrinker<'a> {
    host: &'a mut dyn Host,
    broken: &'a Broken,
    best: RunRecord,
    replays: u32,
    steps: u64,
}

impl Shrinker<'_> {
    fn is_spent(&self) -> bool {
        self.replays >= MOST_REPLAYS || self.steps >= MOST_STEPS
    }

    /// Takes the candidate if it is smaller and fails alike.
    fn attempt(&mut self, candidate: Tape) -> bool {
        if self.is_spent() || weight(&candidate) >= weight(&self.best.tape) {
            return false;
        }
        self.replays += 1;
        let Ok(record) = self.host.run(&Plan::replay(candidate)) else { return false };
        self.steps += record.steps;
        let better =
            record.failed_like(self.broken) && weight(&record.tape) < weight(&self.best.tape);
        if better {
            self.best = record;
        }
        better
    }

    fn deviations(&self) -> Vec<(Kind, usize, u32)> {
        self.best.tape.deviations().collect()
    }

    fn drop_lanes(&mut self) {
        self.attempt(Tape::new());
        for kind in Kind::ALL {
            let mut candidate = self.best.tape.clone();
            candidate.lane_mut(kind).clear();
            self.attempt(candidate);
        }
    }

    /// Keeps a shortest prefix of each lane, by bisection.
    fn cut_tail(&mut self) {
        for kind in Kind::ALL {
            let mut kept = 0;
            loop {
                let lane = self.best.tape.lane(kind);
                let length = lane.iter().rposition(|option| *option != 0).map_or(0, |at| at + 1);
                if kept >= length {
                    break;
                }
                let middle = (kept + length) / 2;
                let mut candidate = self.best.tape.clone();
                candidate.lane_mut(kind).truncate(middle);
                if !self.attempt(candidate) {
                    kept = middle + 1;
                }
            }
        }
    }

    fn drop_blocks(&mut self) {
        let mut size = self.deviations().len().div_ceil(2);
        while size > 0 {
            let mut at = 0;
            loop {
                let deviations = self.deviations();
                if at >= deviations.len() {
                    break;
                }
                let mut candidate = self.best.tape.clone();
                for (kind, index, _) in deviations.iter().skip(at).take(size) {
                    candidate.lane_mut(*kind)[*index] = 0;
                }
                if !self.attempt(candidate) {
                    at += size;
                }
            }
            size /= 2;
        }
    }

    fn lower_options(&mut self) {
        let mut at = 0;
        while let Some((kind, index, option)) = self.deviations().get(at).copied() {
            let lowered = (1..option).take(8).any(|lower| {
                let mut candidate = self.best.tape.clone();
                candidate.lane_mut(kind)[index] = lower;
                self.attempt(candidate)
            });
            if !lowered {
                at += 1;
            }
        }
    }
}
