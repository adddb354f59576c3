//! What a channel is: a queue with room for some items, that can be closed, between ends
//! that are counted.

use super::{Order, Status};
use crate::laws::given::item::rank;
use crate::laws::linear::Model;
use std::collections::VecDeque;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Send(usize),
    Recv,
    /// A send or a receive by the end itself, which waits on when nobody waits for it.
    Feed(usize),
    Next,
    /// Up to so many, at the end of what was received before.
    RecvMany(usize),
    /// Receives an item that keeps its place.
    Hold,
    LetGo,
    TrySend(usize),
    TryRecv,
    /// Waits for room for an item.
    Reserve,
    SendReserved(usize),
    Release,
    ForgetPermit,
    /// Waits for the close.
    Closed,
    Drain,
    Clear,
    RemoveIf(Trait),
    Look(Side),
    Clone(Side),
    Upgrade(Side),
    Drop(Side),
    Close,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Sender,
    Receiver,
}

/// What some items have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trait {
    Odd,
    Even,
}

impl Trait {
    pub(super) fn has(self, item: usize) -> bool {
        (item % 2 == 1) == (self == Trait::Odd)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    /// Nothing is accepted any more.
    Refused,
    Full,
    Received(usize),
    Many(Vec<usize>),
    Empty,
    /// Nothing will come any more.
    Ended,
    /// There was no room, or no item, and operations were under way, one of which may have
    /// had its promise.
    NotNow,
    Says(Status),
    /// There is nothing to upgrade to.
    Gone,
    /// Nobody can receive any more, and so many items are still there.
    Left(usize),
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Queue {
    pub(super) items: VecDeque<usize>,
    pub(super) is_closed: bool,
    pub(super) senders: usize,
    pub(super) receivers: usize,
    /// Items for which room is kept.
    pub(super) reserved: usize,
    /// Items that were received and keep their places.
    pub(super) held: usize,
    /// A receive said that nothing comes any more.
    has_ended: bool,
    rules: Rules,
}

/// What is promised of a channel, and does not change.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Rules {
    /// With so many items a send may wait.
    pub(super) room: usize,
    /// There are never more.
    pub(super) most: usize,
    pub(super) order: Order,
    /// Whether it matters which ends are left.
    pub(super) has_ends: bool,
    pub(super) needs_receivers: bool,
    pub(super) is_fair: bool,
    /// Wakes that nobody answers, at the senders' end and at the receivers': they went to who
    /// was forgotten, or to an end that still waits and that nobody polls.
    pub(super) gone: [usize; 2],
}

impl Op {
    /// Whether it waits for room.
    pub(super) fn sends(&self) -> bool {
        matches!(self, Op::Send(_) | Op::Feed(_) | Op::Reserve)
    }

    /// Whether it waits for an item.
    pub(super) fn receives(&self) -> bool {
        matches!(self, Op::Recv | Op::Next | Op::RecvMany(_) | Op::Hold)
    }
}

impl Queue {
    pub(super) fn new(rules: Rules, senders: usize, receivers: usize) -> Queue {
        Queue {
            items: VecDeque::new(),
            is_closed: false,
            senders,
            receivers,
            reserved: 0,
            held: 0,
            has_ended: false,
            rules,
        }
    }

    fn has(&self, side: Side) -> bool {
        let count = match side {
            Side::Sender => self.senders,
            Side::Receiver => self.receivers,
        };
        count > 0 || !self.rules.has_ends
    }

    fn accepts(&self) -> bool {
        !self.is_closed && (self.has(Side::Receiver) || !self.rules.needs_receivers)
    }

    /// Whether somebody may have been promised room that could not be seen to go.
    fn keeps_room(&self) -> bool {
        self.reserved + self.rules.gone[0] > 0
    }

    fn may_get_more(&self) -> bool {
        !self.is_closed && self.has(Side::Sender) || self.keeps_room()
    }

    /// Whether a send may find no room.
    fn may_be_full(&self) -> bool {
        let taken = self.items.len() + self.reserved + self.held + self.rules.gone[0];
        taken >= self.rules.room
    }

    /// Whether a receive may find no item, though it may be that there is one.
    fn may_be_empty(&self) -> bool {
        self.items.len() <= self.rules.gone[1]
    }

    /// A rendezvous: an item is there only between a send and the receive that follows.
    fn is_rendezvous(&self) -> bool {
        self.rules.most == 0
    }

    fn has_room(&self) -> bool {
        match self.is_rendezvous() {
            true => self.items.is_empty(),
            false => self.items.len() + self.reserved < self.rules.most,
        }
    }

    fn pushed(&self, item: usize) -> Option<Queue> {
        (self.accepts() && self.has_room()).then(|| self.with(|next| next.items.push_back(item)))
    }

