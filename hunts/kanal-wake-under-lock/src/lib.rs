//! kanal 0.1.1: a close, and the drop of the last sender, wake who waits while they hold the
//! lock of the channel. An executor that runs the woken task at once is stuck for ever. The
//! main branch is fixed, no published version is.
#![cfg(test)]

use reveille::laws::{self, Capacity, Channel, Item};
use reveille::{Checker, Kind};
use std::time::Duration;

#[derive(Clone)]
struct Kanal;

impl Channel for Kanal {
    type Sender = kanal::AsyncSender<Item>;
    type Receiver = kanal::AsyncReceiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        capacity.bound().map_or_else(kanal::unbounded_async, kanal::bounded_async)
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(item).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await.ok()
    }

    /// An item that was handed to a receive goes with it.
    fn loses_on_cancel(&self) -> bool {
        true
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }
}

#[test]
fn keeps_the_laws_of_channels_where_a_wake_runs_its_task() {
    let checker = Checker::new().with(Kind::ReentrantWaker).watchdog(Duration::from_secs(1));
    laws::channel(Kanal).checker(checker).check();
}
