//! What a task does with its end of the broadcast, as proptest draws it.

use super::Overflow;
use crate::laws::play::patience::{Patience, patience};
use crate::laws::play::script::{Script, scripts};
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt;

#[derive(Clone, Copy)]
pub(super) enum Sending {
    Send(Patience),
    TrySend,
    ForceSend,
    Clone,
    /// Drops a handle, but for the last.
    Drop,
    Close,
    Closed(Patience),
    /// The new receiver is for who has none.
    Subscribe,
    SetCapacity(usize),
    SetOverflow(Overflow),
}

#[derive(Clone, Copy)]
pub(super) enum Receiving {
    Recv(Patience),
    TryRecv,
    /// A new receiver in place of this one, which stays unread with `keeps`.
    Clone {
        keeps: bool,
    },
    Resubscribe {
        keeps: bool,
    },
    /// Drops what it has. It goes on with one that others have made.
    Drop,
    /// And for so many milliseconds it is so.
    Deactivate(u8),
    Close,
}

// Each run does little beside what it is about, so that rare things meet (Groce and others,
// "Swarm testing", 2012).
pub(super) fn senders(most: usize) -> BoxedStrategy<Vec<Script<Sending>>> {
    let send = || prop_oneof![6 => patience().prop_map(Sending::Send), 1 => Just(Sending::TrySend)];
    let handles = || {
        prop_oneof![
            1 => Just(Sending::Clone),
            1 => Just(Sending::Drop),
            2 => Just(Sending::Subscribe),
            1 => patience().prop_map(Sending::Closed),
        ]
    };
    let settings = || {
        prop_oneof![
            1 => Just(Sending::ForceSend),
            2 => (1..4_usize).prop_map(Sending::SetCapacity),
            2 => select(vec![Overflow::Lags, Overflow::Waits]).prop_map(Sending::SetOverflow),
        ]
    };
    let all = prop_oneof![9 => send(), 2 => handles(), 2 => settings(), 1 => Just(Sending::Close)];
    let plain = Sending::Send(Patience::Endless);
    prop_oneof![
        2 => scripts(send(), plain, most),
        2 => scripts(prop_oneof![2 => send(), 1 => handles()], plain, most),
        2 => scripts(prop_oneof![send(), settings()], plain, most),
        3 => scripts(all, plain, most),
    ]
    .boxed()
}

pub(super) fn receivers(most: usize) -> BoxedStrategy<Vec<Script<Receiving>>> {
    let recv =
        || prop_oneof![6 => patience().prop_map(Receiving::Recv), 1 => Just(Receiving::TryRecv)];
    let handles = || {
        prop_oneof![
            any::<bool>().prop_map(|keeps| Receiving::Clone { keeps }),
            any::<bool>().prop_map(|keeps| Receiving::Resubscribe { keeps }),
            Just(Receiving::Drop),
        ]
    };
    let deactivate = || (0..4u8).prop_map(Receiving::Deactivate);
    let all = prop_oneof![
        9 => recv(),
        2 => handles(),
        2 => deactivate(),
        1 => Just(Receiving::Close),
    ];
    let plain = Receiving::Recv(Patience::Endless);
    prop_oneof![
        // Who reads little leaves senders waiting.
        3 => scripts(recv(), plain, 1),
        2 => scripts(recv(), plain, most),
        2 => scripts(prop_oneof![2 => recv(), 1 => handles()], plain, most),
        2 => scripts(prop_oneof![2 => recv(), 1 => deactivate()], plain, most),
        3 => scripts(all, plain, most),
    ]
    .boxed()
}

impl fmt::Debug for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sending::Send(Patience::Endless) => f.write_str("send"),
            Sending::Send(patience) => write!(f, "send, {patience:?}"),
            Sending::TrySend => f.write_str("try_send"),
            Sending::ForceSend => f.write_str("force_send"),
            Sending::Clone => f.write_str("clone"),
            Sending::Drop => f.write_str("drop a clone"),
            Sending::Close => f.write_str("close"),
            Sending::Closed(Patience::Endless) => f.write_str("closed"),
            Sending::Closed(patience) => write!(f, "closed, {patience:?}"),
            Sending::Subscribe => f.write_str("subscribe"),
            Sending::SetCapacity(capacity) => write!(f, "set_capacity {capacity}"),
            Sending::SetOverflow(overflow) => write!(f, "set_overflow {overflow:?}"),
        }
    }
}

impl fmt::Debug for Receiving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let instead = |keeps: &bool| if *keeps { ", keep both" } else { "" };
        match self {
            Receiving::Recv(Patience::Endless) => f.write_str("recv"),
            Receiving::Recv(patience) => write!(f, "recv, {patience:?}"),
            Receiving::TryRecv => f.write_str("try_recv"),
            Receiving::Clone { keeps } => write!(f, "clone{}", instead(keeps)),
            Receiving::Resubscribe { keeps } => write!(f, "resubscribe{}", instead(keeps)),
            Receiving::Drop => f.write_str("drop"),
            Receiving::Deactivate(millis) => write!(f, "deactivate for {millis} ms"),
            Receiving::Close => f.write_str("close"),
        }
    }
}
