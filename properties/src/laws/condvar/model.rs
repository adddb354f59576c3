//! What a condition variable is: who has the mutex, and a line of those who wait, each notified
//! or not.

use crate::laws::linear::Model;
use std::fmt;

/// By the number of the turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Lock(usize),
    Unlock(usize),
    /// Lets go of the mutex and joins the line.
    Join(usize),
    /// Is notified and has the mutex.
    Wait(usize),
    Drop(usize),
    NotifyOne,
    NotifyAll,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Queue {
    holder: Option<usize>,
    /// In the order in which they joined.
    waiting: Vec<Waiting>,
    rules: Rules,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Waiting {
    number: usize,
    notified: Notified,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Notified {
    No,
    Alone,
    WithAll,
}

/// What is promised of a condition variable, and does not change.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Rules {
    pub(super) is_fair: bool,
    pub(super) passes_on: bool,
    pub(super) is_spurious: bool,
}

impl Queue {
    pub(super) fn new(rules: Rules) -> Queue {
        Queue { holder: None, waiting: Vec::new(), rules }
    }

    fn with(&self, change: impl FnOnce(&mut Queue)) -> Queue {
        let mut next = self.clone();
        change(&mut next);
        next
    }

    fn without(&self, number: usize) -> Queue {
        self.with(|next| next.waiting.retain(|waiting| waiting.number != number))
    }

    fn find(&self, number: usize) -> Option<usize> {
        self.waiting.iter().position(|waiting| waiting.number == number)
    }

    fn held_by(&self, number: usize) -> Option<Queue> {
        self.holder.is_none().then(|| self.with(|next| next.holder = Some(number)))
    }

    fn let_go_by(&self, number: usize) -> Option<Queue> {
        (self.holder == Some(number)).then(|| self.with(|next| next.holder = None))
    }

    fn joined(&self, number: usize) -> Option<Queue> {
        let waiting = Waiting { number, notified: Notified::No };
        self.let_go_by(number).map(|next| next.with(|next| next.waiting.push(waiting)))
    }

    fn gone_on(&self, number: usize) -> Option<Queue> {
        let at = self.find(number)?;
        let may = self.waiting[at].notified != Notified::No || self.rules.is_spurious;
        let next = self.held_by(number).filter(|_| may)?;
        Some(next.without(number))
    }

    fn notified_one(&self) -> Vec<Queue> {
        let is_asleep = |at: &usize| self.waiting[*at].notified == Notified::No;
        let mut those: Vec<usize> = (0..self.waiting.len()).filter(is_asleep).collect();
        if those.is_empty() {
            return vec![self.clone()];
        }
        if self.rules.is_fair {
            those.truncate(1);
        }
        let notified = |at: usize| self.with(|next| next.waiting[at].notified = Notified::Alone);
        those.into_iter().map(notified).collect()
    }

    fn notified_all(&self) -> Queue {
        self.with(|next| {
            let asleep = next.waiting.iter_mut().filter(|one| one.notified == Notified::No);
            asleep.for_each(|one| one.notified = Notified::WithAll);
        })
    }

    fn dropped(&self, number: usize) -> Vec<Queue> {
        if let Some(next) = self.let_go_by(number) {
            return vec![next];
        }
        let Some(at) = self.find(number) else { return vec![self.clone()] };
        let notified = self.waiting[at].notified;
        let next = self.without(number);
        match notified {
            Notified::Alone if self.rules.passes_on => next.notified_one(),
            _ => vec![next],
        }
    }
}

/// An operation answers that it is done, and no more.
#[derive(Clone, Copy)]
pub(super) struct Done;

impl Model for Queue {
    type Op = Op;
    type Answer = Done;

    fn apply(&self, op: &Op, _: Option<&Done>) -> Option<Queue> {
        match *op {
            Op::Lock(number) => self.held_by(number),
            Op::Unlock(number) => self.let_go_by(number),
            Op::Join(number) => self.joined(number),
            Op::Wait(number) => self.gone_on(number),
            Op::NotifyAll => Some(self.notified_all()),
            Op::NotifyOne | Op::Drop(_) => None,
        }
    }

    fn outcomes(&self, op: &Op, answer: Option<&Done>) -> Vec<Queue> {
        match *op {
            Op::NotifyOne => self.notified_one(),
            Op::Drop(number) => self.dropped(number),
            _ => self.apply(op, answer).into_iter().collect(),
        }
    }

    fn method(op: &Op) -> &'static str {
        match op {
            Op::Lock(_) => "Condvar::lock",
            Op::Unlock(_) => "drop(Condvar::Guard)",
            Op::Join(_) | Op::Wait(_) => "Condvar::wait",
            Op::Drop(_) => "drop(Condvar::wait)",
            Op::NotifyOne => "Condvar::notify_one",
            Op::NotifyAll => "Condvar::notify_all",
        }
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        let is_asleep = |number| {
            let at = self.find(number);
            at.is_some_and(|at| self.waiting[at].notified == Notified::No)
        };
        waiting.iter().position(|op| match op {
            Op::Lock(_) => self.holder.is_none(),
            Op::Wait(number) => self.holder.is_none() && !is_asleep(*number),
            _ => true,
        })
    }
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.holder {
            Some(holder) => write!(f, "{holder} has the mutex")?,
            None => f.write_str("nobody has the mutex")?,
        }
        let waits = |waiting: &Waiting| match waiting.notified {
            Notified::No => waiting.number.to_string(),
            _ => format!("{} (notified)", waiting.number),
        };
        let waiting: Vec<String> = self.waiting.iter().map(waits).collect();
        match waiting.len() {
            0 => f.write_str(", nobody waits"),
            _ => write!(f, ", those who wait are {}", waiting.join(", ")),
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Lock(number) => write!(f, "lock {number}"),
            Op::Unlock(number) => write!(f, "unlock {number}"),
            Op::Join(number) => write!(f, "let go {number}"),
            Op::Wait(number) => write!(f, "wait {number}"),
            Op::Drop(number) => write!(f, "drop {number}"),
            Op::NotifyOne => f.write_str("notify one"),
            Op::NotifyAll => f.write_str("notify all"),
        }
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("done")
    }
}