    /// A promise is kept though the channel is closed, if anybody is there to see it.
    fn pushed_by_permit(&self, item: usize) -> Option<Queue> {
        (self.reserved > 0 && (!self.has_ended || !self.has(Side::Receiver))).then(|| {
            self.with(|next| {
                next.reserved -= 1;
                next.items.push_back(item);
            })
        })
    }

    fn popped(&self, item: Option<usize>) -> Option<Queue> {
        let mut next = self.clone();
        let taken = next.take()?;
        item.is_none_or(|item| item == taken).then_some(next)
    }

    /// All that were received at once.
    fn popped_all(&self, items: &[usize]) -> Option<Queue> {
        let mut next = self.clone();
        items.iter().all(|item| next.take() == Some(*item)).then_some(next)
    }

    /// A drain keeps the order of a queue; where another is promised it is that of receives.
    fn are_all(&self, items: &[usize]) -> bool {
        let (mut own, mut others) = (Vec::from(self.items.clone()), items.to_vec());
        if self.rules.order != Order::Fifo {
            own.sort_unstable();
            others.sort_unstable();
        }
        own == others
    }

    fn take(&mut self) -> Option<usize> {
        let ranks = self.items.iter().map(|item| rank(*item)).enumerate();
        let at = match self.rules.order {
            Order::Fifo => 0,
            Order::Lifo => self.items.len().checked_sub(1)?,
            Order::Max => ranks.max_by_key(|(_, rank)| *rank)?.0,
            Order::Min => ranks.min_by_key(|(_, rank)| *rank)?.0,
        };
        self.items.remove(at)
    }

    /// What comes of no more items to come.
    fn ended(&self) -> Option<Queue> {
        let is_over = self.is_closed || !self.has(Side::Sender);
        let ends = self.items.is_empty() && is_over && self.reserved == 0;
        ends.then(|| self.with(|next| next.has_ended = true))
    }

    fn with(&self, change: impl FnOnce(&mut Queue)) -> Queue {
        let mut next = self.clone();
        change(&mut next);
        next
    }

    fn count(&mut self, side: Side) -> &mut usize {
        match side {
            Side::Sender => &mut self.senders,
            Side::Receiver => &mut self.receivers,
        }
    }

    /// Whether an end may say so.
    fn is_said(&self, side: Side, says: &Status) -> bool {
        let (len, held) = (self.items.len(), self.reserved);
        let Rules { room, most, .. } = self.rules;
        let is_closed = match side {
            Side::Sender => !self.accepts(),
            Side::Receiver => self.is_closed || !self.has(Side::Sender),
        };
        let is_or_none = |said: Option<usize>, is: usize| said.is_none_or(|said| said == is);
        // A permit may count as a sender.
        let senders = |said: usize| (self.senders..=self.senders + held).contains(&said);
        let holds = is_or_none(says.len, len)
            && says.is_empty.is_none_or(|said| said == (len == 0))
            && says.is_full.is_none_or(|said| match said {
                true => len + held >= room,
                false => len < most,
            })
            && says.room.is_none_or(|said| {
                (room..=most.max(len + held)).contains(&said.saturating_add(len + held))
                    || said == 0 && len + held >= room
            });
        // What nobody can receive may be gone already, and what is held may count.
        (holds || !self.has(Side::Receiver) || self.held > 0)
            && says.is_closed.is_none_or(|said| said == is_closed || held > 0 && !self.is_closed)
            && says.senders.is_none_or(senders)
            && is_or_none(says.receivers, self.receivers)
    }
}

impl Model for Queue {
    type Op = Op;
    type Answer = Answer;

