//! What a watch is: a value, and of every receiver whether it has seen it.

use super::Sight;
use crate::laws::linear::Model;
use std::collections::BTreeMap;
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Send(usize),
    /// Receivers have numbers.
    Recv(usize),
    TryRecv(usize),
    Changed(usize),
    /// Of this receiver, for a value with an odd number, or an even one.
    WaitFor(usize, Parity),
    Get(usize),
    GetAndSee(usize),
    HasChanged(usize),
    MarkUnseen(usize),
    MarkSeen(usize),
    CloneSender,
    DropSender,
    /// Of this receiver, by a new one.
    CloneReceiver(usize, usize),
    Subscribe(usize),
    DropReceiver(usize),
    /// By a sender.
    Look,
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parity {
    Even,
    Odd,
    /// Whoever looks panics.
    Unwinds,
}

impl Parity {
    pub(super) fn is_of(self, number: usize) -> bool {
        match self {
            Parity::Even => number.is_multiple_of(2),
            Parity::Odd => !number.is_multiple_of(2),
            Parity::Unwinds => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    /// Nobody would see it.
    Refused,
    Got(usize),
    /// There is nothing new.
    Empty,
    /// Nothing will come any more.
    Ended,
    Yes,
    No,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Watch {
    value: usize,
    /// Whether each has seen the value.
    receivers: BTreeMap<usize, bool>,
    senders: usize,
    rules: Rules,
}

/// What is promised, and does not change.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Rules {
    pub(super) needs_receivers: bool,
    pub(super) ends_without_senders: bool,
    pub(super) ends_at_once: bool,
    pub(super) subscriber: Sight,
    pub(super) clone: Sight,
}

impl Watch {
    /// With value 0, and receivers that have the numbers from 0 on.
    pub(super) fn new(
        rules: Rules,
        senders: usize,
        receivers: impl Iterator<Item = Sight>,
    ) -> Watch {
        let receivers = receivers.map(|sight| sight != Sight::Unseen).enumerate().collect();
        Watch { value: 0, receivers, senders, rules }
    }

    fn has_seen(&self, receiver: usize) -> bool {
        self.receivers.get(&receiver).copied().unwrap_or(true)
    }

    fn has_ended(&self) -> bool {
        self.senders == 0 && self.rules.ends_without_senders
    }

    fn with(&self, change: impl FnOnce(&mut Watch)) -> Watch {
        let mut next = self.clone();
        change(&mut next);
        next
    }

    fn with_sight(&self, receiver: usize, has_seen: bool) -> Watch {
        self.with(|next| {
            next.receivers.insert(receiver, has_seen);
        })
    }

    fn sees(&self, receiver: usize) -> Option<Watch> {
        Some(self.with_sight(receiver, true))
    }

    fn sent(&self, value: usize) -> Option<Watch> {
        let is_seen = !self.receivers.is_empty() || !self.rules.needs_receivers;
        is_seen.then(|| {
            self.with(|next| {
                next.value = value;
                next.receivers.values_mut().for_each(|has_seen| *has_seen = false);
            })
        })
    }
}

impl Model for Watch {
    type Op = Op;
    type Answer = Answer;

    fn apply(&self, op: &Op, answer: Option<&Answer>) -> Option<Watch> {
        let same_if = |holds: bool| holds.then(|| self.clone());
        let sees_if =
            |receiver: &usize, holds: bool| if holds { self.sees(*receiver) } else { None };
        let is_new = |receiver: &usize| !self.has_seen(*receiver);
        match (op, answer) {
            (Op::Send(value), None | Some(Answer::Done)) => self.sent(*value),
            (Op::Send(_), Some(Answer::Refused)) => {
                same_if(self.receivers.is_empty() && self.rules.needs_receivers)
            }
            (Op::Recv(receiver), None) | (Op::Changed(receiver), None | Some(Answer::Done)) => {
                sees_if(receiver, is_new(receiver))
            }
            (Op::Recv(receiver) | Op::TryRecv(receiver), Some(Answer::Got(value))) => {
                sees_if(receiver, is_new(receiver) && self.value == *value)
            }
            (
                Op::Recv(receiver) | Op::TryRecv(receiver) | Op::Changed(receiver),
                Some(Answer::Ended),
            ) => {
                let misses = is_new(receiver) && !self.rules.ends_at_once;
                same_if(self.has_ended() && !misses)
            }
            (Op::TryRecv(receiver), Some(Answer::Empty)) => same_if(!is_new(receiver)),
            // It looks at values in between, and need not tell.
            (Op::WaitFor(receiver, _), None) => self.sees(*receiver),
            (Op::WaitFor(receiver, parity), Some(Answer::Got(value))) => {
                sees_if(receiver, self.value == *value && parity.is_of(*value))
            }
            (Op::WaitFor(receiver, parity), Some(Answer::Ended)) => {
                sees_if(receiver, self.has_ended() && !parity.is_of(self.value))
            }
            (Op::Get(_) | Op::Look, Some(Answer::Got(value))) => same_if(self.value == *value),
            (Op::GetAndSee(receiver), Some(Answer::Got(value))) => {
                sees_if(receiver, self.value == *value)
            }
            (Op::HasChanged(receiver), Some(Answer::Yes)) => same_if(is_new(receiver)),
            (Op::HasChanged(receiver), Some(Answer::No)) => same_if(!is_new(receiver)),
            (Op::HasChanged(_), Some(Answer::Ended)) => same_if(self.has_ended()),
            (Op::MarkUnseen(receiver), _) => Some(self.with_sight(*receiver, false)),
            (Op::MarkSeen(receiver), _) => self.sees(*receiver),
            (Op::CloneSender, _) => Some(self.with(|next| next.senders += 1)),
            (Op::DropSender, _) => Some(self.with(|next| next.senders -= 1)),
            (Op::CloneReceiver(from, to), _) => {
                let has_seen = match self.rules.clone {
                    Sight::Seen => true,
                    Sight::Unseen => false,
                    Sight::Inherited => self.has_seen(*from),
                };
                Some(self.with_sight(*to, has_seen))
            }
            (Op::Subscribe(receiver), _) => {
                Some(self.with_sight(*receiver, self.rules.subscriber != Sight::Unseen))
            }
            (Op::DropReceiver(receiver), _) => Some(self.with(|next| {
                next.receivers.remove(receiver);
            })),
            (Op::Closed, _) => same_if(self.receivers.is_empty()),
            _ => None,
        }
    }

    fn method(op: &Op) -> &'static str {
        match op {
            Op::Send(_) => "Watch::send",
            Op::Recv(_) => "Watch::recv",
            Op::TryRecv(_) => "Watch::try_recv",
            Op::Changed(_) => "Watch::changed",
            Op::WaitFor(..) => "Watch::wait_for",
            Op::Get(_) => "Watch::get",
            Op::GetAndSee(_) => "Watch::get_and_see",
            Op::HasChanged(_) => "Watch::has_changed",
            Op::MarkUnseen(_) => "Watch::mark_unseen",
            Op::MarkSeen(_) => "Watch::mark_seen",
            Op::CloneSender => "Watch::clone_sender",
            Op::DropSender => "drop(Watch::Sender)",
            Op::CloneReceiver(..) => "Watch::clone_receiver",
            Op::Subscribe(_) => "Watch::subscribe",
            Op::DropReceiver(_) => "drop(Watch::Receiver)",
            Op::Look => "Watch::look",
            Op::Closed => "Watch::closed",
        }
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        waiting.iter().position(|op| match op {
            Op::Recv(receiver) | Op::Changed(receiver) => {
                !self.has_seen(*receiver) || self.has_ended()
            }
            Op::WaitFor(_, parity) => parity.is_of(self.value) || self.has_ended(),
            Op::Closed => self.receivers.is_empty(),
            _ => true,
        })
    }
}

impl fmt::Display for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the value is {}", self.value)?;
        match self.senders {
            0 => f.write_str(", there is no sender")?,
            1 => f.write_str(", there is 1 sender")?,
            senders => write!(f, ", there are {senders} senders")?,
        }
        if self.receivers.is_empty() {
            f.write_str(" and no receiver")?;
        }
        for (receiver, has_seen) in &self.receivers {
            let has = if *has_seen { "has" } else { "has not" };
            write!(f, ", r{receiver} {has} seen it")?;
        }
        Ok(())
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Send(value) => write!(f, "send {value}"),
            Op::Recv(receiver) => write!(f, "recv by r{receiver}"),
            Op::TryRecv(receiver) => write!(f, "try_recv by r{receiver}"),
            Op::Changed(receiver) => write!(f, "changed of r{receiver}"),
            Op::WaitFor(receiver, Parity::Even) => write!(f, "wait_for even by r{receiver}"),
            Op::WaitFor(receiver, Parity::Odd) => write!(f, "wait_for odd by r{receiver}"),
            Op::WaitFor(receiver, Parity::Unwinds) => {
                write!(f, "wait_for by r{receiver}, whose closure panics")
            }
            Op::Get(receiver) => write!(f, "get by r{receiver}"),
            Op::GetAndSee(receiver) => write!(f, "get_and_see by r{receiver}"),
            Op::HasChanged(receiver) => write!(f, "has_changed of r{receiver}"),
            Op::MarkUnseen(receiver) => write!(f, "mark_unseen r{receiver}"),
            Op::MarkSeen(receiver) => write!(f, "mark_seen r{receiver}"),
            Op::CloneSender => f.write_str("clone the sender"),
            Op::DropSender => f.write_str("drop a sender"),
            Op::CloneReceiver(from, to) => write!(f, "clone r{from} as r{to}"),
            Op::Subscribe(receiver) => write!(f, "subscribe r{receiver}"),
            Op::DropReceiver(receiver) => write!(f, "drop r{receiver}"),
            Op::Look => f.write_str("look"),
            Op::Closed => f.write_str("closed"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Done => f.write_str("done"),
            Answer::Refused => f.write_str("refused"),
            Answer::Got(value) => write!(f, "value {value}"),
            Answer::Empty => f.write_str("nothing new"),
            Answer::Ended => f.write_str("the end"),
            Answer::Yes => f.write_str("yes"),
            Answer::No => f.write_str("no"),
        }
    }
}
