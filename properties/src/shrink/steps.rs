//! Takes a fault out together with the step that it brought.
//!
//! A spurious poll is a step more: the schedule has a choice for it, a task runnable
//! that was not, and the other faults are asked once more. Without it one of the
//! deviations that chose the step must go as well, or take a lower option, and the
//! others come earlier, all at once: passes that change one lane see a test that
//! passes, whichever they change first.

use super::size::{is_external, lanes};
use super::{Change, Shrinker};
use crate::arguments::spans::deviations;
use reveille_sim::{Kind, Tape};

/// Deviations of the schedule that are taken out or lowered with the fault.
const MOST_CHOSEN: usize = 6;

impl Shrinker<'_> {
    /// Whether a fault could go with its step.
    pub(super) fn drop_steps(&mut self) -> bool {
        let faults = self.deviations().into_iter().filter(|(kind, ..)| kind.is_fault());
        faults.collect::<Vec<_>>().into_iter().any(|fault| self.drop_step(fault))
    }

    fn drop_step(&mut self, fault: Change) -> bool {
        let (kind, index, _) = fault;
        let zeroed = self.without(&[fault]);
        let taken_out = self.with_lane(kind, |lane| {
            lane.remove(index);
        });
        [taken_out, zeroed].iter().any(|without| {
            let mut schedules = schedules_without(without);
            // As it is comes last: that was tried lane by lane.
            schedules.push(without.clone());
            schedules.iter().any(|tape| self.attempt_with_faults_earlier(tape, kind))
        })
    }

    /// Tries the tape, and with the other faults a place earlier.
    fn attempt_with_faults_earlier(&mut self, tape: &Tape, dropped: Kind) -> bool {
        let mut earlier = tape.clone();
        for kind in lanes().filter(|kind| is_external(*kind) && *kind != dropped) {
            let lane = earlier.lane_mut(kind);
            if lane.first() == Some(&0) {
                lane.remove(0);
            }
        }
        self.attempt(earlier) || self.attempt(tape.clone())
    }
}

/// The tape with one deviation of the schedule taken out, or an option lower.
fn schedules_without(tape: &Tape) -> Vec<Tape> {
    let chosen = deviations(tape).filter(|(kind, ..)| *kind == Kind::Schedule).take(MOST_CHOSEN);
    let changed = chosen.flat_map(|(kind, index, option)| {
        let mut taken_out = tape.clone();
        taken_out.lane_mut(kind).remove(index);
        let mut lower = tape.clone();
        lower.lane_mut(kind)[index] = option - 1;
        [taken_out, lower]
    });
    changed.collect()
}
