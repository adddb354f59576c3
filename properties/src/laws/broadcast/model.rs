//! What a broadcast is: a queue that every receiver reads from a place of its own.

use super::Overflow;
use crate::laws::linear::Model;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Send(usize),
    TrySend(usize),
    /// At the cost of the oldest.
    ForceSend(usize),
    /// Receivers have numbers.
    Recv(usize),
    TryRecv(usize),
    CloneSender,
    DropSender,
    /// Of this receiver, by a new one that stands where it does.
    CloneReceiver(usize, usize),
    /// A new one that stands at the end.
    Subscribe(usize),
    DropReceiver(usize),
    Deactivate(usize),
    Activate(usize),
    Close,
    Closed,
    SetCapacity(Room),
    SetOverflow(Overflow),
}

/// How many values there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Room {
    /// With so many a send may wait.
    pub(super) room: usize,
    /// There are never more.
    pub(super) most: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    /// Nothing is accepted, or nobody would receive it.
    Refused,
    Full,
    Received(usize),
    /// So many were lost to this receiver.
    Lagged(u64),
    Empty,
    /// Nothing will come any more.
    Ended,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Broadcast {
    /// Those that somebody has not received yet.
    values: VecDeque<usize>,
    /// The number of the first of them.
    first: u64,
    /// The number of the value that a receiver receives next; none if it is not active.
    receivers: BTreeMap<usize, Option<u64>>,
    senders: usize,
    is_closed: bool,
    room: Room,
    overflow: Overflow,
    rules: Rules,
}

/// What is promised, and does not change.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Rules {
    pub(super) needs_receivers: bool,
    pub(super) closes_without_receivers: bool,
    pub(super) ends_without_senders: bool,
}

/// What a send finds.
#[derive(PartialEq, Eq)]
enum Prospect {
    Refused,
    /// It is accepted, and goes to nobody.
    InVain,
    /// It has to wait.
    NotNow,
    /// It may have to wait.
    Perhaps,
    Accepted,
}

impl Broadcast {
    /// With receivers that have the numbers from 0 on.
    pub(super) fn new(
        rules: Rules,
        room: Room,
        overflow: Overflow,
        senders: usize,
        receivers: usize,
    ) -> Broadcast {
        let receivers = (0..receivers).map(|number| (number, Some(0))).collect();
        let values = VecDeque::new();
        Broadcast { values, first: 0, receivers, senders, is_closed: false, room, overflow, rules }
    }

    fn prospect(&self, is_forced: bool) -> Prospect {
        let count = self.values.len();
        if self.is_closed || self.receivers.is_empty() && self.rules.needs_receivers {
            Prospect::Refused
        } else if self.receivers.is_empty() {
            Prospect::InVain
        } else if self.receivers.values().all(Option::is_none) {
            Prospect::NotNow
        } else if is_forced || self.overflow == Overflow::Lags || count < self.room.room {
            Prospect::Accepted
        } else if count < self.room.most {
            Prospect::Perhaps
        } else {
            Prospect::NotNow
        }
    }

    fn pushed(&self, value: usize, is_forced: bool) -> Option<Broadcast> {
        match self.prospect(is_forced) {
            Prospect::Refused | Prospect::NotNow => None,
            Prospect::InVain => Some(self.clone()),
            Prospect::Perhaps | Prospect::Accepted => Some(self.with(|next| {
                next.values.push_back(value);
                next.shrink();
            })),
        }
    }

    /// The oldest are lost, to have room.
    fn shrink(&mut self) {
        while self.values.len() > self.room.most {
            self.values.pop_front();
            self.first += 1;
        }
    }

    fn end(&self) -> u64 {
        self.first + self.values.len() as u64
    }

    fn has_ended(&self) -> bool {
        self.is_closed || self.senders == 0 && self.rules.ends_without_senders
    }

    /// Where an active receiver stands.
    fn place(&self, receiver: usize) -> Option<u64> {
        self.receivers.get(&receiver).copied().flatten()
    }

