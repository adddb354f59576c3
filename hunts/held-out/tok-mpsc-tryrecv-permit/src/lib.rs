//! tokio 1.52.2: `try_recv` from a closed channel says that nothing will come, though somebody
//! has a permit. Fixed in 1.52.3 (pull request 8074).
#![cfg(test)]

use reveille::laws::{self, Capacity, Channel, Item, Permit, Status, Weak};
use reveille::time::sleep;
use std::sync::mpsc::{TryRecvError, TrySendError};
use std::time::Duration;
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

    /// By `try_recv`, now and then: who waits in `recv` meets the bugs of the hunts
    /// `tok-mpsc-release-no-wake` and `tok-mpsc-reserve-no-wake`, which are in these versions, too.
    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        loop {
            match receiver.try_recv() {
                Ok(item) => return Some(item),
                Err(mpsc::error::TryRecvError::Disconnected) => return None,
                Err(mpsc::error::TryRecvError::Empty) => sleep(Duration::from_secs(60)).await,
            }
        }
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(item).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => TrySendError::Full(()),
            mpsc::error::TrySendError::Closed(_) => TrySendError::Disconnected(()),
        }))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(receiver.try_recv().map_err(|error| match error {
            mpsc::error::TryRecvError::Empty => TryRecvError::Empty,
            mpsc::error::TryRecvError::Disconnected => TryRecvError::Disconnected,
        }))
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
            let permit = sender.reserve().await.ok()?;
            let send = |permit: mpsc::Permit<'a, Item>, item| {
                permit.send(item);
                true
            };
            Some(Permit::new(permit, send, drop))
        })
    }

    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        Some(sender.closed())
    }

    fn status_by_sender(&self, sender: &Self::Sender) -> Status {
        Status {
            room: Some(sender.capacity()),
            is_closed: Some(sender.is_closed()),
            senders: Some(sender.strong_count()),
            ..Status::default()
        }
    }

    fn status_by_receiver(&self, receiver: &Self::Receiver) -> Status {
        Status {
            len: Some(receiver.len()),
            is_empty: Some(receiver.is_empty()),
            room: Some(receiver.capacity()),
            is_closed: Some(receiver.is_closed()),
            senders: Some(receiver.sender_strong_count()),
            ..Status::default()
        }
    }

    fn downgrade_sender(&self, sender: &Self::Sender) -> Option<Weak<Self::Sender>> {
        let weak = sender.downgrade();
        Some(Weak::new(move || weak.upgrade()))
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(Mpsc).check();
}
