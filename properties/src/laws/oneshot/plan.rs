//! What the two tasks of a run do with their ends, as proptest draws it.

use crate::laws::play::patience::{Patience, patience};
use crate::laws::play::script::{Script, script};
use proptest::prelude::*;
use std::fmt;

#[derive(Clone, Copy)]
pub(super) enum Sending {
    Send,
    Closed(Patience),
    IsClosed,
}

#[derive(Clone, Copy)]
pub(super) enum Receiving {
    Recv(Patience),
    TryRecv,
    Close,
    Drop,
}

pub(super) fn sender(most: usize) -> BoxedStrategy<Script<Sending>> {
    let act = prop_oneof![
        5 => Just(Sending::Send),
        4 => patience().prop_map(Sending::Closed),
        1 => Just(Sending::IsClosed),
    ];
    script(act, Sending::Send, most)
}

pub(super) fn receiver(most: usize) -> BoxedStrategy<Script<Receiving>> {
    let act = prop_oneof![
        8 => patience().prop_map(Receiving::Recv),
        2 => Just(Receiving::TryRecv),
        2 => Just(Receiving::Close),
        1 => Just(Receiving::Drop),
    ];
    script(act, Receiving::Recv(Patience::Endless), most)
}

impl fmt::Debug for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sending::Send => f.write_str("send"),
            Sending::Closed(Patience::Endless) => f.write_str("closed"),
            Sending::Closed(patience) => write!(f, "closed, {patience:?}"),
            Sending::IsClosed => f.write_str("is_closed"),
        }
    }
}

impl fmt::Debug for Receiving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Receiving::Recv(Patience::Endless) => f.write_str("recv"),
            Receiving::Recv(patience) => write!(f, "recv, {patience:?}"),
            Receiving::TryRecv => f.write_str("try_recv"),
            Receiving::Close => f.write_str("close"),
            Receiving::Drop => f.write_str("drop"),
        }
    }
}
