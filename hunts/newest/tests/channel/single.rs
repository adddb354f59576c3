//! Channels with one receiver: thingbuf, postage, tachyonix, mea, async-ringbuf.

use crate::{nothing, passes, unsent};
use async_ringbuf::traits::{AsyncConsumer, AsyncProducer, Consumer, Producer, Split};
use futures_util::StreamExt;
use futures_util::future::FusedFuture;
use postage::{sink::Sink, stream::Stream};
use reveille::Law;
use reveille::laws::{self, Capacity, Channel, Item, Status, fused};
use std::sync::mpsc::{TryRecvError, TrySendError};

/// The places of a thingbuf hold a value at all times.
struct Emptied;

impl thingbuf::Recycle<Option<Item>> for Emptied {
    fn new_element(&self) -> Option<Item> {
        None
    }

    fn recycle(&self, element: &mut Option<Item>) {
        *element = None;
    }
}

#[derive(Clone)]
struct Thingbuf {
    has_many_senders: bool,
}

impl Channel for Thingbuf {
    type Sender = thingbuf::mpsc::Sender<Option<Item>, Emptied>;
    type Receiver = thingbuf::mpsc::Receiver<Option<Item>, Emptied>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        thingbuf::mpsc::with_recycle(capacity.bound().expect("expected a bound"), Emptied)
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(Some(item)).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await.flatten()
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        let is_full = |error| matches!(error, thingbuf::mpsc::errors::TrySendError::Full(_));
        Some(sender.try_send(Some(item)).map_err(|error| unsent(is_full(error))))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let is_empty = |error| matches!(error, thingbuf::mpsc::errors::TryRecvError::Empty);
        let received = receiver.try_recv().map_err(|error| nothing(is_empty(error)));
        Some(received.map(|item| item.expect("expected an item that was sent")))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        self.has_many_senders.then(|| sender.clone())
    }

    fn status_by_sender(&self, sender: &Self::Sender) -> Status {
        Status {
            len: Some(sender.len()),
            is_empty: Some(sender.is_empty()),
            room: Some(sender.remaining()),
            ..Status::default()
        }
    }
}

#[test]
fn thingbuf_with_one_sender_passes() {
    passes(Thingbuf { has_many_senders: false });
}

/// See `hunts/FINDINGS.md`.
#[test]
fn a_send_of_thingbuf_dropped_when_woken_takes_the_wake_along() {
    newest::alarms(laws::channel(Thingbuf { has_many_senders: true }), Law::Stuck, "\\ dropped");
}

#[derive(Clone)]
struct Postage;

impl Channel for Postage {
    type Sender = postage::mpsc::Sender<Item>;
    type Receiver = postage::mpsc::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        postage::mpsc::channel(capacity.bound().expect("expected a bound"))
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        Sink::send(sender, item).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        Stream::recv(receiver).await
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }
}

#[test]
fn postage_passes() {
    passes(Postage);
}

#[derive(Clone)]
struct Tachyonix;

impl Channel for Tachyonix {
    type Sender = tachyonix::Sender<Item>;
    type Receiver = tachyonix::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        tachyonix::channel(capacity.bound().expect("expected a bound"))
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(item).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await.ok()
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        let is_full = |error| matches!(error, tachyonix::TrySendError::Full(_));
        Some(sender.try_send(item).map_err(|error| unsent(is_full(error))))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let is_empty = |error| matches!(error, tachyonix::TryRecvError::Empty);
        Some(receiver.try_recv().map_err(|error| nothing(is_empty(error))))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
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
        Some(StreamExt::next(receiver))
    }

    fn status_by_sender(&self, sender: &Self::Sender) -> Status {
        Status { is_closed: Some(sender.is_closed()), ..Status::default() }
    }
}

#[test]
fn tachyonix_passes() {
    passes(Tachyonix);
}

#[derive(Clone)]
struct Mea;

impl Channel for Mea {
    type Sender = mea::mpsc::BoundedSender<Item>;
    type Receiver = mea::mpsc::BoundedReceiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        mea::mpsc::bounded(capacity.bound().expect("expected a bound"))
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(item).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await.ok()
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        let is_full = |error| matches!(error, mea::mpsc::TrySendError::Full(_));
        Some(sender.try_send(item).map_err(|error| unsent(is_full(error))))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let is_empty = |error| matches!(error, mea::mpsc::TryRecvError::Empty);
        Some(receiver.try_recv().map_err(|error| nothing(is_empty(error))))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }
}

#[test]
fn mea_passes() {
    passes(Mea);
}

#[derive(Clone)]
struct Ringbuf;

impl Channel for Ringbuf {
    type Sender = async_ringbuf::AsyncHeapProd<Item>;
    type Receiver = async_ringbuf::AsyncHeapCons<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        async_ringbuf::AsyncHeapRb::new(capacity.bound().expect("expected a bound")).split()
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        fused(sender.push(item), FusedFuture::is_terminated).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        fused(receiver.pop(), FusedFuture::is_terminated).await
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        // The ring takes items that nobody will get.
        if sender.is_closed() {
            return Some(Err(unsent(false)));
        }
        Some(sender.try_push(item).map_err(|_| unsent(true)))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let is_closed = receiver.is_closed();
        Some(receiver.try_pop().ok_or(nothing(!is_closed)))
    }
}

#[test]
fn async_ringbuf_passes() {
    passes(Ringbuf);
}
