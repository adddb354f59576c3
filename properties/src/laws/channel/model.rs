//! What a channel is: a queue with room for some items, that can be closed, between ends
//! that are counted.

use crate::laws::linear::Model;
use std::collections::VecDeque;
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Send(usize),
    Recv,
    TrySend(usize),
    TryRecv,
    CloneSender,
    CloneReceiver,
    DropSender,
    DropReceiver,
    CloseBySender,
    CloseByReceiver,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    /// Nothing is accepted any more.
    Refused,
    Full,
    Received(usize),
    Empty,
    /// Nothing will come any more.
    Ended,
    /// There was no room, or no item, and operations were under way, one of which may have
    /// had its promise.
    NotNow,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Queue {
    items: VecDeque<usize>,
    is_closed: bool,
    senders: usize,
    receivers: usize,
    rules: Rules,
}

/// What is promised of a channel, and does not change.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Rules {
    /// With so many items a send may wait.
    pub(super) room: usize,
    /// There are never more.
    pub(super) most: usize,
    pub(super) is_fair: bool,
}

impl Queue {
    pub(super) fn new(rules: Rules, senders: usize, receivers: usize) -> Queue {
        Queue { items: VecDeque::new(), is_closed: false, senders, receivers, rules }
    }

    fn accepts(&self) -> bool {
        !self.is_closed && self.receivers > 0
    }

    fn may_get_more(&self) -> bool {
        !self.is_closed && self.senders > 0
    }

    /// A rendezvous: an item is there only between a send and the receive that follows.
    fn is_rendezvous(&self) -> bool {
        self.rules.most == 0
    }

    fn pushed(&self, item: usize) -> Option<Queue> {
        let has_room = match self.is_rendezvous() {
            true => self.items.is_empty(),
            false => self.items.len() < self.rules.most,
        };
        (self.accepts() && has_room).then(|| self.with(|next| next.items.push_back(item)))
    }

    fn popped(&self, item: Option<usize>) -> Option<Queue> {
        let mut next = self.clone();
        let front = next.items.pop_front()?;
        item.is_none_or(|item| item == front).then_some(next)
    }

    fn with(&self, change: impl FnOnce(&mut Queue)) -> Queue {
        let mut next = self.clone();
        change(&mut next);
        next
    }
}

impl Model for Queue {
    type Op = Op;
    type Answer = Answer;

    fn apply(&self, op: &Op, answer: Option<&Answer>) -> Option<Queue> {
        let is_handing_over = self.is_rendezvous() && !self.items.is_empty();
        if is_handing_over && !matches!(op, Op::Recv | Op::TryRecv) {
            return None;
        }
        let same_if = |holds: bool| holds.then(|| self.clone());
        match (op, answer) {
            (Op::Send(item) | Op::TrySend(item), None | Some(Answer::Done)) => self.pushed(*item),
            (Op::Send(_) | Op::TrySend(_), Some(Answer::Refused)) => same_if(!self.accepts()),
            (Op::TrySend(_), Some(Answer::Full)) => same_if(self.items.len() >= self.rules.room),
            (Op::Recv | Op::TryRecv, None) => self.popped(None),
            (Op::Recv | Op::TryRecv, Some(Answer::Received(item))) => self.popped(Some(*item)),
            (Op::Recv | Op::TryRecv, Some(Answer::Ended)) => {
                same_if(self.items.is_empty() && !self.may_get_more())
            }
            (Op::TryRecv, Some(Answer::Empty)) => {
                same_if(self.items.is_empty() && self.may_get_more())
            }
            (_, Some(Answer::NotNow)) => same_if(true),
            (Op::CloneSender, _) => Some(self.with(|next| next.senders += 1)),
            (Op::CloneReceiver, _) => Some(self.with(|next| next.receivers += 1)),
            (Op::DropSender, _) => Some(self.with(|next| next.senders -= 1)),
            (Op::DropReceiver, _) => Some(self.with(|next| next.receivers -= 1)),
            (Op::CloseBySender | Op::CloseByReceiver, _) => {
                Some(self.with(|next| next.is_closed = true))
            }
            _ => None,
        }
    }

    fn method(op: &Op) -> &'static str {
        match op {
            Op::Send(_) => "Channel::send",
            Op::Recv => "Channel::recv",
            Op::TrySend(_) => "Channel::try_send",
            Op::TryRecv => "Channel::try_recv",
            Op::CloneSender => "Channel::clone_sender",
            Op::CloneReceiver => "Channel::clone_receiver",
            Op::DropSender => "drop(Channel::Sender)",
            Op::DropReceiver => "drop(Channel::Receiver)",
            Op::CloseBySender => "Channel::close_by_sender",
            Op::CloseByReceiver => "Channel::close_by_receiver",
        }
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        let may_wait = |op: &&Op| match op {
            Op::Send(_) => self.accepts() && self.items.len() >= self.rules.room,
            Op::Recv => self.items.is_empty() && self.may_get_more(),
            _ => false,
        };
        let alone = waiting.iter().position(|op| !may_wait(op));
        let meets = |sends: bool| waiting.iter().position(|op| matches!(op, Op::Send(_)) == sends);
        match (self.rules.room == 0, meets(true), meets(false)) {
            (true, Some(_), Some(receiver)) => Some(receiver),
            _ => alone,
        }
    }

    fn is_behind(&self, later: &Op, earlier: &Op) -> bool {
        self.rules.is_fair && matches!((later, earlier), (Op::Send(_), Op::Send(_)))
    }
}

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Queue { items, is_closed, senders, receivers, .. } = self;
        let ends = |count: &usize, what| match count {
            0 => format!("no {what}"),
            1 => format!("1 {what}"),
            _ => format!("{count} {what}s"),
        };
        let closed = if *is_closed { ", is closed" } else { "" };
        let (senders, receivers) = (ends(senders, "sender"), ends(receivers, "receiver"));
        write!(f, "the channel holds {items:?}{closed}, has {senders} and {receivers}")
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Send(item) => write!(f, "send {item}"),
            Op::TrySend(item) => write!(f, "try_send {item}"),
            Op::Recv => f.write_str("recv"),
            Op::TryRecv => f.write_str("try_recv"),
            Op::CloneSender => f.write_str("clone the sender"),
            Op::CloneReceiver => f.write_str("clone the receiver"),
            Op::DropSender => f.write_str("drop a sender"),
            Op::DropReceiver => f.write_str("drop a receiver"),
            Op::CloseBySender | Op::CloseByReceiver => f.write_str("close"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Done => f.write_str("done"),
            Answer::Refused => f.write_str("refused"),
            Answer::Full => f.write_str("full"),
            Answer::Received(item) => write!(f, "item {item}"),
            Answer::Empty => f.write_str("empty"),
            Answer::Ended => f.write_str("the end"),
            Answer::NotNow => f.write_str("not now"),
        }
    }
}
