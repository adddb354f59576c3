//! async-channel 1.7.1: a send notifies a receiver unless one is notified already, which it
//! relies on to pass that on. If the future of that one is forgotten, no later item reaches
//! anybody. Fixed in 1.8.0 (pull request 49).
#![cfg(test)]

use reveille::laws::{self, Capacity, Channel, Item};
use reveille::{Checker, Kind};
use std::sync::mpsc::{TryRecvError, TrySendError};

#[derive(Clone)]
struct AsyncChannel;

impl Channel for AsyncChannel {
    type Sender = async_channel::Sender<Item>;
    type Receiver = async_channel::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        capacity.bound().map_or_else(async_channel::unbounded, async_channel::bounded)
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(item).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await.ok()
    }

    fn capacities(&self) -> Vec<Capacity> {
        (1..=3).map(Capacity::Bounded).chain([Capacity::Unbounded]).collect()
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(item).map_err(|error| match error.is_full() {
            true => TrySendError::Full(()),
            false => TrySendError::Disconnected(()),
        }))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(receiver.try_recv().map_err(|error| match error.is_empty() {
            true => TryRecvError::Empty,
            false => TryRecvError::Disconnected,
        }))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn close_by_sender(&self, sender: &mut Self::Sender) -> Option<()> {
        sender.close();
        Some(())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }
}

#[test]
fn keeps_the_laws_of_channels_where_futures_are_forgotten() {
    laws::channel(AsyncChannel).checker(Checker::new().runs(10_000).with(Kind::ForgottenFuture)).check();
}
