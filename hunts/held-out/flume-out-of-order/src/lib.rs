//! flume 0.10.10: an item that is sent while a receiver waits is put before those that are in
//! the channel already. Fixed in 0.10.11.
#![cfg(test)]

use flume::{Receiver, Sender};
use futures_util::{SinkExt, StreamExt};
use reveille::laws::{self, Capacity, Channel, Ends, Item, Status};
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

    fn send(&self, sender: &mut Self::Sender, item: Item) -> impl Future<Output = bool> {
        let send = sender.send_async(item);
        async { send.await.is_ok() }
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>> {
        let recv = receiver.recv_async();
        async { recv.await.ok() }
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

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn feed(&self, sender: &mut Self::Sender, item: Item) -> Option<impl Future<Output = bool>> {
        Some(async { sender.sink().send(item).await.is_ok() })
    }

    fn next(&self, receiver: &mut Self::Receiver) -> Option<impl Future<Output = Option<Item>>> {
        Some(async { receiver.stream().next().await })
    }

    fn status_by_sender(&self, sender: &Self::Sender) -> Status {
        Status { is_closed: Some(sender.is_disconnected()), ..Status::default() }
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(Flume).check();
}
