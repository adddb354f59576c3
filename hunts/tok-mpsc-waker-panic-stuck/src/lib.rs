//! tokio 1.13.1: if the clone of a waker panics while a receiver is registered, the place for
//! it is busy for ever: later polls register nothing, and no wake comes through. Fixed in
//! 1.14.0 (pull request 3689).
#![cfg(test)]

use reveille::laws::{self, Capacity, Channel, Item};
use reveille::{Checker, Kind};
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
fn keeps_the_laws_of_channels_when_the_clone_of_a_waker_panics() {
    laws::channel(Mpsc).checker(Checker::new().with(Kind::PanickingClone)).check();
}
