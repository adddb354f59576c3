//! What a task does with a condition variable, as proptest draws it.

use crate::laws::play::patience::{Patience, patience};
use crate::laws::play::script::{Script, scripts};
use proptest::prelude::*;
use std::fmt;

/// Tasks that do nothing but notify, at most.
const NOTIFIERS: usize = 2;

#[derive(Clone, Copy)]
pub(super) enum Act {
    /// Locks, waits so patiently, and unlocks.
    Wait(Patience),
    Notify {
        all: bool,
        held: Held,
    },
}

/// Whether the mutex is held when somebody notifies.
#[derive(Clone, Copy, Debug)]
pub(super) enum Held {
    No,
    Meanwhile,
    /// And for so many milliseconds after.
    Long(u8),
}

pub(super) fn waiters(most: usize) -> BoxedStrategy<Vec<Script<Act>>> {
    let act = prop_oneof![6 => wait(), 1 => notify()];
    scripts(act, Act::Wait(Patience::Endless), most)
}

/// Few, since one notification too many covers up for one that is lost.
pub(super) fn notifiers(most: usize) -> BoxedStrategy<Vec<Script<Act>>> {
    let plain = Act::Notify { all: false, held: Held::No };
    scripts(notify(), plain, most)
        .prop_map(|mut scripts| {
            scripts.truncate(NOTIFIERS);
            scripts
        })
        .boxed()
}

/// Who is dropped when it was notified, or waits for the mutex, has the most to answer for.
fn wait() -> BoxedStrategy<Act> {
    prop_oneof![
        3 => patience(),
        1 => (1..3u8).prop_map(Patience::Wakes),
        1 => Just(Patience::Polls(2)),
    ]
    .prop_map(Act::Wait)
    .boxed()
}

fn notify() -> BoxedStrategy<Act> {
    let held = prop_oneof![
        2 => Just(Held::No),
        1 => Just(Held::Meanwhile),
        2 => (0..3u8).prop_map(Held::Long),
    ];
    (prop::bool::weighted(0.25), held).prop_map(|(all, held)| Act::Notify { all, held }).boxed()
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Act::Wait(Patience::Endless) => f.write_str("wait"),
            Act::Wait(patience) => write!(f, "wait, {patience:?}"),
            Act::Notify { all, held } => {
                f.write_str(if *all { "notify all" } else { "notify one" })?;
                match held {
                    Held::No => Ok(()),
                    Held::Meanwhile => f.write_str(" under the mutex"),
                    Held::Long(millis) => write!(f, " under the mutex, held for {millis} ms"),
                }
            }
        }
    }
}
