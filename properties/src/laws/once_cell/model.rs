//! The model: a value that is made once, by one at a time.

use crate::laws::given::making::Ends;
use crate::laws::linear::Model;
use std::collections::BTreeSet;
use std::fmt;

#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub(in super::super) struct Once {
    value: Option<usize>,
    /// Who makes one.
    making: Option<usize>,
    /// Who failed to, or panicked.
    failed: BTreeSet<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Op {
    /// With this value, if it comes to that.
    GetOrInit(usize),
    GetOrTryInit(usize),
    Get,
    Set(usize),
    Wait,
    /// The initializer that makes this value is polled for the first time.
    Begin(usize),
    /// It is over.
    End(usize, Ends),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Answer {
    Done,
    Value(usize),
    Nothing,
    /// There is a value, or one is being made.
    Refused,
    /// It was refused, and operations were under way, one of which may have had the promise to
    /// make one.
    NotNow,
    Failed,
    Panicked,
}

impl Once {
    fn with(&self, change: impl FnOnce(&mut Once)) -> Once {
        let mut next = self.clone();
        change(&mut next);
        next
    }
}

impl Model for Once {
    type Op = Op;
    type Answer = Answer;

    fn apply(&self, op: &Op, answer: Option<&Answer>) -> Option<Once> {
        let same_if = |holds: bool| holds.then(|| self.clone());
        let is_free = self.value.is_none() && self.making.is_none();
        match (op, answer) {
            (Op::Begin(value), _) => is_free.then(|| self.with(|next| next.making = Some(*value))),
            (Op::End(value, _), _) if self.making != Some(*value) => None,
            (Op::End(value, ends), _) => Some(self.with(|next| {
                next.making = None;
                match ends {
                    Ends::Made => next.value = Some(*value),
                    Ends::Failed | Ends::Panicked => drop(next.failed.insert(*value)),
                    Ends::Dropped => {}
                }
            })),
            (Op::Set(value), Some(Answer::Done)) => {
                is_free.then(|| self.with(|next| next.value = Some(*value)))
            }
            (Op::Set(_), Some(Answer::Refused)) => same_if(!is_free),
            (Op::Set(_), Some(Answer::NotNow)) => same_if(true),
            (_, Some(Answer::Value(value))) => same_if(self.value == Some(*value)),
            (Op::Get, Some(Answer::Nothing)) => same_if(self.value.is_none()),
            (
                Op::GetOrInit(own) | Op::GetOrTryInit(own),
                Some(Answer::Failed | Answer::Panicked),
            ) => same_if(self.failed.contains(own)),
            _ => None,
        }
    }

    fn method(op: &Op) -> &'static str {
        match op {
            Op::GetOrInit(_) => "OnceCell::get_or_init",
            Op::GetOrTryInit(_) => "OnceCell::get_or_try_init",
            Op::Get => "OnceCell::get",
            Op::Set(_) => "OnceCell::set",
            Op::Wait => "OnceCell::wait",
            Op::Begin(_) | Op::End(..) => "OnceCell::get_or_init",
        }
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        waiting.iter().position(|op| {
            self.value.is_some() || (self.making.is_none() && !matches!(op, Op::Wait))
        })
    }
}

impl fmt::Display for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.value, self.making) {
            (Some(value), _) => write!(f, "the cell holds item {value}"),
            (None, Some(value)) => write!(f, "the cell is empty, and item {value} is being made"),
            (None, None) => f.write_str("the cell is empty, and nobody makes its value"),
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::GetOrInit(value) => write!(f, "get_or_init {value}"),
            Op::GetOrTryInit(value) => write!(f, "get_or_try_init {value}"),
            Op::Get => f.write_str("get"),
            Op::Set(value) => write!(f, "set {value}"),
            Op::Wait => f.write_str("wait"),
            Op::Begin(value) => write!(f, "begin to make {value}"),
            Op::End(value, ends) => write!(f, "{value} is {ends}"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Done => f.write_str("done"),
            Answer::Value(value) => write!(f, "item {value}"),
            Answer::Nothing => f.write_str("nothing"),
            Answer::Refused => f.write_str("refused"),
            Answer::NotNow => f.write_str("not now"),
            Answer::Failed => f.write_str("failed"),
            Answer::Panicked => f.write_str("panicked"),
        }
    }
}
