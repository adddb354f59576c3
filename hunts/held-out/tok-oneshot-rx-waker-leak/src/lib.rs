//! tokio 1.49.0: a `oneshot` receiver that was polled and is dropped leaves its waker in the
//! channel until the sender goes. Fixed in 1.50.0 (pull request 7886).
#![cfg(test)]

use reveille::laws::{self, Item, Oneshot};
use reveille::{Checker, Law};
use std::sync::mpsc::TryRecvError;
use tokio::sync::oneshot::{self, Receiver, Sender};

/// Without `closed`, whose waker a sender that goes leaves in the same way, in both versions.
#[derive(Clone)]
struct Tokio;

impl Oneshot for Tokio {
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
        use oneshot::error::TryRecvError as Tokio;
        Some(receiver.try_recv().map_err(|error| match error {
            Tokio::Empty => TryRecvError::Empty,
            Tokio::Closed => TryRecvError::Disconnected,
        }))
    }

    fn close(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }

    fn is_closed(&self, sender: &mut Self::Sender) -> Option<bool> {
        Some(sender.is_closed())
    }
}

#[test]
fn keeps_the_laws_of_oneshots_and_no_waker() {
    laws::oneshot(Tokio).checker(Checker::new().deny(Law::WakerLeak)).check();
}