    fn received(&self, receiver: usize, value: Option<usize>) -> Option<Broadcast> {
        let place = self.place(receiver)?;
        let at = usize::try_from(place.checked_sub(self.first)?).ok()?;
        let is_next = *self.values.get(at)?;
        let fits = value.is_none_or(|value| value == is_next);
        fits.then(|| self.moved(receiver, Some(place + 1)))
    }

    fn lagged(&self, receiver: usize, lost: u64) -> Option<Broadcast> {
        let behind = self.first.checked_sub(self.place(receiver)?)?;
        let fits = behind > 0 && behind == lost;
        fits.then(|| self.moved(receiver, Some(self.first)))
    }

    fn moved(&self, receiver: usize, place: Option<u64>) -> Broadcast {
        self.with(|next| {
            next.receivers.insert(receiver, place);
        })
    }

    fn with(&self, change: impl FnOnce(&mut Broadcast)) -> Broadcast {
        let mut next = self.clone();
        change(&mut next);
        let needed = next.receivers.values().flatten().min().copied().unwrap_or(next.end());
        while next.first < needed && next.values.pop_front().is_some() {
            next.first += 1;
        }
        let is_deserted = next.receivers.is_empty() && next.rules.closes_without_receivers;
        next.is_closed |= is_deserted;
        next
    }
}

impl Model for Broadcast {
    type Op = Op;
    type Answer = Answer;

    fn apply(&self, op: &Op, answer: Option<&Answer>) -> Option<Broadcast> {
        let same_if = |holds: bool| holds.then(|| self.clone());
        let has_read_all = |receiver: &usize| self.place(*receiver) == Some(self.end());
        match (op, answer) {
            (Op::Send(value) | Op::TrySend(value), None | Some(Answer::Done)) => {
                self.pushed(*value, false)
            }
            (Op::ForceSend(value), Some(Answer::Done)) => self.pushed(*value, true),
            (Op::Send(_) | Op::TrySend(_) | Op::ForceSend(_), Some(Answer::Refused)) => {
                same_if(self.prospect(false) == Prospect::Refused)
            }
            (Op::TrySend(_), Some(Answer::Full)) => {
                same_if(matches!(self.prospect(false), Prospect::NotNow | Prospect::Perhaps))
            }
            (Op::Recv(receiver), None) => self.received(*receiver, None),
            (Op::Recv(receiver) | Op::TryRecv(receiver), Some(Answer::Received(value))) => {
                self.received(*receiver, Some(*value))
            }
            (Op::Recv(receiver) | Op::TryRecv(receiver), Some(Answer::Lagged(lost))) => {
                self.lagged(*receiver, *lost)
            }
            (Op::Recv(receiver) | Op::TryRecv(receiver), Some(Answer::Ended)) => {
                same_if(has_read_all(receiver) && self.has_ended())
            }
            (Op::TryRecv(receiver), Some(Answer::Empty)) => {
                same_if(has_read_all(receiver) && !self.has_ended())
            }
            (Op::CloneSender, _) => Some(self.with(|next| next.senders += 1)),
            (Op::DropSender, _) => Some(self.with(|next| next.senders -= 1)),
            (Op::CloneReceiver(from, to), _) => Some(self.moved(*to, self.place(*from))),
            (Op::Subscribe(receiver) | Op::Activate(receiver), _) => {
                Some(self.moved(*receiver, Some(self.end())))
            }
            (Op::Deactivate(receiver), _) => Some(self.moved(*receiver, None)),
            (Op::DropReceiver(receiver), _) => Some(self.with(|next| {
                next.receivers.remove(receiver);
            })),
            (Op::Close, _) => Some(self.with(|next| next.is_closed = true)),
            (Op::Closed, _) => same_if(self.receivers.is_empty() || self.is_closed),
            (Op::SetCapacity(room), _) => Some(self.with(|next| {
                next.room = *room;
                next.shrink();
            })),
            (Op::SetOverflow(overflow), _) => Some(self.with(|next| next.overflow = *overflow)),
            _ => None,
        }
    }

