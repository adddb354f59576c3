//! Registers: the histories by which atomicity was first told apart from less (Lamport 1986,
//! Herlihy and Wing 1990), and several registers, which are judged one by one.

use super::super::{End, Entry, Misfit, Model, Operation, Verdict, check};
use super::BUDGET;
use Op::{Read, Write};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    /// Of a register, by its number.
    Read(usize),
    Write(usize, u8),
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Read(register) => write!(f, "read {register}"),
            Write(register, value) => write!(f, "write {value} to {register}"),
        }
    }
}

/// Registers that hold 0 in the beginning. `APART` is whether they are judged one by one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Registers<const APART: bool>(BTreeMap<usize, u8>);

impl<const APART: bool> fmt::Display for Registers<APART> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the registers hold {:?}", self.0)
    }
}

impl<const APART: bool> Model for Registers<APART> {
    type Op = Op;
    type Answer = u8;

    fn method(_op: &Op) -> &'static str {
        "registers"
    }

    fn object(op: &Op) -> usize {
        let (Read(register) | Write(register, _)) = *op;
        if APART { register } else { 0 }
    }

    fn apply(&self, op: &Op, answer: Option<&u8>) -> Option<Self> {
        match *op {
            Read(register) => {
                let held = self.0.get(&register).copied().unwrap_or(0);
                (answer == Some(&held)).then(|| self.clone())
            }
            Write(register, value) => {
                let mut next = self.clone();
                next.0.insert(register, value);
                Some(next)
            }
        }
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        (!waiting.is_empty()).then_some(0)
    }
}

type History = Vec<Entry<Registers<true>>>;

fn entry(task: usize, op: Op, called: u64, at: u64, answer: u8) -> Entry<Registers<true>> {
    Operation { task, op, called, queued: None, end: End::Returned { at, answer } }
}

fn misfit<const APART: bool>(history: &History) -> Option<Misfit> {
    match check(&Registers::<APART>::default(), history, BUDGET) {
        Verdict::Linearizable => None,
        Verdict::Broken(misfit) => Some(misfit),
        Verdict::Undecided => panic!("undecided"),
    }
}

#[test]
fn a_read_during_a_write_sees_the_old_value_or_the_new() {
    for seen in [0, 1, 2] {
        let history = vec![entry(0, Write(0, 1), 0, 9, 0), entry(1, Read(0), 1, 2, seen)];
        assert_eq!(misfit::<true>(&history).is_none(), seen < 2, "{seen}");
    }
}

/// What makes a register atomic and not merely regular.
#[test]
fn who_reads_later_sees_no_older_value() {
    let reads = |first, second| {
        vec![
            entry(0, Write(0, 1), 0, 9, 0),
            entry(1, Read(0), 1, 2, first),
            entry(2, Read(0), 3, 4, second),
        ]
    };
    assert!(misfit::<true>(&reads(0, 1)).is_none());
    assert!(misfit::<true>(&reads(1, 1)).is_none());
    assert!(misfit::<true>(&reads(1, 0)).is_some());
}

#[test]
fn reads_agree_on_the_order_of_two_writes() {
    let writes = [entry(0, Write(0, 1), 0, 20, 0), entry(1, Write(0, 2), 1, 21, 0)];
    let reads = |seen: [u8; 4]| {
        let pair = |task, from: u64, seen: &[u8]| {
            [
                entry(task, Read(0), from, from + 1, seen[0]),
                entry(task, Read(0), from + 2, from + 3, seen[1]),
            ]
        };
        [&writes[..], &pair(2, 2, &seen[..2]), &pair(3, 12, &seen[2..])].concat()
    };
    assert!(misfit::<true>(&reads([1, 2, 2, 2])).is_none());
    assert!(misfit::<true>(&reads([1, 2, 2, 1])).is_some());
}

#[test]
fn the_misfit_of_one_register_is_named_among_others() {
    let history = vec![
        entry(0, Write(0, 1), 0, 1, 0),
        entry(1, Write(1, 7), 2, 3, 0),
        entry(0, Read(0), 4, 5, 1),
        entry(1, Read(1), 6, 7, 1),
    ];
    let misfit = misfit::<true>(&history).expect("register 1 does not hold 1");
    assert_eq!((misfit.culprit, misfit.explained), (3, vec![1]));
}

/// A history of some registers, each of which is longer than what is judged at once.
#[test]
fn registers_apart_are_decided_where_all_at_once_are_too_many() {
    let history: History =
        (0..200).map(|at| entry(0, Write(at as usize % 2, 1), 2 * at, 2 * at + 1, 0)).collect();
    assert!(misfit::<true>(&history).is_none());
    let at_once = check(&Registers::<false>::default(), &history, BUDGET);
    assert!(matches!(at_once, Verdict::Undecided));
}

fn histories() -> impl Strategy<Value = History> {
    let op = prop_oneof![
        (0..3usize, 1..3u8).prop_map(|(register, value)| Write(register, value)),
        (0..3usize).prop_map(Read),
    ];
    vec((op, 1..8u64, 0..3u8), 1..9).prop_map(|drawn| {
        let place = |(number, (op, length, answer)): (usize, (Op, u64, u8))| {
            let called = number as u64 * 20;
            entry(number, op, called, called + length * 10 - 5 + number as u64 % 5, answer)
        };
        drawn.into_iter().enumerate().map(place).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    /// Herlihy and Wing's theorem of locality.
    #[test]
    fn one_by_one_is_as_good_as_all_at_once(history in histories()) {
        prop_assert_eq!(misfit::<true>(&history).is_none(), misfit::<false>(&history).is_none());
    }
}
