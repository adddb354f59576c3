//! What a signal is: a value, or none.

use crate::laws::linear::Model;
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Signal(usize),
    Wait,
    TryTake,
    Reset,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    Taken(usize),
    Empty,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Value(Option<usize>);

impl Model for Value {
    type Op = Op;
    type Answer = Answer;

    fn apply(&self, op: &Op, answer: Option<&Answer>) -> Option<Value> {
        match (*op, answer) {
            (Op::Signal(item), _) => Some(Value(Some(item))),
            (Op::Reset, _) => Some(Value(None)),
            (Op::Wait | Op::TryTake, Some(Answer::Taken(item))) => {
                (self.0 == Some(*item)).then_some(Value(None))
            }
            (Op::TryTake, Some(Answer::Empty)) => self.0.is_none().then_some(Value(None)),
            _ => None,
        }
    }

    fn method(op: &Op) -> &'static str {
        match op {
            Op::Signal(_) => "Signal::signal",
            Op::Wait => "Signal::wait",
            Op::TryTake => "Signal::try_take",
            Op::Reset => "Signal::reset",
        }
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        waiting.iter().position(|op| **op != Op::Wait || self.0.is_some())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(item) => write!(f, "the signal has item {item}"),
            None => f.write_str("the signal has no value"),
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Signal(item) => write!(f, "signal {item}"),
            Op::Wait => f.write_str("wait"),
            Op::TryTake => f.write_str("try_take"),
            Op::Reset => f.write_str("reset"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Done => f.write_str("done"),
            Answer::Taken(item) => write!(f, "item {item}"),
            Answer::Empty => f.write_str("empty"),
        }
    }
}
