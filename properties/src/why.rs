//! Why a run fails: the two steps whose order decides, or the fault that does.
//!
//! The critical pair. Let a failing run and one that passes be given as orders of
//! turns. From the one order to the other lead swaps of neighbours, and somewhere on
//! the way the verdict flips; a binary search finds such a swap (Zeller's cause
//! transitions, "Isolating Cause-Effect Chains from Computer Programs", FSE 2002, with
//! schedules in the place of states). Intermediate orders are run by a
//! [script](reveille_sim::Script), so each is a tape like any other.
//!
//! ```text
//! a deviation of the schedule    without it the run passes: from here to there by swaps
//! a fault, an input              without it the run passes: that is what flips it
//! the plain run                  if some other order passes: by swaps; if none does: no order is to blame
//! ```
//!
//! Whatever is told was seen: both sides were replayed from their tapes.

mod pair;
#[cfg(test)]
mod tests;
mod words;

use crate::chart::{Chart, Turn};
use crate::host::{Host, Plan};
use crate::record::Broken;
use pair::Pair;
use reveille_sim::{Kind, Law, Path, Tape};

/// Replays at most.
const MOST_REPLAYS: u32 = 200;
/// Steps and tasks of all replays together at most.
const MOST_STEPS: u64 = 2_000_000;
/// Other orders that are tried if the plain run fails.
const MOST_ORDERS: usize = 64;
/// The same if each is a long run.
const MOST_ORDERS_AT_LENGTH: usize = 4;
/// Faults and inputs that are told of.
const MOST_EXTERNAL: usize = 3;

/// What flips a verdict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Why {
    /// In plain words.
    pub(crate) text: String,
    /// The steps that the words name.
    pub(crate) steps: Vec<u64>,
    /// The tasks that they name.
    pub(crate) tasks: Vec<u32>,
    /// A run on the other side.
    pub(crate) neighbour: Option<Neighbour>,
}

/// A run that differs as little as can be from one that fails, and does not fail so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Neighbour {
    pub(crate) tape: Tape,
    /// The law that it breaks, if it breaks another one.
    pub(crate) law: Option<Law>,
    /// How it differs, in plain words.
    pub(crate) note: String,
}

/// What flips the verdict of the run of `tape`, which fails as `broken` says; nothing if
/// that cannot be said. Its replays may be [hasty](crate::haste).
pub(crate) fn explain(host: &mut dyn Host, tape: &Tape, broken: &Broken, hasty: bool) -> Why {
    let mut inquiry = Inquiry { host, broken, hasty, replays: 0, steps: 0 };
    inquiry.explain(tape).unwrap_or_default()
}

/// A run that was seen, by its tape.
#[derive(Clone, Debug)]
struct Seen {
    tape: Tape,
    /// Whether it fails for the reason that is asked about.
    fails: bool,
    /// The law that it breaks.
    law: Option<Law>,
    chart: Chart,
}

impl Seen {
    fn order(&self) -> Vec<(Path, u32)> {
        self.chart.turns.iter().map(Turn::name).collect()
    }

    fn turn(&self, name: (Path, u32)) -> Option<&Turn> {
        self.chart.turns.iter().find(|turn| turn.name() == name)
    }

    /// What struck from outside, and whom.
    fn strikes(&self) -> Vec<(Kind, u32, Option<u32>)> {
        let struck = self.chart.choices.iter().filter(|choice| {
            choice.option != 0 && !matches!(choice.kind, Kind::Schedule | Kind::Argument)
        });
        struck.map(|choice| (choice.kind, choice.option, choice.task)).collect()
    }
}

struct Inquiry<'a> {
    host: &'a mut dyn Host,
    broken: &'a Broken,
    hasty: bool,
    replays: u32,
    steps: u64,
}

