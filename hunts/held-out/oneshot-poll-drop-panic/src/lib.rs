//! oneshot 0.1.1: a receiver that was polled and is dropped panics. Fixed in 0.1.2. Both
//! keep the first waker, which is fixed in 0.1.3.
#![cfg(test)]

use oneshot::{Receiver, Sender};
use reveille::laws::{self, Item, Oneshot};
use reveille::{Checker, Kind};
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
fn keeps_the_laws_of_oneshots_if_wakers_stay_the_same() {
    let suite = laws::oneshot(OneshotCrate);
    suite.checker(Checker::new().without(Kind::FreshWaker)).check();
}
