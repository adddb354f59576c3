//! postage 0.4.1: the drop of a oneshot's sender is not noticed by a receiver that waits. Fixed in
//! 0.5.0 (pull request 50).
#![cfg(test)]

use postage::oneshot::{self, Receiver, Sender};
use postage::prelude::{Sink, Stream};
use reveille::laws::{self, Item, Oneshot};
use std::sync::mpsc::TryRecvError;

#[derive(Clone)]
struct Postage;

impl Oneshot for Postage {
    type Sender = Sender<Item>;
    type Receiver = Receiver<Item>;

    fn open(&self) -> (Self::Sender, Self::Receiver) {
        oneshot::channel()
    }

    fn send(&self, mut sender: Self::Sender, item: Item) -> bool {
        sender.try_send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(receiver.try_recv().map_err(|error| match error {
            postage::stream::TryRecvError::Pending => TryRecvError::Empty,
            postage::stream::TryRecvError::Closed => TryRecvError::Disconnected,
        }))
    }

    /// A stream that is closed stays so.
    fn is_fused(&self) -> bool {
        true
    }
}

#[test]
fn keeps_the_laws_of_oneshots() {
    laws::oneshot(Postage).check();
}
