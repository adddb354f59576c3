//! oneshot 0.1.2: a receiver that is polled again keeps the waker of its first poll. Fixed in
//! 0.1.3 (pull request 15).
#![cfg(test)]

use oneshot::{Receiver, Sender};
use reveille::laws::{self, Item, Oneshot};
use std::sync::mpsc::TryRecvError;

#[derive(Clone)]
struct OneshotCrate;

impl Oneshot for OneshotCrate {
    type Sender = Sender<Item>;
    type Receiver = Receiver<Item>;

    fn open(&self) -> (Self::Sender, Self::Receiver) {
        oneshot::channel()
    }

    fn send(&self, sender: Self::Sender, item: Item) -> bool {
        sender.send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.await.ok()
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(receiver.try_recv().map_err(|error| match error {
            oneshot::TryRecvError::Empty => TryRecvError::Empty,
            oneshot::TryRecvError::Disconnected => TryRecvError::Disconnected,
        }))
    }
}

#[test]
fn keeps_the_laws_of_oneshots() {
    laws::oneshot(OneshotCrate).check();
}
