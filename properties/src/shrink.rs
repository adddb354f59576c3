//! Makes a failing tape small: zero the deviations, block by block.
//!
//! Greedy and simple. Each candidate is replayed; it is taken if it fails for the
//! same reason with fewer deviations, and what is kept is the tape that this
//! replay recorded. First whole lanes go (a fault that does not matter), then the
//! tail, then blocks of half the deviations, a quarter, down to single ones;
//! again, until nothing more comes off. At last each option is lowered.
//!
//! Arguments are made simpler by a pass of their own, and then the schedule again, for
//! as long as either gains by the other.

use crate::arguments::shrink::{Tried, shrink_arguments};
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
        let before = shrinker.best.tape.clone();
        shrinker.shrink_schedule();
        if !shrinker.shrink_arguments() || shrinker.best.tape == before || shrinker.is_spent() {
            break;
        }
    }
    Shrunk { replays: shrinker.replays, record: shrinker.best }
}

/// What is made smaller: the number of deviations, then the sum of their options, then
/// what the arguments are made of.
fn weight(tape: &Tape) -> (usize, u64, usize) {
    let (count, sum) =
        deviations(tape).fold((0, 0), |(n, sum), (.., option)| (n + 1, sum + u64::from(option)));
    (count, sum, tape.lane(Kind::Argument).iter().filter(|option| **option != 0).count())
}

/// The deviations apart from those of the arguments, which are not to be had singly.
fn deviations(tape: &Tape) -> impl Iterator<Item = (Kind, usize, u32)> + '_ {
    tape.deviations().filter(|(kind, ..)| *kind != Kind::Argument)
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
        deviations(&self.best.tape).collect()
    }

    fn shrink_schedule(&mut self) {
        loop {
            let before = weight(&self.best.tape);
            self.cut_tail();
            self.drop_blocks();
            if weight(&self.best.tape) == before || self.is_spent() {
                break;
            }
        }
        self.lower_options();
    }

    /// Makes the arguments simpler; answers whether there are any.
    fn shrink_arguments(&mut self) -> bool {
        if self.best.tape.lane(Kind::Argument).is_empty() {
            return false;
        }
        shrink_arguments(self.best.tape.clone(), |candidate| {
            if self.is_spent() {
                return None;
            }
            self.replays += 1;
            // With the hash comes the tape of a run that passes.
            let record = self.host.run(&Plan::replay(candidate).hashed()).ok()?;
            self.steps += record.steps;
            let (fails, tape) = (record.failed_like(self.broken), record.tape.clone());
            if fails {
                self.best = record;
            }
            Some(Tried { tape, fails })
        });
        true
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
        for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Argument) {
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
