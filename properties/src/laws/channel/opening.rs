//! How a channel is when a run begins: of which capacity, and how much went through it before. What
//! counts, wraps around or has blocks of memory does so only after a while.

use super::acting::Shared;
use super::model::{Op, Queue};
use super::{Capacity, Channel};
use crate::laws::linear::Model;
use crate::laws::play::calls::Called;
use proptest::prelude::*;
use proptest::sample::select;
use reveille_sim::within;
use std::fmt;

#[derive(Clone, Copy)]
pub(super) struct Opening {
    pub(super) capacity: Capacity,
    /// So many items were sent and received, one by one.
    past: usize,
}

/// The first capacity, where most waits, more often than the others; but the last one, where
/// most is waited for, if who waits may be forgotten.
pub(super) fn opening(capacities: Vec<Capacity>, forgets: bool) -> BoxedStrategy<Opening> {
    let favoured = capacities[if forgets { capacities.len() - 1 } else { 0 }];
    let capacity = prop_oneof![1 => Just(favoured), 2 => select(capacities)];
    let past = prop_oneof![
        6 => Just(0),
        1 => 1..4usize,
        // Sizes are powers of two, and there or a little before it comes round.
        1 => (2..7u32, 0..3usize).prop_map(|(power, before)| (1 << power) - before),
    ];
    (capacity, past).prop_map(|(capacity, past)| Opening { capacity, past }).boxed()
}

impl Opening {
    /// Opens the channel of a run.
    pub(super) async fn open<C: Channel>(self, shared: &Shared<C>) -> (C::Sender, C::Receiver) {
        let Opening { capacity, past } = self;
        let channel = &shared.channel;
        let (mut sender, mut receiver) = within("Channel::open", || channel.open(capacity));
        // In a rendezvous they would have to meet.
        let past = if capacity.bound() == Some(0) { 0 } else { past };
        for _ in 0..past {
            let item = shared.drops.item();
            let method = Queue::method(&Op::Send(item.number()));
            Called::new(method, within(method, || channel.send(&mut sender, item))).await;
            let method = Queue::method(&Op::Recv);
            drop(Called::new(method, within(method, || channel.recv(&mut receiver))).await);
        }
        (sender, receiver)
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.capacity.fmt(f)?;
        match self.past {
            0 => Ok(()),
            1 => f.write_str(", after 1 item"),
            past => write!(f, ", after {past} items"),
        }
    }
}
