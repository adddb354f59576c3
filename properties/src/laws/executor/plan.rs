//! What tasks do, and what is done to them, as proptest draws it.

use crate::arguments::{Arguments, argument};
use crate::laws::play::patience::{Patience, patience};
use crate::laws::play::script::{Script, scripts};
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt;

/// Tasks at most.
pub(super) const TASKS: usize = 4;

/// What tasks may wait for.
pub(super) const EVENTS: usize = 3;

/// What one task does before it ends.
#[derive(Clone)]
pub(super) struct Deeds {
    pub(super) deeds: Vec<Deed>,
    /// The event that comes when it is dropped.
    pub(super) on_drop: Option<u8>,
}

#[derive(Clone, Copy)]
pub(super) enum Deed {
    /// It wakes itself and is pending.
    Yield,
    /// It waits for an event, if that has not come yet.
    Wait(u8),
    Cause(u8),
    /// It calls the latest waker of a task, which may be itself.
    Wake(u8),
    /// It leaves a clone of its waker to somebody who outlives it.
    Keep,
    Spawn(u8),
    Panic,
}

/// What is done from outside.
#[derive(Clone, Copy)]
pub(super) enum Act {
    Spawn(u8),
    /// This task and those after it, by one call, in which what gives them may panic.
    SpawnMany(u8, bool),
    Cause(u8),
    Wake(u8),
    /// A task, which is spawned if it was not. Who gives up may leave it to itself.
    Join(u8, Patience, bool),
    Cancel(u8),
    Detach(u8),
}

/// What who drives does.
#[derive(Clone, Copy)]
pub(super) enum Drive {
    /// Awaits the future that drives.
    Await(Patience),
    /// Ticks at most so often.
    Tick(u8),
}

type Lists = (Vec<Deeds>, Vec<Script<Act>>, Vec<Script<Drive>>, bool);

pub(super) fn arguments(most: usize, panics: bool) -> impl Arguments<Value = Lists> {
    argument("tasks", vec(deeds(panics), TASKS))
        .and("hands", hands(most, panics))
        .and("drivers", drivers(most))
        .and("driven on", prop_oneof![3 => Just(true), 1 => Just(false)])
}

fn task() -> BoxedStrategy<u8> {
    (0..TASKS as u8).boxed()
}

fn event() -> BoxedStrategy<u8> {
    (0..EVENTS as u8).boxed()
}

fn deeds(panics: bool) -> BoxedStrategy<Deeds> {
    let deed = prop_oneof![
        4 => Just(Deed::Yield),
        6 => event().prop_map(Deed::Wait),
        3 => event().prop_map(Deed::Cause),
        3 => task().prop_map(Deed::Wake),
        2 => Just(Deed::Keep),
        3 => task().prop_map(Deed::Spawn),
        1 => Just(if panics { Deed::Panic } else { Deed::Yield }),
    ];
    let on_drop = prop_oneof![4 => Just(None), 1 => event().prop_map(Some)];
    (vec(deed, 0..=4), on_drop).prop_map(|(deeds, on_drop)| Deeds { deeds, on_drop }).boxed()
}

fn hands(most: usize, panics: bool) -> BoxedStrategy<Vec<Script<Act>>> {
    let act = prop_oneof![
        8 => task().prop_map(Act::Spawn),
        2 => (task(), any::<bool>()).prop_map(move |(first, panic)| {
            Act::SpawnMany(first, panics && panic)
        }),
        4 => event().prop_map(Act::Cause),
        4 => task().prop_map(Act::Wake),
        4 => (task(), patience(), any::<bool>()).prop_map(|(task, patience, lets_go)| {
            Act::Join(task, patience, lets_go)
        }),
        2 => task().prop_map(Act::Cancel),
        2 => task().prop_map(Act::Detach),
    ];
    scripts(act, Act::Spawn(0), most)
}

fn drivers(most: usize) -> BoxedStrategy<Vec<Script<Drive>>> {
    let drive = prop_oneof![
        3 => patience().prop_map(Drive::Await),
        2 => (1..=5u8).prop_map(Drive::Tick),
    ];
    scripts(drive, Drive::Await(Patience::Endless), most)
}

impl fmt::Debug for Deeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let deeds = self.deeds.iter().map(|deed| format!("{deed:?}"));
        let last = self.on_drop.map(|event| format!("when dropped, cause event {event}"));
        f.write_str(&format!("[{}]", deeds.chain(last).collect::<Vec<_>>().join("; ")))
    }
}

impl fmt::Debug for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Deed::Yield => f.write_str("yield"),
            Deed::Wait(event) => write!(f, "wait for event {event}"),
            Deed::Cause(event) => write!(f, "cause event {event}"),
            Deed::Wake(task) => write!(f, "wake task {task}"),
            Deed::Keep => f.write_str("leave its waker"),
            Deed::Spawn(task) => write!(f, "spawn task {task}"),
            Deed::Panic => f.write_str("panic"),
        }
    }
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Act::Spawn(task) => write!(f, "spawn task {task}"),
            Act::SpawnMany(first, false) => write!(f, "spawn task {first} and those after it"),
            Act::SpawnMany(first, true) => {
                write!(f, "spawn task {first} and those after it, and panic")
            }
            Act::Cause(event) => write!(f, "cause event {event}"),
            Act::Wake(task) => write!(f, "wake task {task}"),
            Act::Join(task, Patience::Endless, _) => write!(f, "join task {task}"),
            Act::Join(task, patience, lets_go) => {
                write!(f, "join task {task}, {patience:?}")?;
                f.write_str(if *lets_go { " and detach" } else { "" })
            }
            Act::Cancel(task) => write!(f, "cancel task {task}"),
            Act::Detach(task) => write!(f, "detach task {task}"),
        }
    }
}

impl fmt::Debug for Drive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Drive::Await(Patience::Endless) => f.write_str("drive"),
            Drive::Await(patience) => write!(f, "drive, {patience:?}"),
            Drive::Tick(times) => write!(f, "tick {times} times"),
        }
    }
}
