//! Scene 6: a wake says "I can get on", and whom a pool polls then.

#[path = "6_progress/pools.rs"]
mod pools;
#[path = "6_progress/sums.rs"]
mod sums;

use super::Part;
use pools::{Pool, three_wait};
use reveille::{Faults, Law};
use sums::{Sum, sum_and_stop};

/// Some schedules let the sum go on until runs become fair, so that comes early.
const STEPS: u64 = 500;

pub(super) const PARTS: &[Part] = &[
    Part::passes("wakes-itself", |checker| {
        checker.clone().max_steps(STEPS).try_check(|| sum_and_stop(Sum::wakes_itself))
    }),
    Part::breaks("loops", Law::Starvation, |checker| {
        checker.clone().max_steps(STEPS).try_check(|| sum_and_stop(Sum::loops))
    }),
    // A poll that nobody asked for would count as well.
    Part::passes("polls-everybody", |checker| {
        checker.clone().faults(Faults::NONE).try_check(|| three_wait(Pool::polls_everybody, 9))
    }),
    Part::passes("polls-the-woken", |checker| {
        checker.clone().faults(Faults::NONE).try_check(|| three_wait(Pool::polls_the_woken, 6))
    }),
];
