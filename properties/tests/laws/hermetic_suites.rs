//! What draws entropy of its own is tested in runs that are hermetic, by suites as by any test.

use crate::{checker, told_by};
use reveille::laws::{self, Capacity, Channel, Item};
use reveille::{Law, yield_now};
use std::hash::{BuildHasher, RandomState};

/// A channel that sometimes takes its time, or loses an item.
#[derive(Clone)]
struct Moody {
    loses: bool,
}

fn heads() -> bool {
    RandomState::new().hash_one(0).is_multiple_of(2)
}

impl Channel for Moody {
    type Sender = async_channel::Sender<Item>;
    type Receiver = async_channel::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        capacity.bound().map_or_else(async_channel::unbounded, async_channel::bounded)
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        if heads() {
            yield_now().await;
        }
        sender.send(item).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        let item = receiver.recv().await.ok();
        if self.loses && heads() {
            drop(item);
            return receiver.recv().await.ok();
        }
        item
    }
}

#[test]
fn a_channel_with_entropy_of_its_own_passes() {
    let passed =
        laws::channel(Moody { loses: false }).checker(checker().runs(300)).try_check().unwrap();
    assert_eq!(passed.runs, 300, "{passed}");
}

#[test]
fn one_that_loses_items_by_chance_is_told() {
    let suite = laws::channel(Moody { loses: true });
    told_by(suite, checker().runs(300), Law::Panic, "which no order", "senders = ");
}
