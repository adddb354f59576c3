//! What futures under a function that blocks do in their polls, as proptest draws it.

use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt::{self, Write};

/// Calls one after another on one thread, at most.
const MOST_CALLS: usize = 3;

/// Moves before or after the wake, at most.
const MOST_MOVES: usize = 2;

/// One call with one future.
#[derive(Clone)]
pub(super) struct Call {
    /// One for each poll that is pending.
    pub(super) turns: Vec<Turn>,
    pub(super) end: End,
}

#[derive(Clone)]
pub(super) struct Turn {
    pub(super) before: Vec<Move>,
    pub(super) wake: Wake,
    pub(super) after: Vec<Move>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Ready,
    Panic,
}

/// By which wake the next poll comes.
#[derive(Clone, Copy)]
pub(super) enum Wake {
    ByRef,
    ByValue,
    /// From another thread, and the poll goes on when that is done.
    Other,
    /// From another thread, after it has yielded so often.
    Later(u16),
}

#[derive(Clone, Copy)]
pub(super) enum Move {
    /// Somebody unparks the thread for no reason.
    Unpark,
    /// The future has the thread park for its own purposes, and is unparked.
    Park,
    /// It waits for another thread by a channel.
    Receive,
    Nest(Nested),
    /// It keeps a clone of its waker beyond the call.
    Keep,
    /// It wakes those that were kept in earlier calls.
    WakeKept,
}

/// What a future that is blocked on inside a poll does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Nested {
    Ready,
    WakesItself,
    IsWokenByOther,
}

/// What is to be borne.
#[derive(Clone, Copy)]
pub(super) struct May {
    pub(super) nest: bool,
    pub(super) park: bool,
}

pub(super) fn calls(most: usize, may: May) -> BoxedStrategy<Vec<Call>> {
    let end = prop_oneof![7 => Just(End::Ready), 1 => Just(End::Panic)];
    let call = (vec(turn(may), 0..=most), end).prop_map(|(turns, end)| Call { turns, end });
    vec(call, 1..=MOST_CALLS).boxed()
}

fn turn(may: May) -> BoxedStrategy<Turn> {
    let wake = prop_oneof![
        3 => Just(Wake::ByRef),
        1 => Just(Wake::ByValue),
        3 => Just(Wake::Other),
        3 => prop_oneof![Just(0), Just(1), Just(20)].prop_map(Wake::Later),
    ];
    let moves = vec(action(may), 0..=MOST_MOVES);
    (moves.clone(), wake, moves)
        .prop_map(|(before, wake, after)| Turn { before, wake, after })
        .boxed()
}

fn action(may: May) -> BoxedStrategy<Move> {
    let nested =
        prop_oneof![Just(Nested::Ready), Just(Nested::WakesItself), Just(Nested::IsWokenByOther)];
    let action = prop_oneof![
        2 => Just(Move::Unpark),
        3 => Just(Move::Park),
        1 => Just(Move::Receive),
        3 => nested.prop_map(Move::Nest),
        1 => Just(Move::Keep),
        1 => Just(Move::WakeKept),
    ];
    // What is not to be borne is made something else, since a weight of none is no ban.
    action
        .prop_map(move |action| match action {
            Move::Park | Move::Receive if !may.park => Move::Unpark,
            Move::Nest(_) if !may.nest => Move::Unpark,
            other => other,
        })
        .boxed()
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::from("[");
        self.turns.iter().try_for_each(|turn| write!(text, "{turn:?}; "))?;
        match self.end {
            End::Ready => text.push_str("ready]"),
            End::Panic => text.push_str("panic]"),
        }
        f.write_str(&text)
    }
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Turn { before, wake, after } = self;
        before.iter().try_for_each(|action| write!(f, "{action:?}, "))?;
        write!(f, "{wake:?}")?;
        after.iter().try_for_each(|action| write!(f, ", {action:?}"))
    }
}

impl fmt::Debug for Wake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Wake::ByRef => f.write_str("wakes itself"),
            Wake::ByValue => f.write_str("wakes itself by a clone"),
            Wake::Other => f.write_str("is woken by another thread"),
            Wake::Later(yields) => write!(f, "is woken by another thread later ({yields})"),
        }
    }
}

impl fmt::Debug for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Move::Unpark => f.write_str("somebody unparks the thread"),
            Move::Park => f.write_str("parks the thread and is unparked"),
            Move::Receive => f.write_str("receives from another thread"),
            Move::Nest(Nested::Ready) => f.write_str("blocks on a future that is ready"),
            Move::Nest(Nested::WakesItself) => f.write_str("blocks on a future that wakes itself"),
            Move::Nest(Nested::IsWokenByOther) => {
                f.write_str("blocks on a future that another thread wakes")
            }
            Move::Keep => f.write_str("keeps its waker"),
            Move::WakeKept => f.write_str("wakes the wakers that were kept"),
        }
    }
}