    fn apply(&self, op: &Op, answer: Option<&Answer>) -> Option<Queue> {
        let takes = op.receives() || matches!(op, Op::TryRecv | Op::Drain);
        if self.is_rendezvous() && !self.items.is_empty() && !takes {
            return None;
        }
        let same_if = |holds: bool| holds.then(|| self.clone());
        match (op, answer) {
            (_, Some(Answer::NotNow)) => same_if(true),
            (Op::Send(item) | Op::Feed(item) | Op::TrySend(item), None | Some(Answer::Done)) => {
                self.pushed(*item)
            }
            (Op::SendReserved(item), None | Some(Answer::Done)) => self.pushed_by_permit(*item),
            (Op::SendReserved(_), Some(Answer::Refused)) if self.has(Side::Receiver) => None,
            (Op::SendReserved(_) | Op::Release, _) if self.reserved == 0 => None,
            (Op::SendReserved(_) | Op::Release, _) => Some(self.with(|next| next.reserved -= 1)),
            (Op::Send(_) | Op::Feed(_) | Op::TrySend(_) | Op::Reserve, Some(Answer::Refused)) => {
                same_if(!self.accepts())
            }
            (Op::TrySend(_), Some(Answer::Full)) => same_if(self.may_be_full()),
            (Op::Reserve, _) => {
                (self.accepts() && self.has_room()).then(|| self.with(|next| next.reserved += 1))
            }
            (Op::Recv | Op::Next | Op::TryRecv | Op::RecvMany(_), None) => self.popped(None),
            (Op::Hold, None) => self.popped(None).map(|next| next.with(|next| next.held += 1)),
            (Op::Hold, Some(Answer::Received(item))) => {
                self.popped(Some(*item)).map(|next| next.with(|next| next.held += 1))
            }
            (Op::LetGo, _) => Some(self.with(|next| next.held -= 1)),
            (Op::Recv | Op::Next | Op::TryRecv, Some(Answer::Received(item))) => {
                self.popped(Some(*item))
            }
            (Op::RecvMany(limit), Some(Answer::Many(items))) => {
                self.popped_all(items).filter(|_| (1..=*limit).contains(&items.len()))
            }
            (Op::Drain, Some(Answer::Many(items))) => {
                same_if(self.are_all(items)).map(|all| all.with(|next| next.items.clear()))
            }
            (op, Some(Answer::Ended)) if takes && *op != Op::Drain => self.ended(),
            (Op::TryRecv, Some(Answer::Empty)) => {
                same_if(self.items.is_empty() && self.may_get_more())
            }
            (Op::Drain | Op::Clear, _) => Some(self.with(|next| next.items.clear())),
            (Op::RemoveIf(doomed), _) => {
                Some(self.with(|next| next.items.retain(|item| !doomed.has(*item))))
            }
            (Op::Closed, _) => same_if(!self.accepts()),
            (Op::Look(side), Some(Answer::Says(status))) => same_if(self.is_said(*side, status)),
            (Op::Upgrade(side), Some(Answer::Gone)) => {
                let is_over = !self.accepts() || !self.has(Side::Sender);
                same_if(is_over || !self.has(*side))
            }
            (Op::Upgrade(side), _) => {
                let is_there = self.has(*side) || *side == Side::Sender && self.keeps_room();
                is_there.then(|| self.with(|next| *next.count(*side) += 1))
            }
            (Op::Clone(side), _) => Some(self.with(|next| *next.count(*side) += 1)),
            (Op::Drop(_), Some(Answer::Left(_))) => None,
            (Op::Drop(side), _) => Some(self.with(|next| *next.count(*side) -= 1)),
            (Op::Close, _) => Some(self.with(|next| next.is_closed = true)),
            (Op::ForgetPermit | Op::Look(_), _) => same_if(true),
            _ => None,
        }
    }

    fn method(op: &Op) -> &'static str {
        match op {
            Op::Send(_) => "Channel::send",
            Op::Recv => "Channel::recv",
            Op::Feed(_) => "Channel::feed",
            Op::Next => "Channel::next",
            Op::RecvMany(_) => "Channel::recv_many",
            Op::Hold => "Channel::hold",
            Op::LetGo => "drop(Held)",
            Op::TrySend(_) => "Channel::try_send",
            Op::TryRecv => "Channel::try_recv",
            Op::Reserve => "Channel::reserve",
            Op::SendReserved(_) => "Permit::send",
            Op::Release => "Permit::release",
            Op::ForgetPermit => "Channel::reserve",
            Op::Closed => "Channel::closed",
            Op::Drain => "Channel::drain",
            Op::Clear => "Channel::clear",
            Op::RemoveIf(_) => "Channel::remove_if",
            Op::Look(Side::Sender) => "Channel::status_by_sender",
            Op::Look(Side::Receiver) => "Channel::status_by_receiver",
            Op::Clone(Side::Sender) => "Channel::clone_sender",
            Op::Clone(Side::Receiver) => "Channel::clone_receiver",
            Op::Upgrade(Side::Sender) => "Channel::downgrade_sender",
            Op::Upgrade(Side::Receiver) => "Channel::downgrade_receiver",
            Op::Drop(Side::Sender) => "drop(Channel::Sender)",
            Op::Drop(Side::Receiver) => "drop(Channel::Receiver)",
            Op::Close => "close of the channel",
        }
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        let may_wait = |op: &&Op| match op {
            op if op.sends() => self.accepts() && self.may_be_full(),
            op if op.receives() => self.may_be_empty() && self.may_get_more(),
            Op::Closed => self.accepts(),
            _ => false,
        };
        let alone = waiting.iter().position(|op| !may_wait(op));
        let sender = waiting.iter().any(|op| op.sends());
        let receiver = waiting.iter().position(|op| op.receives());
        match (self.rules.room == 0 && self.rules.gone == [0; 2], sender, receiver) {
            (true, true, Some(receiver)) => Some(receiver),
            _ => alone,
        }
    }

    fn is_behind(&self, later: &Op, earlier: &Op) -> bool {
        self.rules.is_fair && later.sends() && earlier.sends()
    }
}
