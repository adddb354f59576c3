//! tokio's `mpsc`.

use crate::{nothing, passes, unsent};
use reveille::laws::{self, Capacity, Channel, Item, Permit, Status, Weak};
use reveille::{Checker, Kind, Law};
use std::sync::mpsc::{TryRecvError, TrySendError};
use tokio::sync::mpsc;

#[derive(Clone)]
struct Bounded {
    /// Each of which has a sender of its own.
    owns_permits: bool,
}

impl Channel for Bounded {
    type Sender = mpsc::Sender<Item>;
    type Receiver = mpsc::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        mpsc::channel(capacity.bound().expect("expected a bound"))
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(item).await.is_ok()
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>> {
        receiver.recv()
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        let is_full = |error| matches!(error, mpsc::error::TrySendError::Full(_));
        Some(sender.try_send(item).map_err(|error| unsent(is_full(error))))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let is_empty = |error| error == mpsc::error::TryRecvError::Empty;
        Some(receiver.try_recv().map_err(|error| nothing(is_empty(error))))
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
        let owns = self.owns_permits;
        Some(async move {
            if owns {
                let permit = sender.clone().reserve_owned().await.ok()?;
                let send = |permit: mpsc::OwnedPermit<Item>, item| {
                    permit.send(item);
                    true
                };
                return Some(Permit::new(permit, send, |permit| drop(permit.release())));
            }
            let permit = sender.reserve().await.ok()?;
            let send = |permit: mpsc::Permit<'a, Item>, item| {
                permit.send(item);
                true
            };
            Some(Permit::new(permit, send, drop))
        })
    }

    fn recv_many(
        &self,
        receiver: &mut Self::Receiver,
        mut items: Vec<Item>,
        limit: usize,
    ) -> Option<impl Future<Output = Vec<Item>>> {
        Some(async move {
            receiver.recv_many(&mut items, limit).await;
            items
        })
    }

    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        Some(sender.closed())
    }

    fn status_by_sender(&self, sender: &Self::Sender) -> Status {
        Status {
            room: Some(sender.capacity()),
            is_closed: Some(sender.is_closed()),
            senders: (!self.owns_permits).then(|| sender.strong_count()),
            ..Status::default()
        }
    }

    fn status_by_receiver(&self, receiver: &Self::Receiver) -> Status {
        Status {
            len: Some(receiver.len()),
            is_empty: Some(receiver.is_empty()),
            room: Some(receiver.capacity()),
            is_closed: Some(receiver.is_closed()),
            senders: (!self.owns_permits).then(|| receiver.sender_strong_count()),
            ..Status::default()
        }
    }

    fn downgrade_sender(&self, sender: &Self::Sender) -> Option<Weak<Self::Sender>> {
        let weak = sender.downgrade();
        Some(Weak::new(move || weak.upgrade()))
    }
}

#[test]
fn tokio_passes_and_keeps_no_waker() {
    let suite = laws::channel(Bounded { owns_permits: false });
    suite.checker(Checker::new().deny(Law::WakerLeak)).check();
}

#[test]
fn tokio_with_owned_permits_passes() {
    passes(Bounded { owns_permits: true });
}

#[test]
fn tokio_passes_where_clones_of_wakers_panic() {
    let suite = laws::channel(Bounded { owns_permits: false });
    suite.checker(Checker::new().with(Kind::PanickingClone)).check();
}

/// See `hunts/FINDINGS.md`.
#[test]
fn tokio_panics_where_a_permit_is_forgotten() {
    let suite = laws::channel(Bounded { owns_permits: false });
    let suite = suite.checker(Checker::new().with(Kind::ForgottenFuture));
    newest::alarms(suite, Law::Panic, "assertion failed: self.inner.semaphore.is_idle()");
}

#[derive(Clone)]
struct Unbounded;

impl Channel for Unbounded {
    type Sender = mpsc::UnboundedSender<Item>;
    type Receiver = mpsc::UnboundedReceiver<Item>;

    fn open(&self, _capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        mpsc::unbounded_channel()
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(item).is_ok()
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>> {
        receiver.recv()
    }

    fn capacities(&self) -> Vec<Capacity> {
        vec![Capacity::Unbounded]
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let is_empty = |error| error == mpsc::error::TryRecvError::Empty;
        Some(receiver.try_recv().map_err(|error| nothing(is_empty(error))))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }

    fn recv_many(
        &self,
        receiver: &mut Self::Receiver,
        mut items: Vec<Item>,
        limit: usize,
    ) -> Option<impl Future<Output = Vec<Item>>> {
        Some(async move {
            receiver.recv_many(&mut items, limit).await;
            items
        })
    }

    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        Some(sender.closed())
    }

    fn status_by_receiver(&self, receiver: &Self::Receiver) -> Status {
        Status {
            len: Some(receiver.len()),
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
fn tokio_without_a_bound_passes() {
    passes(Unbounded);
}
