//! Makes a failing tape small: fewest deviations first, then the smallest of those.
//!
//! Delta debugging over the tape (Zeller, Hildebrandt, "Simplifying and Isolating
//! Failure-Inducing Input", TSE 2002), with what is known of schedules besides:
//!
//! ```text
//! repeat
//!   repeat   drop lanes, cut tails, zero blocks, delete blocks, drop and shift       passes
//!   steps    a fault goes with the step that it brought                          steps
//!   trade    a fault or an input for a deviation of the schedule                     external
//!   fewer    a tape with one deviation fewer, nearest first, then breadth first      fewer
//!   polish   close gaps, lower options, move deviations to the front                 passes
//!   simplify the arguments of the test by proptest's moves                           arguments
//! until nothing gets smaller
//! ```
//!
//! The passes are greedy and end in local minima (two preemptions where another
//! single one would do); the search for one deviation fewer is there to leave them.
//! Order of faults before schedule: Scott et al., "Minimizing Faulty Executions of
//! Distributed Systems", NSDI 2016 (DEMi).
//!
//! A candidate is replayed once at most and taken if it fails for the same reason.
//! What is kept is the tape that the replay recorded: options that the run did not
//! offer are not on it.

mod arguments;
mod external;
mod fewer;
mod passes;
mod size;
mod steps;
#[cfg(test)]
mod tests;

use crate::arguments::spans::deviations;
use crate::chart::Chart;
use crate::host::{Host, Plan};
use crate::record::{Broken, RunRecord};
use reveille_sim::{Kind, Tape};
use size::{Size, run_key};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// Replays at most: one takes microseconds.
const MOST_REPLAYS: u32 = 5_000;
/// The same for runs with a process of their own, which take milliseconds.
const MOST_PROCESSES: u32 = 1_000;
/// Replays of the search for one deviation fewer, which finds within the first hundreds
/// almost always, or not at all.
const MOST_SEARCHED: u32 = 3_000;
/// Steps and tasks of all replays together at most: a run that does not end is long.
const MOST_STEPS: u64 = 30_000_000;

/// The smallest tape found, and the replays it took.
#[derive(Debug)]
pub(crate) struct Shrunk {
    pub(crate) record: RunRecord,
    pub(crate) replays: u32,
}

/// Makes the tape of `record`, which failed as `broken` says, small.
pub(crate) fn shrink(host: &mut dyn Host, record: RunRecord, broken: &Broken) -> Shrunk {
    shrunk(Shrinker::new(host, record, broken))
}

/// The same by [hasty](crate::haste) replays, with so many steps together at most.
pub(crate) fn in_haste(
    host: &mut dyn Host,
    record: RunRecord,
    broken: &Broken,
    steps: u64,
) -> Shrunk {
    let shrinker = Shrinker::new(host, record, broken);
    let most = Cost { steps, ..shrinker.most };
    let to_search = Cost { steps: steps / 5, ..shrinker.to_search };
    shrunk(Shrinker { most, to_search, hasty: true, ..shrinker })
}

fn shrunk(mut shrinker: Shrinker<'_>) -> Shrunk {
    shrinker.work();
    Shrunk { replays: shrinker.spent.replays, record: shrinker.best }
}

/// A choice that is not the default: its kind, its place in the lane, its option.
type Change = (Kind, usize, u32);

struct Shrinker<'a> {
    host: &'a mut dyn Host,
    broken: &'a Broken,
    best: RunRecord,
    /// Fingerprints of the tapes of which the answer is known.
    tried: BTreeSet<u64>,
    /// What runs that were looked into chose between.
    charts: BTreeMap<u64, Rc<Chart>>,
    spent: Cost,
    /// What all of it may cost.
    most: Cost,
    /// What the passes that search may still cost.
    to_trade: Cost,
    to_search: Cost,
    /// Whether its replays are hasty.
    hasty: bool,
}

/// What replays cost.
#[derive(Clone, Copy, Debug)]
struct Cost {
    replays: u32,
    steps: u64,
}

impl Cost {
    fn reaches(self, limit: Cost) -> bool {
        self.replays >= limit.replays || self.steps >= limit.steps
    }

    fn plus(self, other: Cost) -> Cost {
        Cost { replays: self.replays + other.replays, steps: self.steps + other.steps }
    }

    /// What is left of it when so much was spent between two moments.
    fn less(self, before: Cost, after: Cost) -> Cost {
        Cost {
            replays: self.replays.saturating_sub(after.replays - before.replays),
            steps: self.steps.saturating_sub(after.steps - before.steps),
        }
    }
}

