//! What the tasks do with a collection, as proptest draws it.

use crate::laws::given::inner::{Pause, pauses};
use crate::laws::play::patience::{Patience, patience};
use crate::laws::play::script::{Script, scripts};
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt;

/// Keys of futures, where two may have the same.
const KEYS: usize = 3;

/// What a task does that fills a collection.
#[derive(Clone)]
pub(super) enum Fill {
    /// Waits for room if it can, and pushes.
    Push(Vec<Pause>, usize, Patience),
    /// Pushes, whether there is room or not.
    TryPush(Vec<Pause>, usize),
    /// The same, before all others.
    PushFront(Vec<Pause>, usize),
    Remove(usize),
    Clear,
    /// Takes so many out and drops the rest.
    Drain(usize),
    /// Drops it, and begins anew.
    Drop,
    TryNext,
}

/// What the task does that takes outputs.
#[derive(Clone, Debug)]
pub(super) enum Take {
    Next(Patience),
    Sleep,
}

/// Its steps, and whether it then takes the rest.
#[derive(Clone)]
pub(super) struct Taker {
    pub(super) steps: Vec<Take>,
    pub(super) to_the_end: bool,
}

pub(super) fn pushers(most: usize) -> BoxedStrategy<Vec<Script<Fill>>> {
    let push = (pauses(), 0..KEYS, patience());
    let fill = prop_oneof![
        12 => push.prop_map(|(pauses, key, patience)| Fill::Push(pauses, key, patience)),
        2 => (pauses(), 0..KEYS).prop_map(|(pauses, key)| Fill::TryPush(pauses, key)),
        2 => (pauses(), 0..KEYS).prop_map(|(pauses, key)| Fill::PushFront(pauses, key)),
        2 => (0..KEYS).prop_map(Fill::Remove),
        1 => Just(Fill::Clear),
        1 => (0..4usize).prop_map(Fill::Drain),
        1 => Just(Fill::Drop),
        2 => Just(Fill::TryNext),
    ];
    scripts(fill, Fill::Push(vec![Pause::Turn], 0, Patience::Endless), most)
}

pub(super) fn taker(most: usize) -> BoxedStrategy<Taker> {
    let step = prop_oneof![6 => patience().prop_map(Take::Next), 1 => Just(Take::Sleep)];
    let steps = (vec(step, 0..=most), prop_oneof![1 => Just(false), 2 => Just(true)]);
    steps.prop_map(|(steps, to_the_end)| Taker { steps, to_the_end }).boxed()
}

impl fmt::Debug for Fill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fill::TryPush(pauses, key) | Fill::PushFront(pauses, key) => {
                let is_front = matches!(self, Fill::PushFront(..));
                let name = if is_front { "push_front" } else { "try_push" };
                write!(f, "{name} (key {key})")?;
                if pauses.is_empty() { Ok(()) } else { write!(f, " {pauses:?}") }
            }
            Fill::Push(pauses, key, patience) => {
                write!(f, "push (key {key})")?;
                if !pauses.is_empty() {
                    write!(f, " {pauses:?}")?;
                }
                if *patience != Patience::Endless {
                    write!(f, ", {patience:?}")?;
                }
                Ok(())
            }
            Fill::Remove(key) => write!(f, "remove {key}"),
            Fill::Clear => f.write_str("clear"),
            Fill::Drain(count) => write!(f, "take out {count} and drop the rest"),
            Fill::Drop => f.write_str("drop the collection"),
            Fill::TryNext => f.write_str("try_next"),
        }
    }
}

impl fmt::Debug for Taker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = self.steps.iter().map(|step| match step {
            Take::Next(Patience::Endless) => "next".to_owned(),
            Take::Next(patience) => format!("next, {patience:?}"),
            Take::Sleep => "sleep".to_owned(),
        });
        let last = self.to_the_end.then(|| "the rest".to_owned());
        f.write_str(&format!("[{}]", steps.chain(last).collect::<Vec<_>>().join("; ")))
    }
}
