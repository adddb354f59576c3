//! Linearizability: whether concurrent operations did what they would have done one after
//! another, each at one moment between its call and its return (Herlihy, Wing 1990).
//!
//! The [search] is that of Wing and Gong (1993) with Lowe's memory of what was tried (2017).
//! Beyond those papers, a history here comes from futures, and it ends at rest:
//!
//! - an operation that was dropped took effect before, or never, or must not have;
//! - one that still waits when nothing can happen any more took no effect, and must have
//!   reason to wait in the state that the others left. That is the exact form of "no wakeup
//!   was lost";
//! - where it is promised, who waits goes before who comes later.
//!
//! A history of independent objects is judged object by object, since linearizability is
//! local. One that takes more than a bounded search is *undecided*, never right.

mod log;
mod search;
mod table;
#[cfg(test)]
mod tests;

pub(super) use log::Log;
pub(super) use search::check;
pub(super) use table::of as table;

use std::fmt::{Debug, Display};
use std::hash::Hash;

/// What an object is for: its states, and what its operations may do in each, one after
/// another. In words, a state says what holds in it.
pub(super) trait Model: Clone + Eq + Hash + Display + 'static {
    type Op: Clone + Display;
    type Answer: Clone + Display;

    /// The state after `op` if it may give this answer here; without an answer, the state
    /// after it has taken effect if it can.
    fn apply(&self, op: &Self::Op, answer: Option<&Self::Answer>) -> Option<Self>;

    /// The method of the adapter that does it.
    fn method(op: &Self::Op) -> &'static str;

    /// Of independent objects, the one that it concerns: a history of several is right if that
    /// of each is, and shorter ones are decided sooner.
    fn object(op: &Self::Op) -> usize {
        let _ = op;
        0
    }

    /// The states after `op`, where it is left open to which of several it leads.
    fn outcomes(&self, op: &Self::Op, answer: Option<&Self::Answer>) -> Vec<Self> {
        self.apply(op, answer).into_iter().collect()
    }

    /// Of those who wait at rest, in the order in which they began to, the first who could go
    /// on in this state.
    fn could_go_on(&self, waiting: &[&Self::Op]) -> Option<usize>;

    /// Whether `later` must not go before `earlier`, which waited when it was called.
    fn is_behind(&self, later: &Self::Op, earlier: &Self::Op) -> bool {
        let _ = (later, earlier);
        false
    }

    /// Whether who gets this answer went away empty-handed. Who did may have been overtaken, and
    /// overtakes nobody.
    fn is_refusal(answer: &Self::Answer) -> bool {
        let _ = answer;
        false
    }
}

/// One operation of a history. No two moments of a history are the same.
#[derive(Clone, Debug)]
pub(super) struct Operation<O, A> {
    pub(super) task: usize,
    pub(super) op: O,
    pub(super) called: u64,
    /// When it first was pending.
    pub(super) queued: Option<u64>,
    pub(super) end: End<A>,
}

#[derive(Clone, Debug)]
pub(super) enum End<A> {
    Returned {
        at: u64,
        answer: A,
    },
    /// Nobody waited for it any more.
    Dropped {
        at: u64,
        effect: Effect,
    },
    /// Nobody will ever poll it again, nor drop it.
    Forgotten {
        at: u64,
        effect: Effect,
    },
    /// It waits, and everything is at rest.
    Waiting,
}

/// What an operation that was dropped may have done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    None,
    Maybe,
    /// That of the operation without an answer, by the end of its drop: it gave back what it
    /// was called with.
    Always,
}

/// Of a model's operations.
pub(super) type Entry<M> = Operation<<M as Model>::Op, <M as Model>::Answer>;

pub(super) enum Verdict {
    Linearizable,
    /// The search would have been too long.
    Undecided,
    Broken(Misfit),
}

/// What no order explains.
#[derive(Debug)]
pub(super) struct Misfit {
    /// The longest order that explains what stands in it, as places in the history.
    explained: Vec<usize>,
    /// The operation that does not fit behind it, and whether that is because it waits.
    pub(super) culprit: usize,
    pub(super) is_forgotten: bool,
    /// The operation that it must not have gone before, if nothing else is wrong with it.
    overtaken: Option<usize>,
    /// The state before it, in words.
    state: String,
}

impl Misfit {
    /// It in words, with the history as a table.
    pub(super) fn told<M: Model>(&self, history: &[Entry<M>], tasks: &[String]) -> String {
        let culprit = &history[self.culprit];
        let who = &tasks[culprit.task];
        let op = &culprit.op;
        let overtaken = self.overtaken.map(|at| &history[at]);
        let what = match &culprit.end {
            End::Returned { answer, .. } if let Some(first) = overtaken => {
                let (other, whose) = (&first.op, &tasks[first.task]);
                format!(
                    "`{op}` of {who} gave `{answer}` before `{other}` of {whose}, which waited and goes first"
                )
            }
            End::Returned { answer, .. } => {
                format!(
                    "`{op}` of {who} gave `{answer}`, which no order of the operations explains"
                )
            }
            End::Dropped { .. } => {
                format!("`{op}` of {who} was dropped, which no order of the operations explains")
            }
            End::Forgotten { .. } => {
                format!("`{op}` of {who} was forgotten, which no order of the operations explains")
            }
            End::Waiting => format!("`{op}` of {who} waits for ever, and could go on"),
        };
        let order: Vec<_> = self.explained.iter().map(|at| history[*at].op.to_string()).collect();
        let order = if order.is_empty() { "nothing".to_owned() } else { order.join(", ") };
        let table = table::of::<M>(history, tasks);
        format!("{what}: {}, after {order}\n{table}", self.state)
    }
}