impl Inquiry<'_> {
    fn explain(&mut self, tape: &Tape) -> Option<Why> {
        let failing = self.see(&Plan::replay(tape.clone()))?;
        if !failing.fails {
            return None;
        }
        let deviations: Vec<_> = failing.tape.deviations().collect();
        let (schedule, others): (Vec<_>, Vec<_>) = deviations
            .into_iter()
            .filter(|(kind, ..)| *kind != Kind::Argument)
            .partition(|(kind, ..)| *kind == Kind::Schedule);
        if schedule.is_empty() && others.is_empty() {
            return self.without_deviations(&failing);
        }
        let mut causes = Vec::new();
        // The last one is the nearest to the failure. Of a tape that was not shrunk
        // none may be enough.
        let single = schedule.iter().rev().map(|deviation| vec![*deviation]);
        let pair = single.chain([schedule.clone()]).find_map(|deviations| {
            let passing = self.without(&failing.tape, &deviations)?;
            self.critical_pair(&failing, &passing)
        });
        causes.extend(pair.map(|pair| words::pair(&failing, &pair)));
        for external in others.into_iter().take(MOST_EXTERNAL) {
            let passing = self.without(&failing.tape, &[external]);
            if let Some(passing) = passing.filter(|passing| self.holds_unhurried(passing)) {
                causes.push(words::external(&failing, external, &passing));
            }
        }
        words::only_if(causes)
    }

    /// The plain run fails: does another order pass?
    fn without_deviations(&mut self, failing: &Seen) -> Option<Why> {
        let mut tried = 0;
        let options = failing.chart.options(Kind::Schedule);
        // The last ones are the nearest to the failure.
        let others = options.iter().enumerate().rev();
        let others = others.flat_map(|(index, options)| (1..*options).map(move |o| (index, o)));
        let most_orders = if self.hasty { MOST_ORDERS_AT_LENGTH } else { MOST_ORDERS };
        for (index, option) in others.take(most_orders) {
            let mut tape = failing.tape.clone();
            tape.lane_mut(Kind::Schedule)[index] = option;
            let Some(other) = self.see(&Plan::replay(tape)) else { break };
            if other.law.is_none() {
                let pair = self.critical_pair(failing, &other)?;
                return words::only_if(vec![words::pair(failing, &pair)]);
            }
            if !self.holds_unhurried(&other) {
                return None;
            }
            tried += 1;
        }
        (tried > 0).then(|| words::no_order(tried))
    }

    /// The run without some of its deviations, if it does not fail alike.
    fn without(&mut self, tape: &Tape, deviations: &[(Kind, usize, u32)]) -> Option<Seen> {
        let mut other = tape.clone();
        for (kind, index, _) in deviations {
            other.lane_mut(*kind)[*index] = 0;
        }
        self.see(&Plan::replay(other)).filter(|seen| !seen.fails)
    }

    /// The swap between the two runs that flips the verdict.
    fn critical_pair(&mut self, failing: &Seen, passing: &Seen) -> Option<Pair> {
        let way = pair::Way::new(failing.order(), passing.order());
        let tape = &failing.tape;
        let (fails, passes) = way.flip(|order| self.see(&Plan::script(tape.clone(), order)))?;
        // What is told is what the tapes of the two replay to, without the script.
        let mut again = |seen: Seen| {
            self.see(&Plan::replay(seen.tape)).filter(|seen| self.holds_unhurried(seen))
        };
        Pair::between([again(fails)?, again(passes)?])
    }

    /// Whether the run ends alike within the whole bounds.
    fn holds_unhurried(&mut self, seen: &Seen) -> bool {
        if !self.hasty {
            return true;
        }
        let Ok(whole) = self.host.run(&Plan::replay(seen.tape.clone())) else { return false };
        self.steps += whole.cost();
        let alike = whole.failed_like(self.broken) == seen.fails;
        alike && whole.broken.is_some() == seen.law.is_some()
    }

    fn see(&mut self, plan: &Plan) -> Option<Seen> {
        if self.replays >= MOST_REPLAYS || self.steps >= MOST_STEPS {
            return None;
        }
        self.replays += 1;
        let record = self.host.run(&plan.clone().charted().hasty_if(self.hasty)).ok()?;
        self.steps += record.cost();
        Some(Seen {
            fails: record.failed_like(self.broken),
            law: record.broken.map(|broken| broken.law),
            tape: record.tape,
            chart: record.chart?,
        })
    }
}
