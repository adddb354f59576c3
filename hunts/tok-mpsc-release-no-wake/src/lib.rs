//! tokio 1.52.2: the receiver of a closed `mpsc` channel waits until all permits
//! are back, and `OwnedPermit::release` gives one back without waking it. Fixed in
//! 1.52.3 (pull request 8075).
#![cfg(test)]

use reveille::laws::{self, Capacity, Channel, Item, Permit};
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

    /// With room for all, so that no send waits: until 1.53.0 that would meet the bug of the hunt
    /// `tok-mpsc-reserve-no-wake`.
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

    fn reserve<'a>(
        &self,
        sender: &'a mut Self::Sender,
    ) -> Option<impl Future<Output = Option<Permit<'a>>>> {
        Some(async {
            let permit = sender.clone().reserve_owned().await.ok()?;
            let send = |permit: mpsc::OwnedPermit<Item>, item| {
                permit.send(item);
                true
            };
            Some(Permit::new(permit, send, |permit| drop(permit.release())))
        })
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(Mpsc).check();
}
