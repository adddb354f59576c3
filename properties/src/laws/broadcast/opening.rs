//! How a broadcast is when a run begins: of which capacity, and whether anybody receives.

use super::Broadcast;
use proptest::prelude::*;
use proptest::sample::select;
use reveille_sim::within;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

#[derive(Clone, Copy)]
pub(super) struct Opening {
    pub(super) capacity: usize,
    /// There is no receiver until one is made.
    is_for_nobody: bool,
}

/// Whether it can be had without a receiver is asked once, before the runs.
pub(super) fn opening<B: Broadcast>(
    broadcast: &B,
    capacities: Vec<usize>,
) -> BoxedStrategy<Opening> {
    let ask = || broadcast.open_for_nobody(capacities[0]).is_some();
    // If it panics a run will tell of it.
    let is_offered = catch_unwind(AssertUnwindSafe(ask)).unwrap_or(true);
    let for_nobody = match is_offered {
        true => prop_oneof![3 => Just(false), 1 => Just(true)].boxed(),
        false => Just(false).boxed(),
    };
    (select(capacities), for_nobody)
        .prop_map(|(capacity, is_for_nobody)| Opening { capacity, is_for_nobody })
        .boxed()
}

impl Opening {
    /// Opens the broadcast of a run.
    pub(super) fn open<B: Broadcast>(self, broadcast: &B) -> (B::Sender, Option<B::Receiver>) {
        if self.is_for_nobody {
            let open = || broadcast.open_for_nobody(self.capacity);
            if let Some(sender) = within("Broadcast::open_for_nobody", open) {
                return (sender, None);
            }
        }
        let (sender, receiver) = within("Broadcast::open", || broadcast.open(self.capacity));
        (sender, Some(receiver))
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.capacity.fmt(f)?;
        f.write_str(if self.is_for_nobody { ", without a receiver" } else { "" })
    }
}
