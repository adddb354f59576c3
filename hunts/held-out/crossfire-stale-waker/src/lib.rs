//! crossfire 2.0.8: who is polled again with another waker keeps the one that it had. Fixed in
//! 2.0.9.
#![cfg(test)]

use crossfire::{MAsyncRx, MAsyncTx, mpmc};
use reveille::laws::{self, Capacity, Channel, Item};
use std::sync::mpsc::{TryRecvError, TrySendError};

#[derive(Clone)]
struct Mpmc;

impl Channel for Mpmc {
    type Sender = MAsyncTx<Item>;
    type Receiver = MAsyncRx<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        mpmc::bounded_async(capacity.bound().unwrap())
    }

    /// The send is made when it is polled: one that is not leaks its item, which is the bug of
    /// `crossfire-send-leak`.
    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(item).await.is_ok()
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>> {
        let recv = receiver.recv();
        async { recv.await.ok() }
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(item).map_err(|error| match error {
            crossfire::TrySendError::Full(_) => TrySendError::Full(()),
            crossfire::TrySendError::Disconnected(_) => TrySendError::Disconnected(()),
        }))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(receiver.try_recv().map_err(|error| match error {
            crossfire::TryRecvError::Empty => TryRecvError::Empty,
            crossfire::TryRecvError::Disconnected => TryRecvError::Disconnected,
        }))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(Mpmc).check();
}
