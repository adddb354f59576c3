//! futures-channel 0.3.3: an `UnboundedReceiver` that is dropped neither closes the channel
//! nor drops what is in it while there are senders. Fixed in 0.3.4 (pull request 2064).
#![cfg(test)]

use futures_channel::mpsc;
use futures_core::Stream;
use reveille::laws::{self, Capacity, Channel, Item};
use std::future::poll_fn;
use std::pin::Pin;

#[derive(Clone)]
struct Unbounded;

impl Channel for Unbounded {
    type Sender = mpsc::UnboundedSender<Item>;
    /// None once it has ended: it must not be asked again.
    type Receiver = Option<mpsc::UnboundedReceiver<Item>>;

    fn open(&self, _capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        let (sender, receiver) = mpsc::unbounded();
        (sender, Some(receiver))
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.unbounded_send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        let open = receiver.as_mut()?;
        let item = poll_fn(|cx| Pin::new(&mut *open).poll_next(cx)).await;
        if item.is_none() {
            *receiver = None;
        }
        item
    }

    fn capacities(&self) -> Vec<Capacity> {
        vec![Capacity::Unbounded]
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.as_mut()?.close();
        Some(())
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(Unbounded).check();
}
