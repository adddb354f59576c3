//! What a task does with its end of the channel, as proptest draws it.

use super::Capacity;
use crate::laws::patience::{Patience, patience};
use crate::laws::script::{Script, scripts};
use proptest::prelude::*;
use proptest::sample::select;
use std::fmt;

#[derive(Clone, Copy)]
pub(super) struct Act {
    pub(super) what: What,
    /// It is named by its end.
    verb: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum What {
    /// A send or a receive that may wait.
    Wait(Patience),
    /// One that may not.
    Try,
    Clone,
    /// Drops a handle, but for the last.
    Drop,
    Close,
}

/// The first capacity, where most waits, as often as all others together.
pub(super) fn capacity(capacities: Vec<Capacity>) -> impl Strategy<Value = Capacity> {
    prop_oneof![Just(capacities[0]), select(capacities)]
}

pub(super) fn senders(most: usize) -> impl Strategy<Value = Vec<Script<Act>>> {
    scripts(act("send"), Act { what: What::Wait(Patience::Endless), verb: "send" }, most)
}

pub(super) fn receivers(most: usize) -> impl Strategy<Value = Vec<Script<Act>>> {
    scripts(act("recv"), Act { what: What::Wait(Patience::Endless), verb: "recv" }, most)
}

fn act(verb: &'static str) -> impl Strategy<Value = Act> + Clone {
    let what = prop_oneof![
        12 => patience().prop_map(What::Wait),
        2 => Just(What::Try),
        1 => Just(What::Clone),
        1 => Just(What::Drop),
        1 => Just(What::Close),
    ];
    what.prop_map(move |what| Act { what, verb })
}

impl fmt::Debug for Act {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = self.verb;
        match &self.what {
            What::Wait(Patience::Endless) => f.write_str(verb),
            What::Wait(patience) => write!(f, "{verb}, {patience:?}"),
            What::Try => write!(f, "try_{verb}"),
            What::Clone => f.write_str("clone"),
            What::Drop => f.write_str("drop a clone"),
            What::Close => f.write_str("close"),
        }
    }
}
