//! tokio 1.4.0: `try_recv` from a `oneshot` that has given its value already panics. Fixed in
//! 1.5.0 (pull request 3674).
#![cfg(test)]

use reveille::laws::{self, Item, Oneshot};
use std::sync::mpsc::TryRecvError;
use tokio::sync::oneshot::{self, Receiver, Sender};

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

    fn may_try_again(&self) -> bool {
        true
    }

    fn close(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }

    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        Some(sender.closed())
    }

    fn is_closed(&self, sender: &mut Self::Sender) -> Option<bool> {
        Some(sender.is_closed())
    }
}

#[test]
fn keeps_the_laws_of_oneshots() {
    laws::oneshot(Tokio).check();
}
