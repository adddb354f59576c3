//! Telling the processor what is needed soon.
//!
//! With a million tasks nearly everything that a poll touches lies in no cache, and to wait
//! for it takes many times as long as the poll. But whose turns come next is often known:
//! in order, the queue says it; a random walk draws from bits that depend on nothing else.
//! So the place in the queue, then the task, then what the task points to are on their way
//! meanwhile, of several turns at once.
//!
//! So it is with many connections: a write knows the other end before it comes there, a
//! wake knows the task that is polled soon, and a timeout the timer that it looks at last.
//!
//! Nothing here decides anything.

use crate::ready::Ready;
use crate::sampler::AHEAD;
use crate::task::{Header, TaskRef};

/// Queues up to this length are likely to lie in a cache.
pub(crate) const FEW: u32 = 1024;

/// How many turns before its own a task of a queue in order is fetched, and then what it
/// points to.
const FAR: usize = 16;
const NEAR: usize = 6;

/// The same for turns that are foreseen.
const FORESEEN_FAR: usize = 5;
const FORESEEN_NEAR: usize = 2;

const LINE: usize = 64;

/// What is likely to be touched of a future that is polled.
const SMALL_FUTURE: usize = 3 * LINE;

/// What a poll touches of a task with a small future, from its header on.
const TOUCHED: usize = size_of::<Header>() + 24;

/// The first of a long queue is taken: fetches what the turns after it need, if they go on
/// in the order of the queue.
#[inline(never)]
pub(crate) fn in_order(ready: &Ready<TaskRef>) {
    if let Some(task) = ready.glimpse(FAR) {
        fetch_task(task);
    }
    if let Some(task) = ready.glimpse(NEAR) {
        fetch_identity(task);
    }
}

/// Where those stand in the queue whose turns are foreseen, from the next one on.
#[derive(Debug, Default)]
pub(crate) struct Outlook {
    places: [usize; AHEAD],
}

impl Outlook {
    /// Fetches what the next turns need, of which these options were foreseen. Who has the
    /// present turn was taken out of the queue already.
    #[inline(never)]
    pub(crate) fn look(&mut self, ready: &Ready<TaskRef>, options: &[u32]) {
        let place = place_of_last(ready, options).unwrap_or(usize::MAX);
        self.places.copy_within(1.., 0);
        self.places[AHEAD - 1] = place;
        if let Some(address) = ready.address(place) {
            fetch(address);
        }
        if let Some(task) = ready.at_place(self.places[FORESEEN_FAR]) {
            fetch_task(task);
        }
        if let Some(task) = ready.at_place(self.places[FORESEEN_NEAR]) {
            fetch_identity(task);
        }
    }
}

/// Where the one stands now that the last of these options will take, after all before it
/// were taken; none if it is not in a queue with gaps yet.
#[inline]
fn place_of_last<T: Copy>(ready: &Ready<T>, options: &[u32]) -> Option<usize> {
    let (last, before) = options.split_last()?;
    // Each turn before it takes one out, which may stand in front of it now.
    let step_over = |option: u32, taken: &u32| option + u32::from(option >= *taken);
    let option = before.iter().rev().fold(*last, step_over);
    ready.standing(option as usize)
}

/// Fetches the lines of a task that a poll touches.
#[inline]
pub(crate) fn fetch_task(task: TaskRef) {
    let address = task.address();
    fetch(address);
    fetch(address + LINE);
    fetch(address + TOUCHED - 1);
}

/// A task was woken: its future is polled soon, if not many are before it.
#[inline(always)]
pub(crate) fn woken(task: TaskRef, ready: &Ready<TaskRef>) {
    if ready.len() < FEW as usize {
        fetch_first(task.address() + size_of::<Header>(), SMALL_FUTURE);
    }
}

/// Fetches the first `bytes` of what is at `address`.
#[inline(always)]
pub(crate) fn fetch_first(address: usize, bytes: usize) {
    (0..bytes).step_by(LINE).for_each(|at| fetch(address.wrapping_add(at)));
}

/// Fetches the identity that a poll hands out.
#[inline]
fn fetch_identity(task: TaskRef) {
    if let Some(identity) = task.ledger().current.get() {
        fetch(identity.as_ptr().addr());
    }
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn fetch(address: usize) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: it reads nothing: a hint with any address is good.
    unsafe { _mm_prefetch(std::ptr::without_provenance(address), _MM_HINT_T0) }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn fetch(_address: usize) {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whose_turn_is_foreseen_stands_there(
            // Near one another, so that they are in each other's way.
            options in prop::collection::vec(
                prop_oneof![0..2_900u32, 600..606u32, 2_890..2_900u32], 1..=AHEAD),
        ) {
            let mut ready = Ready::default();
            for number in 0..3_000 {
                ready.push(number);
            }
            for turn in 0..100 {
                ready.take(1_000 + 7 * turn);
            }
            let place = place_of_last(&ready, &options);
            let foreseen = place.and_then(|place| ready.at_place(place));
            // Who had a turn comes again behind all others.
            let mut taken = None;
            for option in &options {
                let element = ready.take(*option as usize);
                ready.push(element);
                taken = Some(element);
            }
            match foreseen {
                Some(foreseen) => prop_assert_eq!(Some(foreseen), taken),
                // It comes behind those that stand there now.
                None => prop_assert!(options.iter().any(|option| *option >= 2_890)),
            }
        }
    }
}
