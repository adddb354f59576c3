//! Channels of one thread: async-unsync, unsync, local-channel, embassy-sync.

use crate::{nothing, passes, unsent};
use async_unsync::bounded;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use futures_util::StreamExt;
use reveille::laws::{self, Capacity, Channel, Item, Permit, Status};
use reveille::{Checker, Kind, Law};
use std::rc::Rc;
use std::sync::mpsc::{TryRecvError, TrySendError};

#[derive(Clone)]
struct AsyncUnsync {
    reserves: bool,
}

impl Channel for AsyncUnsync {
    type Sender = bounded::Sender<Item>;
    type Receiver = bounded::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        bounded::channel(capacity.bound().expect("expected a bound")).into_split()
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(item).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        let is_full = |error| matches!(error, async_unsync::TrySendError::Full(_));
        Some(sender.try_send(item).map_err(|error| unsent(is_full(error))))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let is_empty = |error| matches!(error, async_unsync::TryRecvError::Empty);
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
        self.reserves.then_some(async {
            let permit = sender.reserve().await.ok()?;
            let send = |permit: bounded::Permit<'a, Item>, item| {
                permit.send(item);
                true
            };
            Some(Permit::new(permit, send, drop))
        })
    }

    fn status_by_receiver(&self, receiver: &Self::Receiver) -> Status {
        Status {
            len: Some(receiver.len()),
            is_empty: Some(receiver.is_empty()),
            room: Some(receiver.capacity()),
            ..Status::default()
        }
    }
}

#[test]
fn async_unsync_passes_without_permits_if_wakers_stay_the_same() {
    let suite = laws::channel(AsyncUnsync { reserves: false });
    suite.checker(Checker::new().without(Kind::FreshWaker)).check();
}

/// See `hunts/FINDINGS.md`, for the next one as well.
#[test]
fn a_permit_of_async_unsync_given_back_after_the_close_wakes_nobody() {
    let suite = laws::channel(AsyncUnsync { reserves: true });
    let suite = suite.checker(Checker::new().without(Kind::FreshWaker));
    newest::alarms(suite, Law::Stuck, "give the permit back");
}

#[test]
fn async_unsync_keeps_the_first_waker() {
    let suite = laws::channel(AsyncUnsync { reserves: false });
    newest::alarms(suite, Law::StaleWaker, "semaphore.rs");
}

#[derive(Clone)]
struct Unsync;

impl Channel for Unsync {
    type Sender = unsync::spsc::Sender<Item>;
    type Receiver = unsync::spsc::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        capacity.bound().map_or_else(unsync::spsc::unbounded, unsync::spsc::channel)
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(item).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await
    }

    fn capacities(&self) -> Vec<Capacity> {
        crate::capacities(1)
    }
}

#[test]
fn unsync_passes() {
    passes(Unsync);
}

#[derive(Clone)]
struct Local;

impl Channel for Local {
    type Sender = local_channel::mpsc::Sender<Item>;
    type Receiver = local_channel::mpsc::Receiver<Item>;

    fn open(&self, _capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        local_channel::mpsc::channel()
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

    fn next(&self, receiver: &mut Self::Receiver) -> Option<impl Future<Output = Option<Item>>> {
        Some(receiver.next())
    }
}

#[test]
fn local_channel_passes() {
    passes(Local);
}

const BOUND: usize = 2;

type Embassy = Rc<embassy_sync::channel::Channel<NoopRawMutex, Item, BOUND>>;

/// With one end of each kind, since it has place for one waker of each.
#[derive(Clone)]
struct EmbassyChannel;

impl Channel for EmbassyChannel {
    type Sender = Embassy;
    type Receiver = Embassy;

    fn open(&self, _capacity: Capacity) -> (Embassy, Embassy) {
        let channel = Rc::new(embassy_sync::channel::Channel::new());
        (channel.clone(), channel)
    }

    async fn send(&self, sender: &mut Embassy, item: Item) -> bool {
        sender.send(item).await;
        true
    }

    async fn recv(&self, receiver: &mut Embassy) -> Option<Item> {
        Some(receiver.receive().await)
    }

    fn capacities(&self) -> Vec<Capacity> {
        vec![Capacity::Bounded(BOUND)]
    }

    fn has_ends(&self) -> bool {
        false
    }

    fn try_send(&self, sender: &mut Embassy, item: Item) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(item).map_err(|_| TrySendError::Full(())))
    }

    fn try_recv(&self, receiver: &mut Embassy) -> Option<Result<Item, TryRecvError>> {
        Some(receiver.try_receive().map_err(|_| TryRecvError::Empty))
    }

    fn clear(&self, receiver: &mut Embassy) -> Option<()> {
        receiver.clear();
        Some(())
    }

    fn status_by_sender(&self, sender: &Embassy) -> Status {
        Status {
            len: Some(sender.len()),
            is_empty: Some(sender.is_empty()),
            is_full: Some(sender.is_full()),
            room: Some(sender.free_capacity()),
            ..Status::default()
        }
    }
}

#[test]
fn embassy_sync_passes() {
    passes(EmbassyChannel);
}
