//! A channel, what is done with it and what it answers, in words.

use super::Status;
use super::model::{Answer, Op, Queue, Side, Trait};
use std::fmt;

impl fmt::Display for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Queue { items, is_closed, senders, receivers, reserved, held, .. } = self;
        let ends = |count: &usize, what| match count {
            0 => format!("no {what}"),
            1 => format!("1 {what}"),
            _ => format!("{count} {what}s"),
        };
        let kept =
            if *reserved > 0 { format!(", keeps room for {reserved}") } else { String::new() };
        let held = if *held > 0 { format!(", has places held by {held}") } else { String::new() };
        let closed = if *is_closed { ", is closed" } else { "" };
        let (senders, receivers) = (ends(senders, "sender"), ends(receivers, "receiver"));
        write!(f, "the channel holds {items:?}{kept}{held}{closed}, has {senders} and {receivers}")
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Op::Send(item) => write!(f, "send {item}"),
            Op::TrySend(item) => write!(f, "try_send {item}"),
            Op::Feed(item) => write!(f, "feed {item}"),
            Op::Recv => f.write_str("recv"),
            Op::Next => f.write_str("next"),
            Op::RecvMany(limit) => write!(f, "recv_many up to {limit}"),
            Op::Hold => f.write_str("hold"),
            Op::LetGo => f.write_str("let go"),
            Op::TryRecv => f.write_str("try_recv"),
            Op::Reserve => f.write_str("reserve"),
            Op::SendReserved(item) => write!(f, "send {item} by the permit"),
            Op::Release => f.write_str("give the permit back"),
            Op::ForgetPermit => f.write_str("forget the permit"),
            Op::Closed => f.write_str("closed"),
            Op::Drain => f.write_str("drain"),
            Op::Clear => f.write_str("clear"),
            Op::RemoveIf(Trait::Odd) => f.write_str("remove_if odd"),
            Op::RemoveIf(Trait::Even) => f.write_str("remove_if even"),
            Op::Look(side) => write!(f, "ask the {side}"),
            Op::Clone(side) => write!(f, "clone the {side}"),
            Op::Upgrade(side) => write!(f, "upgrade a weak {side}"),
            Op::Drop(side) => write!(f, "drop a {side}"),
            Op::Close => f.write_str("close"),
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Sender => "sender",
            Side::Receiver => "receiver",
        })
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Done => f.write_str("done"),
            Answer::Refused => f.write_str("refused"),
            Answer::Full => f.write_str("full"),
            Answer::Received(item) => write!(f, "item {item}"),
            Answer::Many(items) => write!(f, "items {items:?}"),
            Answer::Empty => f.write_str("empty"),
            Answer::Ended => f.write_str("the end"),
            Answer::NotNow => f.write_str("not now"),
            Answer::Says(status) => status.fmt(f),
            Answer::Gone => f.write_str("gone"),
            Answer::Left(1) => f.write_str("the last, and 1 item is still there"),
            Answer::Left(items) => write!(f, "the last, and {items} items are still there"),
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Status { len, is_empty, is_full, room, is_closed, senders, receivers } = self;
        let number = |name: &str, said: &Option<usize>| said.map(|said| format!("{name} {said}"));
        let state = |yes: &str, no: &str, said: &Option<bool>| {
            said.map(|said| if said { yes } else { no }.to_owned())
        };
        let said = [
            number("len", len),
            state("empty", "not empty", is_empty),
            state("full", "not full", is_full),
            number("room", room),
            state("closed", "open", is_closed),
            number("senders", senders),
            number("receivers", receivers),
        ];
        f.write_str(&said.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}
