//! What the tasks around timers do, as proptest draws it.

use crate::laws::play::delay::{Delay, delay};
use crate::laws::play::patience::{Patience, patience};
use crate::laws::play::script::{Script, Step, script, scripts};
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt;
use std::time::Duration;

/// What a task does with its timer.
#[derive(Clone, Copy)]
pub(super) enum Act {
    /// Makes a new one in the place of the one that it had.
    Set(Delay),
    Wait(Patience),
    /// Makes a new one and waits for it.
    Sleep(Delay, Patience),
    Ask,
    Drop,
}

/// Resets the timer of the task at this place.
#[derive(Clone, Copy)]
pub(super) struct Reset(pub(super) u8, pub(super) Delay);

/// Microseconds: next to each other, between two milliseconds, and over all levels of a wheel.
const AHEAD: [u64; 20] = [
    0,
    500,
    1_000,
    1_500,
    2_000,
    3_000,
    4_000,
    63_000,
    64_000,
    65_000,
    100_000,
    1_000_000,
    4_096_000,
    4_100_000,
    300_000_000,
    17_000_000_000,
    300_000_000_000,
    20_000_000_000_000,
    69_000_000_000_000,
    100_000_000_000_000,
];

/// For how long the clock has run, in seconds.
const AGES: [u64; 5] = [1, 100, 70_000, 30_000_000, 100_000_000];

fn ahead(longest: Duration) -> BoxedStrategy<Duration> {
    select(AHEAD.to_vec())
        .prop_map(move |micros| Duration::from_micros(micros).min(longest))
        .boxed()
}

pub(super) fn sleepers(most: usize, longest: Duration) -> BoxedStrategy<Vec<Script<Act>>> {
    let act = prop_oneof![
        8 => (delay(ahead(longest), 1), patience()).prop_map(|(delay, wait)| Act::Sleep(delay, wait)),
        2 => delay(ahead(longest), 1).prop_map(Act::Set),
        6 => patience().prop_map(Act::Wait),
        1 => Just(Act::Ask),
        1 => Just(Act::Drop),
    ];
    let plain = Act::Sleep(Delay::Ahead(Duration::from_millis(2)), Patience::Endless);
    scripts(act, plain, most)
}

pub(super) fn hand(most: usize, longest: Duration) -> BoxedStrategy<Script<Reset>> {
    let reset =
        (any::<u8>(), delay(ahead(longest), 4)).prop_map(|(place, delay)| Reset(place, delay));
    script(reset, Reset(0, Delay::Ahead(Duration::from_millis(2))), most)
}

pub(super) fn age() -> BoxedStrategy<Duration> {
    select(AGES.to_vec()).prop_map(Duration::from_secs).boxed()
}

/// By when all that these set is due, from when they begin.
pub(super) fn reach(sleepers: &[Script<Act>], hand: &Script<Reset>) -> Duration {
    let ahead = |delay| match delay {
        Delay::Ahead(ahead) => ahead,
        Delay::Ago(_) => Duration::ZERO,
    };
    let set = sleepers.iter().flat_map(|script| &script.steps).map(|step| match step {
        Step::Act(Act::Set(delay) | Act::Sleep(delay, _)) => ahead(*delay),
        _ => Duration::ZERO,
    });
    let reset = hand.steps.iter().map(|step| match step {
        Step::Act(Reset(_, delay)) => ahead(*delay),
        _ => Duration::ZERO,
    });
    set.chain(reset).sum()
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Act::Set(delay) => write!(f, "set {delay:?}"),
            Act::Wait(Patience::Endless) => f.write_str("wait"),
            Act::Sleep(delay, Patience::Endless) => write!(f, "sleep {delay:?}"),
            Act::Sleep(delay, patience) => write!(f, "sleep {delay:?}, {patience:?}"),
            Act::Wait(patience) => write!(f, "wait, {patience:?}"),
            Act::Ask => f.write_str("ask"),
            Act::Drop => f.write_str("drop"),
        }
    }
}

impl fmt::Debug for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Reset(place, delay) = self;
        write!(f, "reset ({place}) {delay:?}")
    }
}
