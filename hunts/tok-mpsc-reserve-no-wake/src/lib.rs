//! tokio 1.52.3: a `send` that waits for room may have been given it, and not have
//! noticed yet, when the receiver closes the channel. It fails, gives the room back and
//! does not wake the receiver, which waits until all room is back. Fixed in 1.53.0
//! (pull request 8260).
#![cfg(test)]

use reveille::laws::{self, Capacity, Channel, Item};
use tokio::sync::mpsc;

#[derive(Clone)]
struct Mpsc;

impl Channel for Mpsc {
    type Sender = mpsc::Sender<Item>;
    type Receiver = mpsc::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        mpsc::channel(capacity.bound().unwrap())
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(item).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(Mpsc).check();
}
