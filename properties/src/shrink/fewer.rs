//! The search for a failing tape with one deviation fewer.
//!
//! The greedy passes end where every single deviation is needed; another tape may
//! do with fewer all the same. Candidates are the tapes that lose two deviations
//! and win one, nearest to the lost ones first, and then, breadth first from the
//! plain run, all that there are: if the replays suffice, the number of deviations
//! that is left is the smallest there is.

use super::size::{self, is_external, run_key};
use super::{Change, Cost, Shrinker};
use crate::chart::Chart;
use crate::host::Plan;
use reveille_sim::{Kind, Tape};
use std::rc::Rc;

/// How far from the deviations that are lost a new one is looked for, round by round.
const WINDOWS: [usize; 3] = [2, 8, usize::MAX];

/// Places behind those of the run at which a fault is tried: without the others it may
/// be asked for more often.
const LATER: usize = 3;

/// Options of a choice that are tried if it is no schedule.
const MOST_OPTIONS: u32 = 8;

impl Shrinker<'_> {
    /// Whether a tape with fewer deviations was found.
    pub(super) fn find_fewer(&mut self) -> bool {
        let all = self.deviations();
        // A single one was tried without; that is the plain run.
        if all.len() < 2 {
            return false;
        }
        let before = self.spent;
        let limit = before.plus(self.to_search);
        let found = self.find_near(&all, limit) || self.find_any(&all, limit);
        self.to_search = self.to_search.less(before, self.spent);
        found
    }

    /// Two deviations lost, one won.
    fn find_near(&mut self, all: &[Change], limit: Cost) -> bool {
        // In pairs of neighbours first: those belong together most likely.
        let pairs = |distance| (distance..all.len()).map(move |b| (b - distance, b));
        WINDOWS.into_iter().any(|window| {
            (1..all.len()).flat_map(pairs).any(|(a, b)| {
                let lost = [all[a], all[b]];
                self.find_beside(&lost, &lost, window, limit, |_| true)
            })
        })
    }

    /// Every tape with fewer deviations, those with the fewest first.
    fn find_any(&mut self, all: &[Change], limit: Cost) -> bool {
        let mut level = vec![self.without(all)];
        for _ in 1..all.len() {
            let mut next = Vec::new();
            for base in level {
                let Some(chart) = self.chart(&base, limit) else { return false };
                let added = match chart {
                    Base::Fails => return true,
                    Base::Other(chart) => additions(&base, &chart, &self.best.tape, 0, &|_| true),
                };
                for deviation in added {
                    let candidate = with(&base, deviation);
                    if self.attempt_within(candidate.clone(), limit) {
                        return true;
                    }
                    next.push(candidate);
                }
            }
            level = next;
        }
        false
    }

    /// Tries the best tape without `lost` and with one deviation more, of the kinds
    /// that `wanted` names, no farther than `window` from one of `centres` in its lane.
    /// Lanes without a centre are searched from their beginning, if the window is wide.
    pub(super) fn find_beside(
        &mut self,
        lost: &[Change],
        centres: &[Change],
        window: usize,
        limit: Cost,
        wanted: impl Fn(Kind) -> bool,
    ) -> bool {
        let base = self.without(lost);
        let chart = match self.chart(&base, limit) {
            None => return false,
            Some(Base::Fails) => return true,
            Some(Base::Other(chart)) => chart,
        };
        let distance = |(kind, index, _): &Change| {
            let near = centres.iter().filter(|centre| centre.0 == *kind);
            let near = near.map(|centre| centre.1.abs_diff(*index)).min();
            near.map_or((true, *index), |distance| (false, distance))
        };
        let mut added = additions(&base, &chart, &self.best.tape, LATER, &wanted);
        added.retain(|deviation| {
            let (far, distance) = distance(deviation);
            window == usize::MAX || !far && distance <= window
        });
        added.sort_by_key(|deviation| (distance(deviation), deviation.2));
        added.into_iter().any(|deviation| self.attempt_within(with(&base, deviation), limit))
    }

    fn attempt_within(&mut self, candidate: Tape, limit: Cost) -> bool {
        !self.spent.reaches(limit) && self.attempt(candidate)
    }

    /// What the run of `base` chose between; none if that cannot be had.
    fn chart(&mut self, base: &Tape, limit: Cost) -> Option<Base> {
        let known = self.charts.get(&run_key(base));
        if let Some(chart) = known {
            return Some(Base::Other(Rc::clone(chart)));
        }
        if self.spent.reaches(limit) {
            return None;
        }
        let mut record = self.replay(&Plan::replay(base.clone()).charted())?;
        let chart = Rc::new(record.chart.take()?);
        if self.take(record) {
            return Some(Base::Fails);
        }
        self.charts.insert(run_key(base), Rc::clone(&chart));
        Some(Base::Other(chart))
    }
}

/// A tape to which deviations are to be added.
enum Base {
    /// It fails alike as it is, and was taken.
    Fails,
    /// It does not.
    Other(Rc<Chart>),
}

fn with(base: &Tape, (kind, index, option): Change) -> Tape {
    let mut tape = base.clone();
    let lane = tape.lane_mut(kind);
    if lane.len() <= index {
        lane.resize(index + 1, 0);
    }
    lane[index] = option;
    tape
}

/// The single deviations that `base` could have besides its own. Those of faults
/// only where `best` suffers the fault, too, and up to `later` places behind.
fn additions(
    base: &Tape,
    chart: &Chart,
    best: &Tape,
    later: usize,
    wanted: &dyn Fn(Kind) -> bool,
) -> Vec<Change> {
    let mut added = Vec::new();
    let kinds = size::lanes().filter(|kind| wanted(*kind));
    let (external, own): (Vec<Kind>, Vec<Kind>) = kinds.partition(|kind| is_external(*kind));
    for kind in own.into_iter().chain(external) {
        let options = match kind {
            // Among so many no single one is worth a try.
            Kind::Entropy => Vec::new(),
            kind if kind.is_fault() => {
                let most = best.lane(kind).iter().max().map_or(0, |most| *most);
                vec![most + 1; best.lane(kind).len().max(base.lane(kind).len()) + later]
            }
            kind => chart.options(kind),
        };
        let most = if is_external(kind) { MOST_OPTIONS } else { u32::MAX };
        for (index, options) in options.into_iter().enumerate() {
            if base.get(kind, index) == 0 {
                let taken = 1..options.min(most.saturating_add(1));
                added.extend(taken.map(|option| (kind, index, option)));
            }
        }
    }
    added
}
