//! What the tasks do with the ends of a pipe, as proptest draws it.

use crate::laws::play::patience::{Patience, patience};
use crate::laws::play::script::{Script, script};
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt;

/// Bytes of a write, or room of a read, at most.
const MOST: usize = 6;

#[derive(Clone)]
pub(super) enum Writing {
    Write(usize, Patience),
    WriteVectored(Vec<usize>, Patience),
    Flush(Patience),
    Close(Patience),
    Drop,
}

#[derive(Clone)]
pub(super) enum Reading {
    Read(usize, Patience),
    ReadVectored(Vec<usize>, Patience),
    Drop,
}

/// Sizes, of which few are none.
fn size() -> BoxedStrategy<usize> {
    prop_oneof![7 => 1..=MOST, 1 => Just(0)].boxed()
}

fn sizes() -> BoxedStrategy<Vec<usize>> {
    prop_oneof![2 => vec(0..=MOST / 2, 0..4), 1 => vec(Just(0), 0..3)].boxed()
}

pub(super) fn writer(most: usize) -> BoxedStrategy<Script<Writing>> {
    let act = prop_oneof![
        12 => (size(), patience()).prop_map(|(size, patience)| Writing::Write(size, patience)),
        3 => (sizes(), patience()).prop_map(|(all, patience)| Writing::WriteVectored(all, patience)),
        2 => patience().prop_map(Writing::Flush),
        2 => patience().prop_map(Writing::Close),
        1 => Just(Writing::Drop),
    ];
    script(act.boxed(), Writing::Write(3, Patience::Endless), most)
}

pub(super) fn reader(most: usize) -> BoxedStrategy<Script<Reading>> {
    let act = prop_oneof![
        12 => (size(), patience()).prop_map(|(room, patience)| Reading::Read(room, patience)),
        3 => (sizes(), patience()).prop_map(|(all, patience)| Reading::ReadVectored(all, patience)),
        1 => Just(Reading::Drop),
    ];
    script(act.boxed(), Reading::Read(3, Patience::Endless), most)
}

/// What is done, with how long it is waited for.
fn patiently(f: &mut fmt::Formatter<'_>, what: &str, patience: Patience) -> fmt::Result {
    match patience {
        Patience::Endless => f.write_str(what),
        patience => write!(f, "{what}, {patience:?}"),
    }
}

impl fmt::Debug for Writing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Writing::Write(count, patience) => patiently(f, &format!("write({count})"), *patience),
            Writing::WriteVectored(counts, patience) => {
                patiently(f, &format!("write_vectored({counts:?})"), *patience)
            }
            Writing::Flush(patience) => patiently(f, "flush", *patience),
            Writing::Close(patience) => patiently(f, "close", *patience),
            Writing::Drop => f.write_str("drop"),
        }
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reading::Read(room, patience) => patiently(f, &format!("read({room})"), *patience),
            Reading::ReadVectored(rooms, patience) => {
                patiently(f, &format!("read_vectored({rooms:?})"), *patience)
            }
            Reading::Drop => f.write_str("drop"),
        }
    }
}
