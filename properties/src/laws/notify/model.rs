//! What an event is: a line of those who listen, each notified or not, and perhaps a
//! notification that waits for the next who does.
//!
//! Listening is not one operation but three, so that each has one moment: a listener joins, is
//! ready, or is dropped. Even where it joins and is ready by the same poll somebody may notify in
//! between, if the clone of a waker runs others.

use super::{Joins, Notify};
use crate::laws::linear::Model;
use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// A listener of this number is made.
    Listen(usize),
    /// It joins those who are notified.
    Join(usize),
    Enable(usize),
    /// It is ready.
    Wait(usize),
    Drop(usize),
    NotifyOne,
    NotifyLast,
    NotifyAll,
    NotifyUpTo(usize),
    NotifyAdditional(usize),
    Set,
    Reset,
    /// Of another event.
    NotifyOther,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    Ready,
    Pending,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Line {
    /// In the order in which they joined.
    listeners: Vec<Listener>,
    has_stored: bool,
    is_set: bool,
    rules: Rules,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Listener {
    number: usize,
    has_joined: bool,
    notified: Notified,
}

/// By what a listener is notified, which decides what becomes of that if it is dropped.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Notified {
    No,
    /// One more than before.
    Once,
    /// The last of them.
    Last,
    /// One of so many.
    Counted,
    All,
    /// It knows that it is ready.
    Told,
}

/// What is promised of an event, and does not change.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Rules {
    pub(super) joins: Joins,
    stores_one: bool,
    is_fair: bool,
    passes_on: bool,
}

impl Rules {
    pub(super) fn of<N: Notify>(notify: &N) -> Rules {
        Rules {
            joins: notify.joins(),
            stores_one: notify.stores_one(),
            is_fair: notify.is_fair(),
            passes_on: notify.passes_on(),
        }
    }
}

impl Line {
    pub(super) fn new(rules: Rules) -> Line {
        Line { listeners: Vec::new(), has_stored: false, is_set: false, rules }
    }

    fn with(&self, change: impl FnOnce(&mut Line)) -> Line {
        let mut next = self.clone();
        change(&mut next);
        next
    }

    fn find(&self, number: usize) -> Option<usize> {
        self.listeners.iter().position(|listener| listener.number == number)
    }

    fn is_notified(&self, number: usize) -> bool {
        self.find(number).is_some_and(|at| self.listeners[at].notified != Notified::No)
    }

    /// A listener comes to the end of the line, or to a place before it where it does not
    /// count yet.
    fn joined(&self, number: usize, has_joined: bool) -> Line {
        let at = self.find(number);
        let notified = at.map_or(Notified::No, |at| self.listeners[at].notified);
        self.with(|next| {
            at.map(|at| next.listeners.remove(at));
            next.listeners.push(Listener { number, has_joined, notified });
        })
    }

    fn without(&self, number: usize) -> Line {
        self.with(|next| next.listeners.retain(|listener| listener.number != number))
    }

    /// The line after a listener took the notification that it has, or that was stored.
    fn taken(&self, number: usize) -> Option<Line> {
        if self.is_notified(number) || self.is_set {
            return Some(self.without(number));
        }
        let stored = self.has_stored.then(|| self.without(number));
        stored.map(|next| next.with(|next| next.has_stored = false))
    }

    fn those_to_notify(&self) -> Vec<usize> {
        let is_one = |listener: &Listener| listener.has_joined && listener.notified == Notified::No;
        (0..self.listeners.len()).filter(|at| is_one(&self.listeners[*at])).collect()
    }

    fn marked(&self, at: usize, notified: Notified) -> Line {
        self.with(|next| next.listeners[at].notified = notified)
    }

    /// What may come of one notification more.
    fn notified_once(&self, notified: Notified) -> Vec<Line> {
        let mut those = self.those_to_notify();
        if those.is_empty() {
            let stores = self.rules.stores_one && notified == Notified::Once;
            return vec![self.with(|next| next.has_stored |= stores)];
        }
        if self.rules.is_fair {
            those.truncate(1);
        }
        those.into_iter().map(|at| self.marked(at, notified)).collect()
    }

    fn last_notified(&self) -> Line {
        match self.those_to_notify().last() {
            Some(last) => self.marked(*last, Notified::Last),
            None => self.with(|next| next.has_stored |= next.rules.stores_one),
        }
    }

    fn notified_times(&self, count: usize, notified: Notified) -> Vec<Line> {
        let mut lines = vec![self.clone()];
        for _ in 0..count.min(self.those_to_notify().len()) {
            lines = lines.iter().flat_map(|line| line.notified_once(notified)).collect();
        }
        lines
    }

    fn notified_up_to(&self, count: usize) -> Vec<Line> {
        let is_notified = |listener: &&Listener| {
            listener.has_joined && !matches!(listener.notified, Notified::No | Notified::Told)
        };
        let before = self.listeners.iter().filter(is_notified).count();
        self.notified_times(count.saturating_sub(before), Notified::Counted)
    }

