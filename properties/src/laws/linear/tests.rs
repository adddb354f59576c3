//! The search against one that tries everything, and against histories written by hand.

mod registers;

use super::{Effect, End, Entry, Misfit, Model, Operation, Verdict, check};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::VecDeque;
use std::fmt;

const BUDGET: usize = 100_000;

/// A queue of at most two.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
struct Queue {
    items: VecDeque<u8>,
    is_fair: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Push(u8),
    Pop,
}
use Op::*;

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Push(item) => write!(f, "push {item}"),
            Pop => f.write_str("pop"),
        }
    }
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the queue holds {:?}", self.items)
    }
}

/// What a pop gives; a push gives 0.
type Answer = u8;

impl Model for Queue {
    type Op = Op;
    type Answer = Answer;

    fn method(_op: &Op) -> &'static str {
        "queue"
    }

    fn apply(&self, op: &Op, answer: Option<&Answer>) -> Option<Queue> {
        let mut next = self.clone();
        match op {
            Push(_) if self.items.len() == 2 => return None,
            Push(item) => next.items.push_back(*item),
            Pop => {
                let front = next.items.pop_front()?;
                if answer.is_some_and(|answer| *answer != front) {
                    return None;
                }
            }
        }
        Some(next)
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        waiting.iter().position(|op| match op {
            Push(_) => self.items.len() < 2,
            Pop => !self.items.is_empty(),
        })
    }

    fn is_behind(&self, later: &Op, earlier: &Op) -> bool {
        self.is_fair && matches!((later, earlier), (Push(_), Push(_)) | (Pop, Pop))
    }
}

type History = Vec<Entry<Queue>>;

fn returned(task: usize, op: Op, called: u64, at: u64, answer: u8) -> Entry<Queue> {
    Operation { task, op, called, queued: None, end: End::Returned { at, answer } }
}

fn waiting(task: usize, op: Op, called: u64) -> Entry<Queue> {
    Operation { task, op, called, queued: Some(called + 1), end: End::Waiting }
}

fn dropped(task: usize, op: Op, called: u64, at: u64, effect: Effect) -> Entry<Queue> {
    Operation { task, op, called, queued: Some(called + 1), end: End::Dropped { at, effect } }
}

fn misfit(history: &History) -> Option<Misfit> {
    misfit_of(&Queue::default(), history)
}

fn misfit_of(queue: &Queue, history: &History) -> Option<Misfit> {
    match check(queue, history, BUDGET) {
        Verdict::Linearizable => None,
        Verdict::Broken(misfit) => Some(misfit),
        Verdict::Undecided => panic!("undecided"),
    }
}

fn told(history: &History) -> String {
    let tasks = ["one".to_owned(), "other".to_owned()];
    misfit(history).expect("an order explains it").told::<Queue>(history, &tasks)
}

#[test]
fn overlapping_operations_may_go_in_either_order() {
    let overlapping = vec![
        returned(0, Push(1), 0, 10, 0),
        returned(1, Push(2), 1, 11, 0),
        returned(0, Pop, 12, 13, 2),
        returned(0, Pop, 14, 15, 1),
    ];
    assert!(misfit(&overlapping).is_none());
}

