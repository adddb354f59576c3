//! What a oneshot is: a place for one item, between two ends.

use crate::laws::linear::Model;
use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// The sender goes with it.
    Send(usize),
    Recv,
    TryRecv,
    Close,
    Closed,
    IsClosed,
    DropSender,
    DropReceiver,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Done,
    /// Nobody can receive it.
    Refused,
    Received(usize),
    Empty,
    /// Nothing will come any more.
    Ended,
    Yes,
    No,
}

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Oneshot {
    item: Option<usize>,
    has_sender: bool,
    has_receiver: bool,
    is_closed: bool,
}

impl Oneshot {
    pub(super) fn new() -> Oneshot {
        Oneshot { item: None, has_sender: true, has_receiver: true, is_closed: false }
    }

    fn accepts(&self) -> bool {
        self.has_receiver && !self.is_closed
    }

    fn may_get_one(&self) -> bool {
        self.has_sender && !self.is_closed
    }

    fn with(&self, change: impl FnOnce(&mut Oneshot)) -> Oneshot {
        let mut next = self.clone();
        change(&mut next);
        next
    }
}

impl Model for Oneshot {
    type Op = Op;
    type Answer = Answer;

    fn apply(&self, op: &Op, answer: Option<&Answer>) -> Option<Oneshot> {
        let same_if = |holds: bool| holds.then(|| self.clone());
        let without_sender = |item: Option<usize>| {
            self.with(|next| {
                next.item = item.or(next.item);
                next.has_sender = false;
            })
        };
        match (op, answer) {
            (Op::Send(item), None | Some(Answer::Done)) => {
                self.accepts().then(|| without_sender(Some(*item)))
            }
            (Op::Send(_), Some(Answer::Refused)) => (!self.accepts()).then(|| without_sender(None)),
            (Op::Recv, None) => self.item.is_some().then(|| self.with(|next| next.item = None)),
            (Op::Recv | Op::TryRecv, Some(Answer::Received(item))) => {
                (self.item == Some(*item)).then(|| self.with(|next| next.item = None))
            }
            (Op::Recv | Op::TryRecv, Some(Answer::Ended)) => {
                same_if(self.item.is_none() && !self.may_get_one())
            }
            (Op::TryRecv, Some(Answer::Empty)) => {
                same_if(self.item.is_none() && self.may_get_one())
            }
            (Op::Closed, _) | (Op::IsClosed, Some(Answer::Yes)) => same_if(!self.accepts()),
            (Op::IsClosed, Some(Answer::No)) => same_if(self.accepts()),
            (Op::Close, _) => Some(self.with(|next| next.is_closed = true)),
            (Op::DropSender, _) => Some(without_sender(None)),
            (Op::DropReceiver, _) => Some(self.with(|next| next.has_receiver = false)),
            _ => None,
        }
    }

    fn method(op: &Op) -> &'static str {
        match op {
            Op::Send(_) => "Oneshot::send",
            Op::Recv => "Oneshot::recv",
            Op::TryRecv => "Oneshot::try_recv",
            Op::Close => "Oneshot::close",
            Op::Closed => "Oneshot::closed",
            Op::IsClosed => "Oneshot::is_closed",
            Op::DropSender => "drop(Oneshot::Sender)",
            Op::DropReceiver => "drop(Oneshot::Receiver)",
        }
    }

    fn could_go_on(&self, waiting: &[&Op]) -> Option<usize> {
        waiting.iter().position(|op| match op {
            Op::Recv => self.item.is_some() || !self.may_get_one(),
            Op::Closed => !self.accepts(),
            _ => true,
        })
    }
}

impl fmt::Display for Oneshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.item {
            Some(item) => write!(f, "the oneshot holds item {item}")?,
            None => f.write_str("the oneshot is empty")?,
        }
        if self.is_closed {
            f.write_str(", is closed")?;
        }
        let has = |has| if has { "has its" } else { "has no" };
        let (sender, receiver) = (has(self.has_sender), has(self.has_receiver));
        write!(f, ", {sender} sender and {receiver} receiver")
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Send(item) => write!(f, "send {item}"),
            Op::Recv => f.write_str("recv"),
            Op::TryRecv => f.write_str("try_recv"),
            Op::Close => f.write_str("close"),
            Op::Closed => f.write_str("closed"),
            Op::IsClosed => f.write_str("is_closed"),
            Op::DropSender => f.write_str("drop the sender"),
            Op::DropReceiver => f.write_str("drop the receiver"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Done => f.write_str("done"),
            Answer::Refused => f.write_str("refused"),
            Answer::Received(item) => write!(f, "item {item}"),
            Answer::Empty => f.write_str("empty"),
            Answer::Ended => f.write_str("the end"),
            Answer::Yes => f.write_str("yes"),
            Answer::No => f.write_str("no"),
        }
    }
}
