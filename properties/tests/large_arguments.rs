//! Arguments of a thousand parts are made simpler without a walk from the beginning for
//! every attempt.

use reveille::proptest::collection::vec;
use reveille::proptest::prelude::*;
use reveille::proptest::strategy::{NewTree, ValueTree};
use reveille::proptest::test_runner::TestRunner;
use reveille::{CheckError, Checker, Failure};
use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::rc::Rc;

/// A strategy that counts the moves of its trees.
#[derive(Debug)]
struct Counted<S>(S, Rc<Cell<u64>>);

struct CountedTree<T>(T, Rc<Cell<u64>>);

impl<S: Strategy> Strategy for Counted<S> {
    type Tree = CountedTree<S::Tree>;
    type Value = S::Value;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        Ok(CountedTree(self.0.new_tree(runner)?, self.1.clone()))
    }
}

impl<T: ValueTree> ValueTree for CountedTree<T> {
    type Value = T::Value;

    fn current(&self) -> T::Value {
        self.0.current()
    }

    fn simplify(&mut self) -> bool {
        self.1.set(self.1.get() + 1);
        self.0.simplify()
    }

    fn complicate(&mut self) -> bool {
        self.1.set(self.1.get() + 1);
        self.0.complicate()
    }
}

/// What the shrinker leaves of a strategy's values, the failure, and the moves it made.
fn simplest<S>(strategy: S, fails: impl Fn(&S::Value) -> bool) -> (S::Value, Failure, u64)
where
    S: Strategy,
    S::Value: Clone,
{
    let checker = Checker::new().name("t").corpus(false);
    let failure_of = |result| match result {
        Err(CheckError::Broken(failure)) => *failure,
        other => panic!("expected a broken law, got {other:?}"),
    };
    let last = RefCell::new(None);
    let fails = &fails;
    let body = |value: S::Value| {
        *last.borrow_mut() = Some(value.clone());
        async move { assert!(!fails(&value), "it fails") }
    };
    let moves = Rc::new(Cell::new(0));
    let counted = Counted(strategy, moves.clone());
    let failure = failure_of(checker.try_check_with(&counted, body));
    let made = moves.get();
    // From the text, as in another process.
    let (_, tape) = reveille::Tape::from_text(&failure.tape.to_text("t")).unwrap();
    let again = failure_of(checker.replay(tape).try_check_with(&counted, body));
    assert_eq!(again.tape, failure.tape);
    (last.take().unwrap(), failure, made)
}

#[test]
fn one_element_of_a_thousand_is_left() {
    let large = |items: &Vec<u64>| items.iter().any(|item| *item > 1 << 62);
    let (items, failure, moves) = simplest(vec(any::<u64>(), 0..1000), large);
    assert_eq!(items.iter().sum::<u64>(), (1 << 62) + 1);
    assert!(moves < 100_000, "{moves} moves");
    let text = failure.tape.to_text("t");
    assert!(text.len() < 240, "{text}");
}

#[test]
fn a_list_that_only_needs_its_length_becomes_zeros() {
    let long = |items: &Vec<u64>| items.len() >= 500;
    let (items, failure, moves) = simplest(vec(any::<u64>(), 0..1000), long);
    assert_eq!(items, [0; 500]);
    let text = failure.tape.to_text("t");
    assert!(text.len() < 240, "{text}");
    // A move for each bit of 500 words, and some of them several times.
    assert!(moves < 250_000, "{moves} moves");
}

#[test]
fn elements_of_which_each_matters_cost_some_moves_each() {
    let odd = |items: &Vec<u64>| items.iter().filter(|item| **item % 2 == 1).count() >= 100;
    let (items, _, moves) = simplest(vec(any::<u64>(), 0..1000), odd);
    assert_eq!(items.len(), 100);
    assert!(items.iter().all(|item| item % 2 == 1), "{items:?}");
    assert!(moves < 150_000, "{moves} moves");
}

/// Its values say how often they were asked for, which nobody can repeat.
#[derive(Debug)]
struct Forgetful;

struct ForgetfulTree {
    moves: u32,
    asked: Cell<u32>,
}

impl Strategy for Forgetful {
    type Tree = ForgetfulTree;
    type Value = (u32, u32);

    fn new_tree(&self, _: &mut TestRunner) -> NewTree<Self> {
        Ok(ForgetfulTree { moves: 0, asked: Cell::new(0) })
    }
}

impl ValueTree for ForgetfulTree {
    type Value = (u32, u32);

    fn current(&self) -> (u32, u32) {
        self.asked.set(self.asked.get() + 1);
        (self.moves, self.asked.get())
    }

    fn simplify(&mut self) -> bool {
        self.moves += 1;
        self.moves <= 20
    }

    fn complicate(&mut self) -> bool {
        false
    }
}

#[test]
fn what_only_a_tree_that_was_kept_makes_is_no_result() {
    // Always if it was not made simpler, and else only if it was asked often.
    let fails = |(moves, asked): &(u32, u32)| asked > moves;
    let (value, ..) = simplest(Forgetful, fails);
    assert_eq!(value.0, 0);
}