#[test]
fn what_returned_before_another_was_called_goes_before_it() {
    let apart = vec![
        returned(0, Push(1), 0, 1, 0),
        returned(0, Push(2), 2, 3, 0),
        returned(1, Pop, 4, 5, 2),
    ];
    expect_test::expect![[r"
        `pop` of other gave `2`, which no order of the operations explains: the queue holds [1, 2], after push 1, push 2
               one        other
            1  push 1: 0
            2  push 2: 0
            3             pop: 2"]]
    .assert_eq(&told(&apart));
}

#[test]
fn nothing_is_popped_twice() {
    let twice =
        vec![returned(0, Push(1), 0, 1, 0), returned(0, Pop, 2, 6, 1), returned(1, Pop, 3, 5, 1)];
    assert!(misfit(&twice).is_some_and(|misfit| !misfit.is_forgotten));
}

#[test]
fn who_waits_at_rest_must_have_a_reason() {
    assert!(misfit(&vec![waiting(0, Pop, 0)]).is_none());
    let forgotten = vec![waiting(1, Pop, 0), returned(0, Push(7), 2, 3, 0)];
    assert!(misfit(&forgotten).is_some_and(|misfit| misfit.is_forgotten));
    expect_test::expect![[r#"
        `pop` of other waits for ever, and could go on: the queue holds [7], after push 7
               one        other
            1             / pop
            2  push 7: 0  |
                          | waits"#]]
    .assert_eq(&told(&forgotten));
}

#[test]
fn what_was_dropped_took_effect_or_not_as_its_operation_says() {
    let pushed = returned(0, Push(1), 0, 1, 0);
    let popped = returned(0, Pop, 6, 7, 1);
    for effect in [Effect::None, Effect::Maybe] {
        let kept = vec![pushed.clone(), dropped(1, Pop, 2, 4, effect), popped.clone()];
        assert!(misfit(&kept).is_none());
    }
    // The item is gone with the pop that was dropped.
    let lost = |effect| vec![pushed.clone(), dropped(1, Pop, 2, 4, effect), waiting(0, Pop, 6)];
    assert!(misfit(&lost(Effect::Maybe)).is_none());
    assert!(misfit(&lost(Effect::None)).is_some_and(|misfit| misfit.is_forgotten));
}

#[test]
fn what_was_dropped_takes_no_effect_afterwards() {
    let late = |pop_called| {
        vec![
            dropped(0, Push(9), 0, 2, Effect::Maybe),
            returned(1, Push(1), pop_called, 20, 0),
            returned(1, Pop, 21, 22, 1),
            returned(1, Pop, 23, 24, 9),
        ]
    };
    assert!(misfit(&late(1)).is_none(), "while it overlaps it may come second");
    assert!(misfit(&late(3)).is_some());
}

#[test]
fn where_it_is_fair_nobody_overtakes_who_waits() {
    let overtaken = vec![
        returned(0, Push(1), 0, 1, 0),
        returned(0, Push(2), 2, 3, 0),
        Operation { queued: Some(5), ..returned(0, Push(3), 4, 20, 0) },
        returned(1, Pop, 6, 7, 1),
        returned(1, Push(4), 8, 9, 0),
        returned(1, Pop, 10, 11, 2),
        returned(1, Pop, 21, 22, 4),
    ];
    assert!(misfit(&overtaken).is_none());
    let fair = Queue { is_fair: true, ..Queue::default() };
    assert!(misfit_of(&fair, &overtaken).is_some());
}

#[test]
fn a_search_that_takes_too_long_is_undecided() {
    // Pushes and pops that all overlap, and one that fits nowhere.
    let mut history = Vec::new();
    for item in 0..8 {
        history.push(returned(0, Push(item), u64::from(item), 100 + u64::from(item), 0));
        history.push(returned(1, Pop, 20 + u64::from(item), 120 + u64::from(item), item));
    }
    history.push(returned(1, Pop, 40, 140, 99));
    assert!(matches!(check(&Queue::default(), &history, 50), Verdict::Undecided));
    assert!(matches!(check(&Queue::default(), &history, BUDGET), Verdict::Broken(_)));
    let long = vec![returned(0, Push(0), 0, 1, 0); 129];
    assert!(matches!(check(&Queue::default(), &long, BUDGET), Verdict::Undecided));
}

/// A coin that lies as it fell; a toss leaves open how.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Coin(Option<bool>);

#[derive(Clone, Copy, Debug)]
enum Turn {
    Toss,
    Look,
}

impl fmt::Display for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl fmt::Display for Coin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the coin shows {:?}", self.0)
    }
}

impl Model for Coin {
    type Op = Turn;
    type Answer = bool;

    fn method(_op: &Self::Op) -> &'static str {
        "coin"
    }

    fn apply(&self, _: &Turn, answer: Option<&bool>) -> Option<Coin> {
        (self.0 == answer.copied()).then(|| self.clone())
    }

    fn outcomes(&self, turn: &Turn, answer: Option<&bool>) -> Vec<Coin> {
        match turn {
            Turn::Toss => vec![Coin(Some(false)), Coin(Some(true))],
            Turn::Look => self.apply(turn, answer).into_iter().collect(),
        }
    }

    fn could_go_on(&self, _: &[&Turn]) -> Option<usize> {
        None
    }
}

#[test]
fn of_several_outcomes_the_one_that_fits_is_found() {
    let seen = |sides: &[bool]| {
        let turn = |op, called, answer| Operation {
            task: 0,
            op,
            called,
            queued: None,
            end: End::Returned { at: called + 1, answer },
        };
        let mut history: Vec<Entry<Coin>> = vec![turn(Turn::Toss, 0, false)];
        let looks = sides.iter().zip(1..).map(|(side, number)| turn(Turn::Look, 2 * number, *side));
        history.extend(looks);
        matches!(check(&Coin(None), &history, BUDGET), Verdict::Linearizable)
    };
    assert!(seen(&[true, true]) && seen(&[false, false]));
    assert!(!seen(&[true, false]) && !seen(&[false, true]));
}

/// Tries every order of every choice of operations.
fn brute(state: &Queue, history: &History, order: &mut Vec<usize>) -> bool {
    let is_done = |at: usize| order.contains(&at);
    let all_returned = history
        .iter()
        .enumerate()
        .all(|(at, entry)| is_done(at) || !matches!(entry.end, End::Returned { .. }));
    let waiting: Vec<_> = history
        .iter()
        .filter(|entry| matches!(entry.end, End::Waiting))
        .map(|entry| &entry.op)
        .collect();
    if all_returned && in_time(history, order) && state.could_go_on(&waiting).is_none() {
        return true;
    }
    (0..history.len()).any(|at| {
        let entry = &history[at];
        let answer = match &entry.end {
            End::Returned { answer, .. } => Some(answer),
            End::Dropped { effect: Effect::Maybe, .. } => None,
            _ => return false,
        };
        if order.contains(&at) {
            return false;
        }
        let Some(next) = state.apply(&entry.op, answer) else { return false };
        order.push(at);
        let found = brute(&next, history, order);
        order.pop();
        found
    })
}

/// Whether the order keeps that of time, for each two.
fn in_time(history: &History, order: &[usize]) -> bool {
    let ended = |at: usize| match history[at].end {
        End::Returned { at, .. } | End::Dropped { at, .. } => at,
        End::Forgotten { .. } | End::Waiting => u64::MAX,
    };
    let mut pairs = (0..order.len()).flat_map(|j| (0..j).map(move |i| (order[i], order[j])));
    pairs.all(|(first, second)| ended(second) > history[first].called)
}

/// Small histories, of which some are right.
fn histories() -> impl Strategy<Value = History> {
    let op = prop_oneof![(1..4u8).prop_map(Push), Just(Pop)];
    let end = prop_oneof![6 => Just(0u8), 1 => Just(1), 1 => Just(2), 1 => Just(3)];
    vec((0..3usize, op, 1..6u64, end, 1..4u8), 1..7).prop_map(|drawn| {
        let mut history = Vec::new();
        for (number, (task, op, length, end, answer)) in drawn.into_iter().enumerate() {
            let called = number as u64 * 20;
            // Ends lie between calls, each at a moment of its own.
            let at = called + length * 10 - 5 + number as u64 % 5;
            history.push(match end {
                0 => returned(task, op, called, at, answer),
                1 => dropped(task, op, called, at, Effect::None),
                2 => dropped(task, op, called, at, Effect::Maybe),
                _ => waiting(task, op, called),
            });
        }
        history
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn it_finds_what_trying_everything_finds(history in histories()) {
        let expected = brute(&Queue::default(), &history, &mut Vec::new());
        prop_assert_eq!(misfit(&history).is_none(), expected);
    }
}

#[test]
fn the_small_histories_are_of_both_kinds() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let right = (0..1_000)
        .filter(|_| misfit(&histories().new_tree(&mut runner).unwrap().current()).is_none())
        .count();
    assert!((100..900).contains(&right), "{right} of 1000 are right");
}
