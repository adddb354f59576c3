//! tokio 0.2.22: the receiver of a closed `mpsc` channel waits for senders that have reserved
//! room, and one that is dropped with its room does not wake it. Fixed in 0.2.23 (pull request
//! 2854).
#![cfg(test)]

use reveille::laws::{self, Capacity, Channel, Item, Permit};
use std::future::poll_fn;
use tokio::sync::mpsc;

#[derive(Clone)]
struct Mpsc;

impl Channel for Mpsc {
    type Sender = mpsc::Sender<Item>;
    type Receiver = mpsc::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        mpsc::channel(capacity.bound().unwrap())
    }

    /// Here a sender that waits keeps its place and its room, so each waits by itself.
    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.clone().send(item).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await
    }

    /// With room for all, so that no send waits: that meets the bug of the hunt
    /// `tok-mpsc-reserve-no-wake`, which is in this version, too.
    fn capacities(&self) -> Vec<Capacity> {
        vec![Capacity::Bounded(100)]
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }

    /// Here a sender that is ready has room.
    fn reserve<'a>(
        &self,
        sender: &'a mut Self::Sender,
    ) -> Option<impl Future<Output = Option<Permit<'a>>>> {
        Some(async {
            let mut ready = sender.clone();
            poll_fn(|cx| ready.poll_ready(cx)).await.ok()?;
            let send = |mut ready: Self::Sender, item| ready.try_send(item).is_ok();
            Some(Permit::new(ready, send, drop))
        })
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(Mpsc).check();
}