impl<'a> Shrinker<'a> {
    fn new(host: &'a mut dyn Host, record: RunRecord, broken: &'a Broken) -> Shrinker<'a> {
        let tried = BTreeSet::from([run_key(&record.tape)]);
        let replays = if record.tape.is_hermetic() { MOST_PROCESSES } else { MOST_REPLAYS };
        Shrinker {
            host,
            broken,
            best: record,
            tried,
            charts: BTreeMap::new(),
            spent: Cost { replays: 0, steps: 0 },
            most: Cost { replays, steps: MOST_STEPS },
            to_trade: external::MOST,
            to_search: Cost { replays: MOST_SEARCHED.min(replays / 5 * 4), steps: MOST_STEPS / 5 },
            hasty: false,
        }
    }

    fn work(&mut self) {
        let mut simplified = None;
        while !self.is_spent() {
            self.shrink_schedule();
            let before = run_key(&self.best.tape);
            if simplified == Some(before) {
                break;
            }
            self.simplify_arguments();
            simplified = Some(run_key(&self.best.tape));
            if simplified == Some(before) {
                break;
            }
        }
    }

    /// Everything but the arguments, until nothing gets smaller.
    fn shrink_schedule(&mut self) {
        while !self.deviations().is_empty() && !self.is_spent() {
            let before = self.size();
            self.drop_lanes();
            self.repeated(|shrinker| {
                shrinker.cut_tails();
                shrinker.zero_blocks();
                let before = shrinker.size();
                shrinker.delete_blocks();
                // Whatever could go without them is gone by then.
                if shrinker.size() == before {
                    shrinker.drop_and_shift();
                }
            });
            if self.drop_steps() || self.trade() || self.find_fewer() {
                continue;
            }
            self.repeated(|shrinker| {
                shrinker.close_gaps();
                shrinker.lower_options();
                shrinker.move_earlier();
            });
            if self.size() == before {
                break;
            }
        }
    }

    fn repeated(&mut self, passes: impl Fn(&mut Self)) {
        loop {
            let before = self.size();
            passes(self);
            if self.size() == before || self.is_spent() {
                break;
            }
        }
    }

    fn is_spent(&self) -> bool {
        self.spent.reaches(self.most)
    }

    fn size(&self) -> Size {
        Size::of(&self.best.tape)
    }

    /// The deviations of the best tape; what the arguments are made of is none.
    fn deviations(&self) -> Vec<Change> {
        deviations(&self.best.tape).collect()
    }

    /// The best tape with its lane `kind` changed.
    fn with_lane(&self, kind: Kind, change: impl FnOnce(&mut Vec<u32>)) -> Tape {
        let mut tape = self.best.tape.clone();
        change(tape.lane_mut(kind));
        tape
    }

    /// The best tape without some of its deviations.
    fn without(&self, dropped: &[Change]) -> Tape {
        let mut tape = self.best.tape.clone();
        for (kind, index, _) in dropped {
            tape.lane_mut(*kind)[*index] = 0;
        }
        tape
    }

    /// Takes the candidate if it is smaller and fails alike.
    fn attempt(&mut self, candidate: Tape) -> bool {
        if Size::of(&candidate) >= self.size() || self.tried.contains(&run_key(&candidate)) {
            return false;
        }
        match self.replay(&Plan::replay(candidate)) {
            Some(record) => self.take(record),
            None => false,
        }
    }

    /// Takes what a replay recorded if that is smaller and failed alike.
    fn take(&mut self, record: RunRecord) -> bool {
        let better = record.failed_like(self.broken) && Size::of(&record.tape) < self.size();
        if better {
            self.best = record;
        }
        better
    }

    /// Makes a replay, if one may still be made, and remembers the tape.
    fn replay(&mut self, plan: &Plan) -> Option<RunRecord> {
        if self.is_spent() {
            return None;
        }
        if let Some(tape) = plan.tape() {
            self.tried.insert(run_key(tape));
        }
        let record = self.run(plan)?;
        if record.broken.is_some() {
            self.tried.insert(run_key(&record.tape));
        }
        Some(record)
    }

    fn run(&mut self, plan: &Plan) -> Option<RunRecord> {
        self.spent.replays += 1;
        let record = self.host.run(&plan.clone().hasty_if(self.hasty)).ok()?;
        self.spent.steps += record.cost();
        Some(record)
    }
}
