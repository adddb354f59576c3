//! Published channels, none of which may raise an alarm in 2,000 runs.

use reveille::Law;
use reveille::laws::{self, Capacity, Channel, Ends, Item};
use std::ops::RangeInclusive;
use std::sync::mpsc::{TryRecvError, TrySendError};

fn passes<C: Channel>(channel: C) {
    laws::channel(channel).checker(crate::checker().runs(2_000)).check();
}

/// From a rendezvous to no bound at all.
fn every_capacity() -> Vec<Capacity> {
    (0..=3).map(Capacity::Bounded).chain([Capacity::Unbounded]).collect()
}

#[derive(Clone)]
struct AsyncChannel;

impl Channel for AsyncChannel {
    type Sender = async_channel::Sender<Item>;
    type Receiver = async_channel::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        capacity.bound().map_or_else(async_channel::unbounded, async_channel::bounded)
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
        every_capacity().split_off(1)
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(item).map_err(|error| match error {
            async_channel::TrySendError::Full(_) => TrySendError::Full(()),
            async_channel::TrySendError::Closed(_) => TrySendError::Disconnected(()),
        }))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(receiver.try_recv().map_err(|error| match error {
            async_channel::TryRecvError::Empty => TryRecvError::Empty,
            async_channel::TryRecvError::Closed => TryRecvError::Disconnected,
        }))
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
fn async_channel_passes() {
    passes(AsyncChannel);
}

/// A send that finds a receiver waiting puts the item into the queue, full or not, so that no
/// bound is always kept; see `hunts/FINDINGS.md`.
#[derive(Clone)]
struct Flume {
    keeps_its_bound: bool,
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
        every_capacity()
    }

    fn room(&self, bound: usize, _ends: Ends) -> RangeInclusive<usize> {
        bound..=if self.keeps_its_bound { bound } else { usize::MAX }
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(item).map_err(|error| match error {
            flume::TrySendError::Full(_) => TrySendError::Full(()),
            flume::TrySendError::Disconnected(_) => TrySendError::Disconnected(()),
        }))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(receiver.try_recv().map_err(|error| match error {
            flume::TryRecvError::Empty => TryRecvError::Empty,
            flume::TryRecvError::Disconnected => TryRecvError::Disconnected,
        }))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }
}

#[test]
fn flume_passes_if_its_bound_is_none() {
    passes(Flume { keeps_its_bound: false });
}

#[test]
fn flume_holds_more_than_its_bound() {
    let suite = laws::channel(Flume { keeps_its_bound: true });
    crate::told_by(suite, crate::checker(), Law::Panic, "which no order", "senders = ");
}

/// Permits are given out in order, but items are put in when their senders run.
#[derive(Clone)]
struct Tokio {
    is_fair: bool,
}

impl Channel for Tokio {
    type Sender = tokio::sync::mpsc::Sender<Item>;
    type Receiver = tokio::sync::mpsc::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        tokio::sync::mpsc::channel(capacity.bound().expect("expected a bound"))
    }

    fn send(&self, sender: &mut Self::Sender, item: Item) -> impl Future<Output = bool> {
        let send = sender.send(item);
        async { send.await.is_ok() }
    }

    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Item>> {
        receiver.recv()
    }

    fn is_fair(&self) -> bool {
        self.is_fair
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        use tokio::sync::mpsc::error::TrySendError as Tokio;
        Some(sender.try_send(item).map_err(|error| match error {
            Tokio::Full(_) => TrySendError::Full(()),
            Tokio::Closed(_) => TrySendError::Disconnected(()),
        }))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        use tokio::sync::mpsc::error::TryRecvError as Tokio;
        Some(receiver.try_recv().map_err(|error| match error {
            Tokio::Empty => TryRecvError::Empty,
            Tokio::Disconnected => TryRecvError::Disconnected,
        }))
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
fn tokio_passes() {
    passes(Tokio { is_fair: false });
}

#[test]
fn of_two_senders_of_tokio_the_later_may_be_first() {
    let suite = laws::channel(Tokio { is_fair: true });
    crate::told_by(suite, crate::checker(), Law::Panic, "which no order", "senders = ");
}

#[derive(Clone)]
struct TokioUnbounded;

impl Channel for TokioUnbounded {
    type Sender = tokio::sync::mpsc::UnboundedSender<Item>;
    type Receiver = tokio::sync::mpsc::UnboundedReceiver<Item>;

    fn open(&self, _capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        tokio::sync::mpsc::unbounded_channel()
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

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }
}

#[test]
fn tokio_without_a_bound_passes() {
    passes(TokioUnbounded);
}

/// Every sender has a place of its own beside the bound.
#[derive(Clone)]
struct Futures {
    closes_by_sender: bool,
}

impl Channel for Futures {
    type Sender = futures::channel::mpsc::Sender<Item>;
    type Receiver = futures::channel::mpsc::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        futures::channel::mpsc::channel(capacity.bound().expect("expected a bound"))
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        std::future::poll_fn(|cx| sender.poll_ready(cx)).await.is_ok()
            && sender.start_send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        futures::StreamExt::next(receiver).await
    }

    fn room(&self, bound: usize, ends: Ends) -> RangeInclusive<usize> {
        bound + 1..=bound + ends.senders
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(item).map_err(|error| match error.is_full() {
            true => TrySendError::Full(()),
            false => TrySendError::Disconnected(()),
        }))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn close_by_sender(&self, sender: &mut Self::Sender) -> Option<()> {
        self.closes_by_sender.then(|| sender.close_channel())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }
}

#[test]
fn futures_channel_passes_if_no_sender_closes_it() {
    passes(Futures { closes_by_sender: false });
}

/// See `hunts/FINDINGS.md`.
#[test]
fn a_sender_that_closes_futures_channel_forgets_those_that_wait_for_room() {
    let suite = laws::channel(Futures { closes_by_sender: true });
    let words = "waits for ever, and could go on";
    crate::told_by(suite, crate::checker(), Law::Stuck, words, "senders = ");
}

#[derive(Clone)]
struct FuturesUnbounded;

impl Channel for FuturesUnbounded {
    type Sender = futures::channel::mpsc::UnboundedSender<Item>;
    type Receiver = futures::channel::mpsc::UnboundedReceiver<Item>;

    fn open(&self, _capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        futures::channel::mpsc::unbounded()
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.unbounded_send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        futures::StreamExt::next(receiver).await
    }

    fn capacities(&self) -> Vec<Capacity> {
        vec![Capacity::Unbounded]
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn close_by_sender(&self, sender: &mut Self::Sender) -> Option<()> {
        sender.close_channel();
        Some(())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }
}

#[test]
fn futures_channel_without_a_bound_passes() {
    passes(FuturesUnbounded);
}

#[derive(Clone)]
struct WithoutCapacities;

impl Channel for WithoutCapacities {
    type Sender = ();
    type Receiver = ();

    fn open(&self, _capacity: Capacity) -> ((), ()) {
        ((), ())
    }

    async fn send(&self, (): &mut (), _item: Item) -> bool {
        false
    }

    async fn recv(&self, (): &mut ()) -> Option<Item> {
        None
    }

    fn capacities(&self) -> Vec<Capacity> {
        Vec::new()
    }
}

#[test]
fn an_adapter_without_a_capacity_is_told_so() {
    let error = laws::channel(WithoutCapacities).checker(crate::checker()).try_check().unwrap_err();
    assert!(error.to_string().contains("`Channel::capacities` gave none"), "{error}");
}
