//! Channels with many ends of both kinds: flume, loole, kanal, crossfire, futures-intrusive.

use crate::{capacities, nothing, passes, unsent};
use futures_util::{SinkExt, StreamExt};
use newest::alarms;
use reveille::laws::{self, Capacity, Channel, Ends, Item, Status, Weak};
use reveille::{Checker, Kind, Law};
use std::ops::RangeInclusive;
use std::sync::mpsc::{TryRecvError, TrySendError};

/// It may hold more than its bound; see `hunts/FINDINGS.md`.
#[derive(Clone)]
struct Flume {
    drains: bool,
}

impl Channel for Flume {
    type Sender = flume::Sender<Item>;
    type Receiver = flume::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        capacity.bound().map_or_else(flume::unbounded, flume::bounded)
    }

    fn send(&self, sender: &mut Self::Sender, item: Item) -> impl Future<Output = bool> {
        let send = sender.send_async(item);
        async { send.await.is_ok() }
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>> {
        let recv = receiver.recv_async();
        async { recv.await.ok() }
    }

    fn capacities(&self) -> Vec<Capacity> {
        capacities(0)
    }

    fn room(&self, bound: usize, _ends: Ends) -> RangeInclusive<usize> {
        bound..=usize::MAX
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        let is_full = |error| matches!(error, flume::TrySendError::Full(_));
        Some(sender.try_send(item).map_err(|error| unsent(is_full(error))))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let is_empty = |error| error == flume::TryRecvError::Empty;
        Some(receiver.try_recv().map_err(|error| nothing(is_empty(error))))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn feed(&self, sender: &mut Self::Sender, item: Item) -> Option<impl Future<Output = bool>> {
        Some(async { sender.sink().send(item).await.is_ok() })
    }

    fn next(&self, receiver: &mut Self::Receiver) -> Option<impl Future<Output = Option<Item>>> {
        Some(async { receiver.stream().next().await })
    }

    fn drain(&self, receiver: &mut Self::Receiver) -> Option<Vec<Item>> {
        self.drains.then(|| receiver.drain().collect())
    }

    fn status_by_sender(&self, sender: &Self::Sender) -> Status {
        Status {
            is_closed: Some(sender.is_disconnected()),
            senders: Some(sender.sender_count()),
            receivers: Some(sender.receiver_count()),
            ..Status::default()
        }
    }

    fn downgrade_sender(&self, sender: &Self::Sender) -> Option<Weak<Self::Sender>> {
        let weak = sender.downgrade();
        Some(Weak::new(move || weak.upgrade()))
    }
}

#[test]
fn flume_passes_if_its_bound_is_none_and_it_is_not_drained() {
    passes(Flume { drains: false });
}

/// See `hunts/FINDINGS.md`.
#[test]
fn flume_drained_wakes_no_sender() {
    alarms(laws::channel(Flume { drains: true }), Law::Stuck, "after send 0, drain");
}

/// An item whose send waits when it is closed may still be received; see `hunts/FINDINGS.md`.
#[derive(Clone)]
struct Loole {
    closes: bool,
}

impl Channel for Loole {
    type Sender = loole::Sender<Item>;
    type Receiver = loole::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        capacity.bound().map_or_else(loole::unbounded, loole::bounded)
    }

    fn send(&self, sender: &mut Self::Sender, item: Item) -> impl Future<Output = bool> {
        let send = sender.send_async(item);
        async { send.await.is_ok() }
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>> {
        let recv = receiver.recv_async();
        async { recv.await.ok() }
    }

    fn capacities(&self) -> Vec<Capacity> {
        capacities(1)
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        let is_full = |error| matches!(error, loole::TrySendError::Full(_));
        Some(sender.try_send(item).map_err(|error| unsent(is_full(error))))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let is_empty = |error| matches!(error, loole::TryRecvError::Empty);
        Some(receiver.try_recv().map_err(|error| nothing(is_empty(error))))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn close_by_sender(&self, sender: &mut Self::Sender) -> Option<()> {
        self.closes.then(|| {
            sender.close();
        })
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        self.closes.then(|| {
            receiver.close();
        })
    }
}

#[test]
fn loole_passes_if_nobody_closes_it() {
    passes(Loole { closes: false });
}

#[test]
fn loole_gives_what_waits_when_it_is_closed() {
    let suite = laws::channel(Loole { closes: true });
    alarms(suite, Law::Panic, "which no order of the operations explains");
}

/// Its close discards what is in the channel, which is no close of the suite.
#[derive(Clone)]
struct Kanal;

impl Channel for Kanal {
    type Sender = kanal::AsyncSender<Item>;
    type Receiver = kanal::AsyncReceiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        capacity.bound().map_or_else(kanal::unbounded_async, kanal::bounded_async)
    }

    fn send(&self, sender: &mut Self::Sender, item: Item) -> impl Future<Output = bool> {
        let send = sender.send(item);
        async { send.await.is_ok() }
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>> {
        let recv = receiver.recv();
        async { recv.await.ok() }
    }

    fn capacities(&self) -> Vec<Capacity> {
        capacities(0)
    }

    /// An item that was handed to a receive goes with it.
    fn loses_on_cancel(&self) -> bool {
        true
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(match sender.try_send(item) {
            Ok(true) => Ok(()),
            Ok(false) => Err(TrySendError::Full(())),
            Err(_) => Err(TrySendError::Disconnected(())),
        })
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(match receiver.try_recv() {
            Ok(item) => item.ok_or(TryRecvError::Empty),
            Err(_) => Err(TryRecvError::Disconnected),
        })
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn status_by_sender(&self, sender: &Self::Sender) -> Status {
        Status {
            len: Some(sender.len()),
            is_empty: Some(sender.is_empty()),
            senders: Some(sender.sender_count() as usize),
            receivers: Some(sender.receiver_count() as usize),
            ..Status::default()
        }
    }
}

#[test]
fn kanal_passes_if_wakers_stay_the_same() {
    laws::channel(Kanal).checker(Checker::new().without(Kind::FreshWaker)).check();
}

/// See `hunts/FINDINGS.md`.
#[test]
fn a_send_of_kanal_keeps_the_first_waker() {
    alarms(laws::channel(Kanal), Law::StaleWaker, "in register_waker");
}

#[derive(Clone)]
struct Crossfire;

impl Channel for Crossfire {
    type Sender = crossfire::MAsyncTx<crossfire::mpmc::Array<Item>>;
    type Receiver = crossfire::MAsyncRx<crossfire::mpmc::Array<Item>>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        crossfire::mpmc::bounded_async(capacity.bound().expect("expected a bound"))
    }

    fn send(&self, sender: &mut Self::Sender, item: Item) -> impl Future<Output = bool> {
        let send = sender.send(item);
        async { send.await.is_ok() }
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>> {
        let recv = receiver.recv();
        async { recv.await.ok() }
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        let is_full = |error| matches!(error, crossfire::TrySendError::Full(_));
        Some(sender.try_send(item).map_err(|error| unsent(is_full(error))))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let is_empty = |error| matches!(error, crossfire::TryRecvError::Empty);
        Some(receiver.try_recv().map_err(|error| nothing(is_empty(error))))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn downgrade_sender(&self, sender: &Self::Sender) -> Option<Weak<Self::Sender>> {
        let weak = sender.downgrade();
        Some(Weak::new(move || weak.upgrade()))
    }
}

#[test]
fn crossfire_passes() {
    passes(Crossfire);
}

#[derive(Clone)]
struct Intrusive;

impl Channel for Intrusive {
    type Sender = futures_intrusive::channel::shared::Sender<Item>;
    type Receiver = futures_intrusive::channel::shared::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        futures_intrusive::channel::shared::channel(capacity.bound().expect("expected a bound"))
    }

    fn send(&self, sender: &mut Self::Sender, item: Item) -> impl Future<Output = bool> {
        let send = sender.send(item);
        async { send.await.is_ok() }
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>> {
        receiver.receive()
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(item).map_err(|error| unsent(error.is_full())))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(receiver.try_receive().map_err(|error| nothing(error.is_empty())))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn close_by_sender(&self, sender: &mut Self::Sender) -> Option<()> {
        sender.close();
        Some(())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }
}

#[test]
fn futures_intrusive_passes() {
    passes(Intrusive);
}
