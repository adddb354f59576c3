//! tokio 1.52.4: the channel keeps the waker of a receiver that is gone until the last sender
//! goes, and with the waker the task, if it was aborted. Fixed in 1.53.0 (pull request 8095).
#![cfg(test)]

use reveille::laws::{self, Capacity, Channel, Item};
use reveille::{Checker, Law};
use tokio::sync::mpsc;

#[derive(Clone)]
struct Mpsc;

impl Channel for Mpsc {
    type Sender = mpsc::UnboundedSender<Item>;
    type Receiver = mpsc::UnboundedReceiver<Item>;

    fn open(&self, _capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        mpsc::unbounded_channel()
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

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }
}

#[test]
fn keeps_the_laws_of_channels_and_no_waker() {
    laws::channel(Mpsc).checker(Checker::new().deny(Law::WakerLeak)).check();
}
