//! What a task does with its end of the watch, as proptest draws it.

use super::model::Parity;
use crate::laws::play::patience::{Patience, patience};
use crate::laws::play::script::{Script, scripts};
use proptest::prelude::*;
use std::fmt;

#[derive(Clone, Copy)]
pub(super) enum Sending {
    Send,
    Look,
    Clone,
    /// Drops a handle, but for the last.
    Drop,
    Closed(Patience),
    /// The new receiver is for who has none.
    Subscribe,
}

#[derive(Clone, Copy)]
pub(super) enum Receiving {
    Recv(Patience),
    TryRecv,
    Changed(Patience),
    WaitFor(Parity, Patience),
    Get,
    GetAndSee,
    HasChanged,
    MarkUnseen,
    MarkSeen,
    /// A new receiver in place of this one, which stays with `keeps`.
    Clone {
        keeps: bool,
    },
    /// Drops what it has. It goes on with one that others have made.
    Drop,
}

// Each run does little beside what it is about, so that rare things meet (Groce and others,
// "Swarm testing", 2012).
pub(super) fn senders(most: usize) -> BoxedStrategy<Vec<Script<Sending>>> {
    let handles = || {
        prop_oneof![
            2 => Just(Sending::Send),
            1 => Just(Sending::Look),
            1 => Just(Sending::Clone),
            1 => Just(Sending::Drop),
            2 => Just(Sending::Subscribe),
            2 => patience().prop_map(Sending::Closed),
        ]
    };
    let all = prop_oneof![4 => Just(Sending::Send), 1 => handles()];
    prop_oneof![
        1 => scripts(Just(Sending::Send), Sending::Send, most),
        1 => scripts(handles(), Sending::Send, most),
        1 => scripts(all, Sending::Send, most),
    ]
    .boxed()
}

pub(super) fn receivers(most: usize) -> BoxedStrategy<Vec<Script<Receiving>>> {
    let wait = || {
        let parity = prop_oneof![
            2 => Just(Parity::Even),
            2 => Just(Parity::Odd),
            1 => Just(Parity::Unwinds),
        ];
        prop_oneof![
            3 => patience().prop_map(Receiving::Recv),
            2 => patience().prop_map(Receiving::Changed),
            1 => (parity, patience())
                .prop_map(|(parity, patience)| Receiving::WaitFor(parity, patience)),
        ]
    };
    let look = || {
        prop_oneof![
            Just(Receiving::TryRecv),
            Just(Receiving::Get),
            Just(Receiving::GetAndSee),
            Just(Receiving::HasChanged),
            Just(Receiving::MarkUnseen),
            Just(Receiving::MarkSeen),
        ]
    };
    let handles = || {
        prop_oneof![
            any::<bool>().prop_map(|keeps| Receiving::Clone { keeps }),
            Just(Receiving::Drop),
        ]
    };
    let plain = Receiving::Recv(Patience::Endless);
    prop_oneof![
        1 => scripts(wait(), plain, most),
        1 => scripts(prop_oneof![wait(), look()], plain, most),
        1 => scripts(prop_oneof![2 => wait(), 1 => handles()], plain, most),
        2 => scripts(prop_oneof![3 => wait(), 1 => look(), 1 => handles()], plain, most),
    ]
    .boxed()
}

impl fmt::Debug for Sending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sending::Send => f.write_str("send"),
            Sending::Look => f.write_str("look"),
            Sending::Clone => f.write_str("clone"),
            Sending::Drop => f.write_str("drop a clone"),
            Sending::Closed(patience) => waits(f, "closed", *patience),
            Sending::Subscribe => f.write_str("subscribe"),
        }
    }
}

impl fmt::Debug for Receiving {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Receiving::Recv(patience) => waits(f, "recv", *patience),
            Receiving::TryRecv => f.write_str("try_recv"),
            Receiving::Changed(patience) => waits(f, "changed", *patience),
            Receiving::WaitFor(Parity::Even, patience) => waits(f, "wait_for even", *patience),
            Receiving::WaitFor(Parity::Odd, patience) => waits(f, "wait_for odd", *patience),
            Receiving::WaitFor(Parity::Unwinds, patience) => {
                waits(f, "wait_for, which panics", *patience)
            }
            Receiving::Get => f.write_str("get"),
            Receiving::GetAndSee => f.write_str("get_and_see"),
            Receiving::HasChanged => f.write_str("has_changed"),
            Receiving::MarkUnseen => f.write_str("mark_unseen"),
            Receiving::MarkSeen => f.write_str("mark_seen"),
            Receiving::Clone { keeps: true } => f.write_str("clone, keep both"),
            Receiving::Clone { keeps: false } => f.write_str("clone"),
            Receiving::Drop => f.write_str("drop"),
        }
    }
}

fn waits(f: &mut fmt::Formatter<'_>, what: &str, patience: Patience) -> fmt::Result {
    match patience {
        Patience::Endless => f.write_str(what),
        patience => write!(f, "{what}, {patience:?}"),
    }
}
