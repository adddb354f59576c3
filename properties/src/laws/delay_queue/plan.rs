//! What the tasks around a delay queue do, as proptest draws it.

use crate::laws::play::delay::{Delay, delay};
use crate::laws::play::patience::{Patience, patience};
use crate::laws::play::script::{Script, script, scripts};
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt;
use std::time::Duration;

/// What is done to the queue and does not wait.
#[derive(Clone, Copy)]
pub(super) enum Change {
    Insert(Delay),
    /// Of the items in the queue one, by its place.
    Remove(u8),
    Reset(u8, Delay),
    Clear,
    /// One by one.
    RemoveAll,
    NextDue,
    Count,
}

/// Waits for an item, and does something else then for so many milliseconds.
#[derive(Clone, Copy)]
pub(super) struct Next(pub(super) Patience, pub(super) u8);

/// Microseconds: next to each other, between two milliseconds, and over several levels of a
/// timer wheel.
const AHEAD: [u64; 14] = [
    0,
    500,
    1_000,
    1_500,
    2_000,
    3_000,
    4_000,
    6_000,
    63_000,
    64_000,
    100_000,
    1_000_000,
    4_096_000,
    300_000_000,
];

/// How old the queue is when the tasks begin, as items that came and went, each so long after the
/// one before. Most are young; others are about to be as old as what a timer wheel of so many
/// levels of 64 slots covers, in milliseconds, and the last ones twice half of it.
pub(super) fn age(may_be_old: bool) -> BoxedStrategy<Vec<Duration>> {
    let old = (prop_oneof![(1..=5u32).prop_map(|level| 1 << (6 * level)), Just(1 << 36)], 0..8u64);
    let old = old.prop_map(|(wheel, before): (u64, u64)| {
        [wheel / 2, wheel / 2 - before].map(Duration::from_millis).to_vec()
    });
    prop_oneof![7 => Just(Vec::new()), u32::from(may_be_old) => old].boxed()
}

fn ahead() -> BoxedStrategy<Duration> {
    // Several at a time are due together.
    let soon = select(vec![1_000, 2_000u64]);
    prop_oneof![2 => select(AHEAD.to_vec()), 1 => soon].prop_map(Duration::from_micros).boxed()
}

pub(super) fn hands(most: usize) -> BoxedStrategy<Vec<Script<Change>>> {
    let change = prop_oneof![
        8 => delay(ahead(), 1).prop_map(Change::Insert),
        4 => any::<u8>().prop_map(Change::Remove),
        6 => (any::<u8>(), delay(ahead(), 3)).prop_map(|(which, delay)| Change::Reset(which, delay)),
        1 => Just(Change::Clear),
        1 => Just(Change::RemoveAll),
        2 => Just(Change::NextDue),
        1 => Just(Change::Count),
    ];
    scripts(change, Change::Insert(Delay::Ahead(Duration::from_millis(2))), most)
}

/// There is one: who polled last is who is woken.
pub(super) fn consumer(most: usize) -> BoxedStrategy<Script<Next>> {
    let rest = prop_oneof![3 => Just(0), 1 => 1..4u8];
    let next = (patience(), rest).prop_map(|(patience, rest)| Next(patience, rest));
    script(next, Next(Patience::Endless, 0), most)
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Insert(delay) => write!(f, "insert {delay:?}"),
            Change::Remove(which) => write!(f, "remove ({which})"),
            Change::Reset(which, delay) => write!(f, "reset ({which}) {delay:?}"),
            Change::Clear => f.write_str("clear"),
            Change::RemoveAll => f.write_str("remove all"),
            Change::NextDue => f.write_str("next due"),
            Change::Count => f.write_str("count"),
        }
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Next(patience, rest) = self;
        f.write_str("next")?;
        if *patience != Patience::Endless {
            write!(f, ", {patience:?}")?;
        }
        if *rest > 0 { write!(f, ", rest {rest} ms") } else { Ok(()) }
    }
}
