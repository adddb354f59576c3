//! crossfire 3.1.21: a send that is dropped before it was polled leaks its item. Fixed in
//! 3.1.22 (issue 72).
#![cfg(test)]

use crossfire::{MAsyncRx, MAsyncTx, mpmc};
use reveille::laws::{self, Capacity, Channel, Item};

#[derive(Clone)]
struct Mpmc;

impl Channel for Mpmc {
    type Sender = MAsyncTx<mpmc::Array<Item>>;
    type Receiver = MAsyncRx<mpmc::Array<Item>>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        mpmc::bounded_async(capacity.bound().unwrap())
    }

    fn send(&self, sender: &mut Self::Sender, item: Item) -> impl Future<Output = bool> {
        let send = sender.send(item);
        async { send.await.is_ok() }
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await.ok()
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
