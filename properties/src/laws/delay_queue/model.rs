//! What a delay queue is: items, each with a time before which it does not come and after
//! which nobody waits in vain.
//!
//! Whatever is done is done at a moment of virtual time, which an order of the operations has
//! to keep.

use crate::laws::linear::Model;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// Since the run began.
pub(super) type Moment = Duration;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Insert { item: usize, due: Moment, at: Moment },
    Remove { item: usize, at: Moment },
    Reset { item: usize, due: Moment, at: Moment },
    Clear { at: Moment },
    NextDue { at: Moment },
    Count { at: Moment },
    Next { at: Moment },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    Removed(usize),
    /// The key is not known.
    Unknown,
    /// The time of the item that comes first.
    Due(Option<Moment>),
    Counted(usize),
    Came {
        item: usize,
        at: Moment,
    },
    Ended {
        at: Moment,
    },
    /// Nothing was to come, and who waited had enough of it.
    GaveUp,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Queue {
    items: BTreeMap<usize, Timed>,
    now: Moment,
    /// When the last item went, if there were any.
    emptied: Option<Moment>,
    rules: Rules,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Timed {
    due: Moment,
    /// When it was put in or reset.
    set: Moment,
}

/// What is promised of a queue, and does not change.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Rules {
    pub(super) granularity: Duration,
    pub(super) ends_when_empty: bool,
    pub(super) wakes_at_the_end: bool,
    pub(super) is_in_order: bool,
}

impl Queue {
    pub(super) fn new(rules: Rules) -> Queue {
        Queue { items: BTreeMap::new(), now: Moment::ZERO, emptied: None, rules }
    }

    /// As `change` leaves it, if it can be.
    fn at(&self, at: Moment, change: impl FnOnce(&mut Queue) -> Option<()>) -> Option<Queue> {
        let mut next = self.clone();
        if at < self.now {
            return None;
        }
        next.now = at;
        change(&mut next)?;
        if next.items.is_empty() && !self.items.is_empty() {
            next.emptied = Some(at);
        }
        Some(next)
    }

    /// Whether who waits since `since` may come to know only now what was so from `from` on.
    fn is_timely(&self, now: Moment, since: Moment, from: Moment) -> bool {
        now <= since.max(from) + self.rules.granularity
    }

    /// Whether who waits since `since` needs not know that there are no items.
    fn may_wait(&self, since: Moment) -> bool {
        let Rules { ends_when_empty, wakes_at_the_end, .. } = self.rules;
        let was_there = self.emptied.is_some_and(|emptied| since <= emptied);
        !ends_when_empty || !wakes_at_the_end && was_there
    }

    /// Whether that is the time of the item that comes first, as the queue counts time. What is due
    /// comes in any order, and its time may be that at which the queue was told of it.
    fn is_first_due(&self, told: Option<Moment>) -> bool {
        let first = self.items.values().map(|timed| timed.due).min();
        let (Some(first), Some(told)) = (first, told) else { return first == told };
        told <= first.max(self.now) + self.rules.granularity && (told >= first || first <= self.now)
    }

    /// Whether `item` may come, at `now`, to who waits since `since`.
    fn may_come(&self, item: usize, now: Moment, since: Moment) -> bool {
        let Some(timed) = self.items.get(&item) else { return false };
        let comes_first = self.items.values().all(|other| other.due >= timed.due);
        timed.due <= now
            && self.is_timely(now, since, timed.due.max(timed.set))
            && (comes_first || !self.rules.is_in_order)
    }
}

impl Model for Queue {
    type Op = Op;
    type Answer = Answer;

    fn apply(&self, op: &Op, answer: Option<&Answer>) -> Option<Queue> {
        match (op, answer?) {
            (Op::Insert { item, due, at }, Answer::Done) => self.at(*at, |next| {
                next.items.insert(*item, Timed { due: *due, set: *at });
                Some(())
            }),
            (Op::Remove { item, at }, Answer::Removed(removed)) if item == removed => {
                self.at(*at, |next| next.items.remove(item).map(drop))
            }
            (Op::Reset { item, due, at }, Answer::Done) => self.at(*at, |next| {
                *next.items.get_mut(item)? = Timed { due: *due, set: *at };
                Some(())
            }),
            (Op::Clear { at }, Answer::Done) => self.at(*at, |next| {
                next.items.clear();
                Some(())
            }),
            (Op::NextDue { at }, Answer::Due(due)) => {
                self.at(*at, |next| next.is_first_due(*due).then_some(()))
            }
            (Op::Count { at }, Answer::Counted(count)) => {
                self.at(*at, |next| (next.items.len() == *count).then_some(()))
            }
            (Op::Next { at: since }, Answer::Came { item, at }) => self.at(*at, |next| {
                let may_come = next.may_come(*item, *at, *since);
                next.items.remove(item).filter(|_| may_come).map(drop)
            }),
            (Op::Next { at: since }, Answer::Ended { at }) => self.at(*at, |next| {
                let emptied = next.emptied.unwrap_or_default();
                let is_timely = next.is_timely(*at, *since, emptied);
                let may_end = next.rules.ends_when_empty && (is_timely || next.may_wait(*since));
                (next.items.is_empty() && may_end).then_some(())
            }),
            (Op::Next { .. }, Answer::GaveUp) => self.items.is_empty().then(|| self.clone()),
            _ => None,
        }
    }

    fn method(op: &Op) -> &'static str {
        match op {
            Op::Insert { .. } => "DelayQueue::insert",
            Op::Remove { .. } => "DelayQueue::remove",
            Op::Reset { .. } => "DelayQueue::reset",
            Op::Clear { .. } => "DelayQueue::clear",
            Op::NextDue { .. } => "DelayQueue::next_due",
            Op::Count { .. } => "DelayQueue::len",
            Op::Next { .. } => "DelayQueue::poll_expired",
        }
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        waiting.iter().position(|op| match op {
            Op::Next { at } => !self.items.is_empty() || !self.may_wait(*at),
            _ => true,
        })
    }
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Queue { items, now, emptied, .. } = self;
        if items.is_empty() {
            let since = emptied.map(|at| format!(", since {at:?}")).unwrap_or_default();
            return write!(f, "at {now:?} the queue holds nothing{since}");
        }
        write!(f, "at {now:?} the queue holds ")?;
        for (place, (item, Timed { due, set })) in items.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{item} (set at {set:?}, due at {due:?})")?;
        }
        Ok(())
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Insert { item, due, at } => write!(f, "insert {item} at {at:?}, due at {due:?}"),
            Op::Remove { item, at } => write!(f, "remove {item} at {at:?}"),
            Op::Reset { item, due, at } => write!(f, "reset {item} at {at:?}, due at {due:?}"),
            Op::Clear { at } => write!(f, "clear at {at:?}"),
            Op::NextDue { at } => write!(f, "next due at {at:?}"),
            Op::Count { at } => write!(f, "count at {at:?}"),
            Op::Next { at } => write!(f, "next from {at:?}"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Done => f.write_str("done"),
            Answer::Removed(item) => write!(f, "item {item}"),
            Answer::Unknown => f.write_str("unknown key"),
            Answer::Due(Some(due)) => write!(f, "due at {due:?}"),
            Answer::Due(None) => f.write_str("none"),
            Answer::Counted(count) => count.fmt(f),
            Answer::Came { item, at } => write!(f, "item {item} at {at:?}"),
            Answer::Ended { at } => write!(f, "the end at {at:?}"),
            Answer::GaveUp => f.write_str("gave up"),
        }
    }
}
