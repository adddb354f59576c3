//! futures-intrusive 0.3.1: what is in an mpmc channel when its last receiver goes stays there
//! until the senders go. Fixed in 0.4.0 (pull request 47).
#![cfg(test)]

use futures_intrusive::channel::shared;
use reveille::laws::{self, Capacity, Channel, Item};
use std::sync::mpsc::{TryRecvError, TrySendError};

#[derive(Clone)]
struct Intrusive;

impl Channel for Intrusive {
    type Sender = shared::Sender<Item>;
    type Receiver = shared::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        shared::channel(capacity.bound().unwrap())
    }

    fn send(&self, sender: &mut Self::Sender, item: Item) -> impl Future<Output = bool> {
        let send = sender.send(item);
        async { send.await.is_ok() }
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>> {
        receiver.receive()
    }

    fn drops_with_receivers(&self) -> bool {
        true
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(item).map_err(|error| unsent(error.is_full())))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(receiver.try_receive().map_err(|error| nothing(error.is_empty())))
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

fn unsent(is_full: bool) -> TrySendError<()> {
    if is_full { TrySendError::Full(()) } else { TrySendError::Disconnected(()) }
}

fn nothing(is_empty: bool) -> TryRecvError {
    if is_empty { TryRecvError::Empty } else { TryRecvError::Disconnected }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(Intrusive).check();
}
