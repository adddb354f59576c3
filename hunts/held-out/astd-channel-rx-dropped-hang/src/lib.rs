//! async-std 0.99.11: a `send` after the last receiver has gone does not end, though there is room.
//! Fixed in 0.99.12 (pull request 474).
#![cfg(test)]

use async_std::prelude::*;
use async_std::sync::{self, Receiver, Sender};
use reveille::laws::{self, Capacity, Channel, Item, Status};

#[derive(Clone)]
struct AsyncStd;

impl Channel for AsyncStd {
    type Sender = Sender<Item>;
    type Receiver = Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        sync::channel(capacity.bound().unwrap())
    }

    /// It does not say whether anybody can receive.
    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(item).await;
        true
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await
    }

    fn needs_receivers(&self) -> bool {
        false
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn next(&self, receiver: &mut Self::Receiver) -> Option<impl Future<Output = Option<Item>>> {
        Some(receiver.next())
    }

    fn status_by_sender(&self, sender: &Self::Sender) -> Status {
        Status {
            len: Some(sender.len()),
            is_empty: Some(sender.is_empty()),
            is_full: Some(sender.is_full()),
            ..Status::default()
        }
    }

    fn status_by_receiver(&self, receiver: &Self::Receiver) -> Status {
        Status {
            len: Some(receiver.len()),
            is_empty: Some(receiver.is_empty()),
            is_full: Some(receiver.is_full()),
            ..Status::default()
        }
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(AsyncStd).check();
}
