//! async-channel.

use crate::{capacities, nothing, passes, unsent};
use futures_util::StreamExt;
use reveille::laws::{self, Capacity, Channel, Item, Status, Weak};
use reveille::{Checker, Kind};
use std::pin::Pin;
use std::sync::mpsc::{TryRecvError, TrySendError};

#[derive(Clone)]
struct AsyncChannel;

impl Channel for AsyncChannel {
    type Sender = async_channel::Sender<Item>;
    /// Pinned, for a stream.
    type Receiver = Pin<Box<async_channel::Receiver<Item>>>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        let ends = capacity.bound().map_or_else(async_channel::unbounded, async_channel::bounded);
        (ends.0, Box::pin(ends.1))
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
        capacities(1)
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(item).map_err(|error| unsent(error.is_full())))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(receiver.try_recv().map_err(|error| nothing(error.is_empty())))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(Box::pin(async_channel::Receiver::clone(receiver)))
    }

    fn close_by_sender(&self, sender: &mut Self::Sender) -> Option<()> {
        sender.close();
        Some(())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }

    fn next(&self, receiver: &mut Self::Receiver) -> Option<impl Future<Output = Option<Item>>> {
        Some(receiver.next())
    }

    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        Some(sender.closed())
    }

    fn status_by_sender(&self, sender: &Self::Sender) -> Status {
        Status {
            len: Some(sender.len()),
            is_empty: Some(sender.is_empty()),
            is_full: Some(sender.is_full()),
            is_closed: Some(sender.is_closed()),
            senders: Some(sender.sender_count()),
            receivers: Some(sender.receiver_count()),
            ..Status::default()
        }
    }

    fn status_by_receiver(&self, receiver: &Self::Receiver) -> Status {
        Status {
            len: Some(receiver.len()),
            is_closed: Some(receiver.is_closed()),
            senders: Some(receiver.sender_count()),
            receivers: Some(receiver.receiver_count()),
            ..Status::default()
        }
    }

    fn downgrade_sender(&self, sender: &Self::Sender) -> Option<Weak<Self::Sender>> {
        let weak = sender.downgrade();
        Some(Weak::new(move || weak.upgrade()))
    }

    fn downgrade_receiver(&self, receiver: &Self::Receiver) -> Option<Weak<Self::Receiver>> {
        let weak = receiver.downgrade();
        Some(Weak::new(move || weak.upgrade().map(Box::pin)))
    }
}

#[test]
fn async_channel_passes() {
    passes(AsyncChannel);
}

#[test]
fn async_channel_passes_where_futures_are_forgotten() {
    laws::channel(AsyncChannel).checker(Checker::new().with(Kind::ForgottenFuture)).check();
}
