//! The greedy passes: each tries changes of the best tape, one after the other.

use super::size::{extent, is_external, lanes};
use super::{Change, Shrinker};
use crate::arguments::spans::deviations;
use reveille_sim::{Kind, Tape};

/// Deviations beyond which the passes that try pairs look at neighbours only.
const FEW: usize = 4;

impl Shrinker<'_> {
    /// Nothing at all; no faults and inputs; then lane by lane.
    pub(super) fn drop_lanes(&mut self) {
        let without = |shrinker: &Self, dropped: &dyn Fn(Kind) -> bool| {
            let mut tape = shrinker.best.tape.clone();
            lanes().filter(|kind| dropped(*kind)).for_each(|kind| tape.lane_mut(kind).clear());
            tape
        };
        let nothing = without(self, &|_| true);
        let no_faults = without(self, &is_external);
        if self.attempt(nothing) || self.attempt(no_faults) {
            return;
        }
        for kind in lanes() {
            let candidate = without(self, &|other| other == kind);
            self.attempt(candidate);
        }
    }

    /// Keeps a shortest prefix of each lane, by bisection.
    pub(super) fn cut_tails(&mut self) {
        for kind in lanes() {
            let mut kept = 0;
            loop {
                let length = extent(self.best.tape.lane(kind));
                if kept >= length {
                    break;
                }
                let middle = (kept + length) / 2;
                let candidate = self.with_lane(kind, |lane| lane.truncate(middle));
                if !self.attempt(candidate) {
                    kept = middle + 1;
                }
            }
        }
    }

    /// Zeroes blocks of half the deviations, of a quarter, down to single ones.
    pub(super) fn zero_blocks(&mut self) {
        let mut size = self.deviations().len().div_ceil(2);
        while size > 0 {
            let mut at = 0;
            loop {
                let all = self.deviations();
                if at >= all.len() {
                    break;
                }
                let candidate = self.without(&all[at..all.len().min(at + size)]);
                if !self.attempt(candidate) {
                    at += size;
                }
            }
            size /= 2;
        }
    }

    /// Takes single deviations out with the entries after them: a step that is gone took
    /// its choices with it, and the rest of the lane comes earlier.
    pub(super) fn delete_blocks(&mut self) {
        let mut at = 0;
        while let Some((kind, index, _)) = self.deviations().get(at).copied() {
            let deleted = [8, 4, 2, 1].into_iter().any(|size| {
                let candidate = self.with_lane(kind, |lane| {
                    lane.drain(index..lane.len().min(index + size));
                });
                self.attempt(candidate)
            });
            at += usize::from(!deleted);
        }
    }

    /// Takes defaults out, so that the rest of the lane comes earlier. Which of those
    /// between two deviations go makes no difference, so the last ones do.
    pub(super) fn close_gaps(&mut self) {
        let mut at = 0;
        while let Some((kind, index, _)) = self.deviations().get(at).copied() {
            let gap = gap_before(&self.best.tape, kind, index);
            let sizes = [gap, gap / 2, 8, 4, 2, 1].into_iter().filter(|size| *size <= gap);
            let closed = sizes.filter(|size| *size > 0).any(|size| {
                let candidate = self.with_lane(kind, |lane| {
                    lane.drain(index - size..index);
                });
                self.attempt(candidate)
            });
            at += usize::from(!closed);
        }
    }

    /// Zeroes a deviation and moves later ones, of its own lane or of another: without
    /// a draw, a fault or a preemption there are fewer choices, or more.
    pub(super) fn drop_and_shift(&mut self) {
        let mut at = 0;
        while let Some(dropped) = self.deviations().get(at).copied() {
            let amount = dropped.2.cast_signed().saturating_abs();
            if !self.shifted(dropped, 0, amount) {
                at += 1;
            }
        }
    }

    /// Lowers the option of `changed` and moves later deviations by a few places.
    fn shifted(&mut self, changed: Change, lower: u32, amount: i32) -> bool {
        let (kind, index, _) = changed;
        let mut candidate = self.best.tape.clone();
        candidate.lane_mut(kind)[index] = lower;
        let rest: Vec<Change> = deviations(&candidate).collect();
        let few = rest.len() <= FEW;
        // A value that was drawn may be the number of things done.
        let mut shifts = vec![-1, 1, -2, 2];
        if kind == Kind::Input && amount > 2 {
            shifts.extend([-amount, amount]);
        }
        for other in lanes() {
            let later = |d: &&Change| d.0 == other && (other != kind || d.1 > index);
            let starts = rest.iter().filter(later).map(|(_, start, _)| *start);
            for start in starts.take(if few { FEW } else { 1 }) {
                for shift in &shifts {
                    let moved = move_tail(candidate.clone(), other, start, *shift);
                    if moved.is_some_and(|moved| self.attempt(moved)) {
                        return true;
                    }
                }
            }
        }
        false
    }

    /// Takes lower options.
    pub(super) fn lower_options(&mut self) {
        let mut at = 0;
        while let Some(deviation) = self.deviations().get(at).copied() {
            let (kind, index, option) = deviation;
            let mut lower: Vec<u32> = (1..option).take(8).collect();
            lower.extend([option / 2, option - 1].into_iter().filter(|lower| *lower > 8));
            let lowered = lower.iter().any(|lower| {
                let candidate = self.with_lane(kind, |lane| lane[index] = *lower);
                self.attempt(candidate)
            });
            let shifted = !lowered
                && kind == Kind::Input
                && lower.last().is_some_and(|last| {
                    let amount = (option - last).cast_signed().saturating_abs();
                    self.shifted(deviation, *last, amount)
                });
            if !lowered && !shifted {
                at += 1;
            }
        }
    }

    /// Moves single deviations towards the front, by one place and, as long as that
    /// goes well, by twice as many.
    pub(super) fn move_earlier(&mut self) {
        let mut at = 0;
        let mut distance = 1;
        while let Some((kind, index, option)) = self.deviations().get(at).copied() {
            let possible = gap_before(&self.best.tape, kind, index) >= distance;
            let candidate = possible.then(|| {
                self.with_lane(kind, |lane| {
                    lane[index] = 0;
                    lane[index - distance] = option;
                })
            });
            if candidate.is_some_and(|candidate| self.attempt(candidate)) {
                distance *= 2;
            } else if distance > 1 {
                distance = 1;
            } else {
                at += 1;
            }
        }
    }
}

/// How many defaults stand before a place of a lane.
fn gap_before(tape: &Tape, kind: Kind, index: usize) -> usize {
    tape.lane(kind)[..index].iter().rev().take_while(|option| **option == 0).count()
}

/// The tape with its lane `kind` from `start` on moved by `shift` places; none if a
/// deviation stands in the way.
fn move_tail(mut tape: Tape, kind: Kind, start: usize, shift: i32) -> Option<Tape> {
    let count = usize::try_from(shift.unsigned_abs()).ok()?;
    let gap = gap_before(&tape, kind, start);
    let lane = tape.lane_mut(kind);
    if shift > 0 {
        // A draw may be a large number.
        let count = (count <= 1 << 12).then_some(count)?;
        lane.splice(start..start, std::iter::repeat_n(0, count));
    } else if gap >= count {
        lane.drain(start - count..start);
    } else {
        return None;
    }
    Some(tape)
}
