//! local-sync 0.1.0: the drop of the last sender of an `mpsc` neither closes it nor wakes the
//! receiver. Fixed in 0.1.1 (pull request 5).
#![cfg(test)]

use local_sync::mpsc::{self, unbounded};
use reveille::laws::{self, Capacity, Channel, Item, Status};
use std::sync::mpsc::TryRecvError;

/// Without a bound, where a send that has just been given room panics when the receiver goes, and
/// without a close, which a receive does not notice; both in both versions.
#[derive(Clone)]
struct LocalSync;

impl Channel for LocalSync {
    type Sender = unbounded::Tx<Item>;
    type Receiver = unbounded::Rx<Item>;

    fn open(&self, _capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        unbounded::channel()
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await
    }

    fn capacities(&self) -> Vec<Capacity> {
        vec![Capacity::Unbounded]
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(receiver.try_recv().map_err(|error| match error {
            mpsc::TryRecvError::Empty => TryRecvError::Empty,
            mpsc::TryRecvError::Disconnected => TryRecvError::Disconnected,
        }))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn status_by_sender(&self, sender: &Self::Sender) -> Status {
        Status { is_closed: Some(sender.is_closed()), ..Status::default() }
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(LocalSync).check();
}
