//! The hash of the events of a run: nothing in it differs between machines, builds or
//! processes.

use super::{Owner, TaskId, What};

/// One round of the mixing function of wyhash, on 64-bit words.
pub(super) fn mix(hash: u64, word: u64) -> u64 {
    let product = u128::from(hash ^ word ^ 0xa076_1d64_78bd_642f)
        * u128::from(word.rotate_left(32) ^ 0xe703_7ed1_a0b4_28db);
    (product as u64) ^ ((product >> 64) as u64)
}

fn hash_of(text: &str) -> u64 {
    text.bytes().fold(0, |hash, byte| mix(hash, byte.into()))
}

pub(super) fn fold(hash: u64, step: u64, now: u64, by: Option<TaskId>, what: &What) -> u64 {
    let (tag, a, b): (u64, u64, u64) = match what {
        What::Spawned { child } => (1, child.0.into(), 0),
        What::Polled { owner, waker, spurious } => {
            (2, owner.word(), u64::from(*waker) << 1 | u64::from(*spurious))
        }
        What::PollEnded { owner, end } => (3, owner.word(), *end as u64),
        What::WakerCloned { owner, waker } => (4, owner.word(), (*waker).into()),
        What::WakerDropped { owner, waker, left } => {
            (5, owner.word(), u64::from(*waker) << 32 | u64::from(*left as u32))
        }
        What::Woken { owner, waker, effective } => {
            (6, owner.word(), u64::from(*waker) << 1 | u64::from(*effective))
        }
        What::WokenFromOutside { owner, .. } => (7, owner.word(), 0),
        What::HandlePolled { task } => (8, task.0.into(), 0),
        What::HandleDropped { task, left } => (9, task.0.into(), (*left).into()),
        What::Aborted { task } => (10, task.0.into(), 0),
        What::TimerSet { deadline } => (11, *deadline, 0),
        What::TimerDropped { deadline } => (12, *deadline, 0),
        What::TimerFired { deadline } => (13, *deadline, 0),
        What::EventSet { deadline } => (23, *deadline, 0),
        What::EventDue { deadline } => (24, *deadline, 0),
        What::BecameReady { source, ready } => (25, (*source).into(), ready.bits().into()),
        What::SaidReady { source, ready } => (26, (*source).into(), ready.bits().into()),
        What::Io { source, verb, result } => (27, hash_of(verb), {
            // The order of error kinds is not promised, their names are.
            let result = result.map_or_else(|kind| hash_of(&kind.to_string()), |n| n as u64);
            mix(result, (*source).into())
        }),
        What::Submitted { operation, source, verb, at } => {
            let place = u64::from(at.line()) << 32 | u64::from(*source);
            (28, mix(hash_of(verb), (*operation).into()), place)
        }
        What::Completed { operation, source, verb, result } => {
            let end = u64::from(result.cast_unsigned()) << 32 | u64::from(*source);
            (29, mix(hash_of(verb), (*operation).into()), end)
        }
        What::Misused { operation, how } => (30, (*operation).into(), hash_of(how.verb())),
        What::ClockMoved { to } => (14, *to, 0),
        What::Chosen { kind, options, option } => {
            (15, *kind as u64, u64::from(*options) << 32 | u64::from(*option))
        }
        What::Touched { place, how } => (31, (*place).into(), *how as u64),
        What::Marked { name } => (16, hash_of(name), name.len() as u64),
        // There may be addresses in it.
        What::Noted { .. } => (28, 0, 0),
        // Neither paths nor names of types are the same everywhere.
        What::Awaiting { at, .. } => (20, at.line().into(), 0),
        What::Pointed { goes_on, .. } => (40, 0, u64::from(*goes_on)),
        What::Cancelled { at, forgotten } => (22, at.line().into(), u64::from(*forgotten)),
        What::LetIn { task } => (21, task.0.into(), 0),
        What::Rested => (17, 0, 0),
        What::FairTail => (18, 0, 0),
        What::Teardown => (19, 0, 0),
    };
    let by = by.map_or(0, |task| u64::from(task.0) + 1);
    let hash = mix(hash, tag << 56 ^ by);
    let hash = mix(hash, step);
    mix(mix(mix(hash, now), a), b)
}

impl Owner {
    fn word(self) -> u64 {
        match self {
            Owner::Task(task) => task.0.into(),
            Owner::Watch(number) => 1 << 32 | u64::from(number),
        }
    }
}
