//! flume 0.7.2: a `recv_async` or `send_async` that waits does not look at whether the other
//! end is gone. Fixed in 0.8.0, which keeps stale wakers and the wrong order; 0.10.14 is whole.
#![cfg(test)]

use flume::{Receiver, Sender};
use reveille::laws::{self, Capacity, Channel, Ends, Item};
use std::ops::RangeInclusive;
use std::sync::mpsc::{TryRecvError, TrySendError};

#[derive(Clone)]
struct Flume;

impl Channel for Flume {
    type Sender = Sender<Item>;
    type Receiver = Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        capacity.bound().map_or_else(flume::unbounded, flume::bounded)
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send_async(item).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv_async().await.ok()
    }

    fn capacities(&self) -> Vec<Capacity> {
        [1, 2, 3, 0].map(Capacity::Bounded).into_iter().chain([Capacity::Unbounded]).collect()
    }

    /// It may hold more than its bound.
    fn room(&self, bound: usize, _ends: Ends) -> RangeInclusive<usize> {
        bound..=usize::MAX
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(item).map_err(|error| match error {
            flume::TrySendError::Full(_) => TrySendError::Full(()),
            flume::TrySendError::Disconnected(_) => TrySendError::Disconnected(()),
        }))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(receiver.try_recv().map_err(|error| match error {
            flume::TryRecvError::Empty => TryRecvError::Empty,
            flume::TryRecvError::Disconnected => TryRecvError::Disconnected,
        }))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(Flume).check();
}
