//! What the tasks around a delay queue do, as proptest draws it.

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
    Count,
}

/// From now on, or back from now.
#[derive(Clone, Copy)]
pub(super) enum Delay {
    Ahead(Duration),
    Ago(Duration),
}

#[derive(Clone, Copy)]
pub(super) struct Next(pub(super) Patience);

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

/// As often as `past` of some the time has passed.
fn delay(past: u32) -> impl Strategy<Value = Delay> + Clone {
    let ahead =
        select(AHEAD.to_vec()).prop_map(|micros| Delay::Ahead(Duration::from_micros(micros)));
    let ago =
        select(vec![1, 3, 100u64]).prop_map(|millis| Delay::Ago(Duration::from_millis(millis)));
    prop_oneof![6 => ahead, past => ago]
}

pub(super) fn hands(most: usize) -> impl Strategy<Value = Vec<Script<Change>>> {
    let change = prop_oneof![
        8 => delay(1).prop_map(Change::Insert),
        4 => any::<u8>().prop_map(Change::Remove),
        6 => (any::<u8>(), delay(3)).prop_map(|(which, delay)| Change::Reset(which, delay)),
        1 => Just(Change::Clear),
        1 => Just(Change::Count),
    ];
    scripts(change, Change::Insert(Delay::Ahead(Duration::from_millis(2))), most)
}

/// There is one: who polled last is who is woken.
pub(super) fn consumer(most: usize) -> impl Strategy<Value = Script<Next>> {
    script(patience().prop_map(Next), Next(Patience::Endless), most)
}

impl fmt::Debug for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Change::Insert(delay) => write!(f, "insert {delay:?}"),
            Change::Remove(which) => write!(f, "remove ({which})"),
            Change::Reset(which, delay) => write!(f, "reset ({which}) {delay:?}"),
            Change::Clear => f.write_str("clear"),
            Change::Count => f.write_str("count"),
        }
    }
}

impl fmt::Debug for Delay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Delay::Ahead(ahead) => write!(f, "in {ahead:?}"),
            Delay::Ago(ago) => write!(f, "{ago:?} ago"),
        }
    }
}

impl fmt::Debug for Next {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Patience::Endless => f.write_str("next"),
            patience => write!(f, "next, {patience:?}"),
        }
    }
}