    fn all_notified(&self) -> Line {
        self.with(|next| {
            let for_all = next.rules.joins == Joins::WhenMadeForAll;
            let all = next.listeners.iter_mut().filter(|all| all.has_joined || for_all);
            for listener in all.filter(|all| all.notified == Notified::No) {
                listener.notified = Notified::All;
            }
        })
    }

    fn dropped(&self, number: usize) -> Vec<Line> {
        let notified = self.find(number).map(|at| self.listeners[at].notified);
        let next = self.without(number);
        match notified {
            Some(Notified::Once) if self.rules.passes_on => next.notified_once(Notified::Once),
            Some(Notified::Last) if self.rules.passes_on => vec![next.last_notified()],
            Some(Notified::Counted) if self.rules.passes_on => next.notified_up_to(1),
            _ => vec![next],
        }
    }
}

impl Model for Line {
    type Op = Op;
    type Answer = Answer;

    fn apply(&self, op: &Op, answer: Option<&Answer>) -> Option<Line> {
        match (*op, answer) {
            (Op::Listen(number), _) => {
                Some(self.joined(number, self.rules.joins == Joins::WhenMade))
            }
            (Op::Wait(number), Some(Answer::Ready)) => self.taken(number),
            (Op::Enable(number), Some(Answer::Ready)) => {
                let next = self.taken(number)?.joined(number, true);
                let last = next.listeners.len() - 1;
                Some(next.marked(last, Notified::Told))
            }
            (Op::Join(number) | Op::Enable(number), _) => Some(self.joined(number, true)),
            (Op::NotifyLast, _) => Some(self.last_notified()),
            (Op::NotifyAll, _) => Some(self.all_notified()),
            (Op::Set, _) => Some(self.all_notified().with(|next| next.is_set = true)),
            (Op::Reset, _) => Some(self.with(|next| next.is_set = false)),
            (Op::NotifyOther, _) => Some(self.clone()),
            _ => None,
        }
    }

    fn outcomes(&self, op: &Op, answer: Option<&Answer>) -> Vec<Line> {
        match *op {
            Op::NotifyOne => self.notified_once(Notified::Once),
            Op::NotifyUpTo(count) => self.notified_up_to(count),
            Op::NotifyAdditional(count) => self.notified_times(count, Notified::Once),
            Op::Drop(number) => self.dropped(number),
            _ => self.apply(op, answer).into_iter().collect(),
        }
    }

    fn method(op: &Op) -> &'static str {
        match op {
            Op::Listen(_) => "Notify::listen",
            Op::Join(_) | Op::Wait(_) => "poll(Notify::Listener)",
            Op::Enable(_) => "Notify::enable",
            Op::Drop(_) => "drop(Notify::Listener)",
            Op::NotifyOne | Op::NotifyOther => "Notify::notify_one",
            Op::NotifyLast => "Notify::notify_last",
            Op::NotifyAll => "Notify::notify_all",
            Op::NotifyUpTo(_) => "Notify::notify_up_to",
            Op::NotifyAdditional(_) => "Notify::notify_additional",
            Op::Set => "Notify::set",
            Op::Reset => "Notify::reset",
        }
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        waiting.iter().position(|op| match op {
            Op::Wait(number) => self.taken(*number).is_some(),
            _ => true,
        })
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waits = |listener: &Listener| match listener.notified {
            Notified::No if !listener.has_joined => format!("{} (not yet polled)", listener.number),
            Notified::No => listener.number.to_string(),
            _ => format!("{} (notified)", listener.number),
        };
        let listeners: Vec<String> = self.listeners.iter().map(waits).collect();
        match listeners.len() {
            0 => f.write_str("nobody listens")?,
            _ => write!(f, "those who listen are {}", listeners.join(", "))?,
        }
        f.write_str(if self.has_stored { ", a notification is stored" } else { "" })?;
        f.write_str(if self.is_set { ", the event is set" } else { "" })
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Listen(number) => write!(f, "listen {number}"),
            Op::Join(number) => write!(f, "join {number}"),
            Op::Enable(number) => write!(f, "enable {number}"),
            Op::Wait(number) => write!(f, "wait {number}"),
            Op::Drop(number) => write!(f, "drop {number}"),
            Op::NotifyOne => f.write_str("notify one"),
            Op::NotifyLast => f.write_str("notify the last"),
            Op::NotifyAll => f.write_str("notify all"),
            Op::NotifyUpTo(usize::MAX) => f.write_str("notify up to all"),
            Op::NotifyUpTo(count) => write!(f, "notify up to {count}"),
            Op::NotifyAdditional(count) => write!(f, "notify {count} more"),
            Op::Set => f.write_str("set"),
            Op::Reset => f.write_str("reset"),
            Op::NotifyOther => f.write_str("notify another event"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Answer::Done => "done",
            Answer::Ready => "ready",
            Answer::Pending => "pending",
        })
    }
}