    fn method(op: &Op) -> &'static str {
        match op {
            Op::Send(_) => "Broadcast::send",
            Op::TrySend(_) => "Broadcast::try_send",
            Op::ForceSend(_) => "Broadcast::force_send",
            Op::Recv(_) => "Broadcast::recv",
            Op::TryRecv(_) => "Broadcast::try_recv",
            Op::CloneSender => "Broadcast::clone_sender",
            Op::DropSender => "drop(Broadcast::Sender)",
            Op::CloneReceiver(..) => "Broadcast::clone_receiver",
            Op::Subscribe(_) => "Broadcast::subscribe",
            Op::DropReceiver(_) => "drop(Broadcast::Receiver)",
            Op::Deactivate(_) => "Broadcast::deactivate",
            Op::Activate(_) => "Broadcast::activate",
            Op::Close => "Broadcast::close",
            Op::Closed => "Broadcast::closed",
            Op::SetCapacity(_) => "Broadcast::set_capacity",
            Op::SetOverflow(_) => "Broadcast::set_overflow",
        }
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        waiting.iter().position(|op| match op {
            Op::Send(_) => !matches!(self.prospect(false), Prospect::NotNow | Prospect::Perhaps),
            Op::Recv(receiver) => self.place(*receiver) != Some(self.end()) || self.has_ended(),
            Op::Closed => self.receivers.is_empty() || self.is_closed,
            _ => true,
        })
    }
}

impl fmt::Display for Broadcast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the broadcast holds {:?}", self.values)?;
        match self.overflow {
            Overflow::Waits if self.room.most == usize::MAX => f.write_str(", has no bound")?,
            Overflow::Waits => write!(f, ", has room for {}", self.room.room)?,
            Overflow::Lags => write!(f, ", keeps {}", self.room.most)?,
        }
        if self.is_closed {
            f.write_str(", is closed")?;
        }
        match self.senders {
            0 => f.write_str(", has no sender")?,
            1 => f.write_str(", has 1 sender")?,
            senders => write!(f, ", has {senders} senders")?,
        }
        if self.receivers.is_empty() {
            f.write_str(" and no receiver")?;
        }
        for (receiver, place) in &self.receivers {
            match place {
                None => write!(f, ", r{receiver} is inactive")?,
                Some(place) if *place < self.first => {
                    write!(f, ", r{receiver} has lost {}", self.first - place)?;
                }
                Some(place) => write!(f, ", r{receiver} has {} to read", self.end() - place)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Send(value) => write!(f, "send {value}"),
            Op::TrySend(value) => write!(f, "try_send {value}"),
            Op::ForceSend(value) => write!(f, "force_send {value}"),
            Op::Recv(receiver) => write!(f, "recv by r{receiver}"),
            Op::TryRecv(receiver) => write!(f, "try_recv by r{receiver}"),
            Op::CloneSender => f.write_str("clone the sender"),
            Op::DropSender => f.write_str("drop a sender"),
            Op::CloneReceiver(from, to) => write!(f, "clone r{from} as r{to}"),
            Op::Subscribe(receiver) => write!(f, "subscribe r{receiver}"),
            Op::DropReceiver(receiver) => write!(f, "drop r{receiver}"),
            Op::Deactivate(receiver) => write!(f, "deactivate r{receiver}"),
            Op::Activate(receiver) => write!(f, "activate r{receiver}"),
            Op::Close => f.write_str("close"),
            Op::Closed => f.write_str("closed"),
            Op::SetCapacity(room) => write!(f, "set_capacity {}", room.room),
            Op::SetOverflow(overflow) => write!(f, "set_overflow {overflow:?}"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Done => f.write_str("done"),
            Answer::Refused => f.write_str("refused"),
            Answer::Full => f.write_str("full"),
            Answer::Received(value) => write!(f, "value {value}"),
            Answer::Lagged(lost) => write!(f, "{lost} lost"),
            Answer::Empty => f.write_str("empty"),
            Answer::Ended => f.write_str("the end"),
        }
    }
}
