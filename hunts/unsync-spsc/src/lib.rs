//! unsync 0.1.2: a receive that takes an item from a full channel does not wake the
//! sender that waits for room, and one that is polled again keeps its first waker. Fixed
//! in 0.2.0.
#![cfg(test)]

use reveille::laws::{self, Capacity, Channel, Item};
use unsync::spsc;

#[derive(Clone)]
struct Spsc;

impl Channel for Spsc {
    type Sender = spsc::Sender<Item>;
    type Receiver = spsc::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        spsc::channel(capacity.bound().unwrap())
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(item).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(Spsc).check();
}
