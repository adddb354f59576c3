//! Broadcasts.

use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::pubsub::{PubSubChannel, Publisher, Subscriber, WaitResult};
use newest::alarms;
use reveille::Law;
use reveille::laws::{self, Broadcast, Heard, Overflow, Value};
use std::ops::RangeInclusive;
use std::rc::Rc;
use std::sync::mpsc::TrySendError;

#[derive(Clone)]
struct Tokio;

impl Broadcast for Tokio {
    type Sender = tokio::sync::broadcast::Sender<Value>;
    type Receiver = tokio::sync::broadcast::Receiver<Value>;

    fn open(&self, capacity: usize) -> (Self::Sender, Self::Receiver) {
        tokio::sync::broadcast::channel(capacity)
    }

    fn capacities(&self) -> Vec<usize> {
        vec![1, 2, 4] // others are rounded up
    }

    fn overflow(&self) -> Overflow {
        Overflow::Lags
    }

    async fn send(&self, sender: &mut Self::Sender, value: Value) -> bool {
        sender.send(value).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Heard {
        use tokio::sync::broadcast::error::RecvError;
        match receiver.recv().await {
            Ok(value) => Heard::Value(value),
            Err(RecvError::Lagged(lost)) => Heard::Lagged(lost),
            Err(RecvError::Closed) => Heard::Ended,
        }
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Heard> {
        use tokio::sync::broadcast::error::TryRecvError;
        Some(match receiver.try_recv() {
            Ok(value) => Heard::Value(value),
            Err(TryRecvError::Lagged(lost)) => Heard::Lagged(lost),
            Err(TryRecvError::Empty) => Heard::Empty,
            Err(TryRecvError::Closed) => Heard::Ended,
        })
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn subscribe(&self, sender: &mut Self::Sender) -> Option<Self::Receiver> {
        Some(sender.subscribe())
    }

    fn resubscribe(&self, receiver: &mut Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.resubscribe())
    }

    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        Some(sender.closed())
    }
}

#[test]
fn tokio() {
    laws::broadcast(Tokio).check();
}

/// A receiver of async-broadcast, active or not.
enum Ear {
    Active(async_broadcast::Receiver<Value>),
    Inactive(async_broadcast::InactiveReceiver<Value>),
    Gone,
}

impl Ear {
    fn active(&mut self) -> &mut async_broadcast::Receiver<Value> {
        match self {
            Ear::Active(receiver) => receiver,
            _ => unreachable!("an inactive receiver is asked nothing"),
        }
    }
}

#[derive(Clone)]
struct AsyncBroadcast {
    overflow: Overflow,
    changes_settings: bool,
    subscribes_by_sender: bool,
    deactivates: bool,
}

impl Broadcast for AsyncBroadcast {
    type Sender = async_broadcast::Sender<Value>;
    type Receiver = Ear;

    fn open(&self, capacity: usize) -> (Self::Sender, Self::Receiver) {
        let (mut sender, receiver) = async_broadcast::broadcast(capacity);
        sender.set_overflow(self.overflow == Overflow::Lags);
        (sender, Ear::Active(receiver))
    }

    fn overflow(&self) -> Overflow {
        self.overflow
    }

    fn closes_without_receivers(&self) -> bool {
        true
    }

    fn send(&self, sender: &mut Self::Sender, value: Value) -> impl Future<Output = bool> {
        let send = sender.broadcast(value);
        async { send.await.is_ok() }
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Heard {
        use async_broadcast::RecvError;
        match receiver.active().recv().await {
            Ok(value) => Heard::Value(value),
            Err(RecvError::Overflowed(lost)) => Heard::Lagged(lost),
            Err(RecvError::Closed) => Heard::Ended,
        }
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        value: Value,
    ) -> Option<Result<(), TrySendError<()>>> {
        use async_broadcast::TrySendError as Async;
        Some(match sender.try_broadcast(value) {
            Ok(_lost) => Ok(()),
            Err(Async::Closed(_)) => Err(TrySendError::Disconnected(())),
            Err(Async::Full(_) | Async::Inactive(_)) => Err(TrySendError::Full(())),
        })
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Heard> {
        use async_broadcast::TryRecvError;
        Some(match receiver.active().try_recv() {
            Ok(value) => Heard::Value(value),
            Err(TryRecvError::Overflowed(lost)) => Heard::Lagged(lost),
            Err(TryRecvError::Empty) => Heard::Empty,
            Err(TryRecvError::Closed) => Heard::Ended,
        })
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        match receiver {
            Ear::Active(receiver) => Some(Ear::Active(receiver.clone())),
            _ => None,
        }
    }

    fn subscribe(&self, sender: &mut Self::Sender) -> Option<Self::Receiver> {
        self.subscribes_by_sender.then(|| Ear::Active(sender.new_receiver()))
    }

    fn resubscribe(&self, receiver: &mut Self::Receiver) -> Option<Self::Receiver> {
        Some(Ear::Active(receiver.active().new_receiver()))
    }

    fn deactivate(&self, receiver: &mut Self::Receiver) -> Option<()> {
        if !self.deactivates {
            return None;
        }
        if let Ear::Active(active) = std::mem::replace(receiver, Ear::Gone) {
            *receiver = Ear::Inactive(active.deactivate());
        }
        Some(())
    }

    fn activate(&self, receiver: &mut Self::Receiver) -> Option<()> {
        if let Ear::Inactive(inactive) = std::mem::replace(receiver, Ear::Gone) {
            *receiver = Ear::Active(inactive.activate());
        }
        Some(())
    }

    fn close_by_sender(&self, sender: &mut Self::Sender) -> Option<()> {
        sender.close();
        Some(())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.active().close();
        Some(())
    }

    fn set_capacity(&self, sender: &mut Self::Sender, capacity: usize) -> Option<()> {
        self.changes_settings.then(|| sender.set_capacity(capacity))
    }

    fn set_overflow(&self, sender: &mut Self::Sender, overflow: Overflow) -> Option<()> {
        self.changes_settings.then(|| sender.set_overflow(overflow == Overflow::Lags))
    }
}

/// Without what is known to be broken.
const SOUND: AsyncBroadcast = AsyncBroadcast {
    overflow: Overflow::Waits,
    changes_settings: false,
    subscribes_by_sender: false,
    deactivates: true,
};

#[test]
fn async_broadcast() {
    laws::broadcast(SOUND).check();
}

#[test]
fn async_broadcast_that_lags() {
    laws::broadcast(AsyncBroadcast { overflow: Overflow::Lags, ..SOUND }).check();
}

#[test]
fn async_broadcast_with_settings() {
    let suite = laws::broadcast(AsyncBroadcast { changes_settings: true, ..SOUND });
    alarms(suite, Law::Stuck, "waits for ever, and could go on");
}

#[test]
fn async_broadcast_with_new_receivers() {
    let suite = laws::broadcast(AsyncBroadcast { subscribes_by_sender: true, ..SOUND });
    alarms(suite, Law::Stuck, "waits for ever, and could go on");
}

#[test]
fn async_broadcast_with_new_receivers_all_active() {
    let subscribes = AsyncBroadcast { subscribes_by_sender: true, deactivates: false, ..SOUND };
    laws::broadcast(subscribes).check();
}

#[derive(Clone)]
struct Postage;

impl Broadcast for Postage {
    type Sender = postage::broadcast::Sender<Value>;
    type Receiver = postage::broadcast::Receiver<Value>;

    fn open(&self, capacity: usize) -> (Self::Sender, Self::Receiver) {
        postage::broadcast::channel(capacity)
    }

    fn capacities(&self) -> Vec<usize> {
        vec![2, 3] // there is room for two at least
    }

    async fn send(&self, sender: &mut Self::Sender, value: Value) -> bool {
        postage::sink::Sink::send(sender, value).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Heard {
        postage::stream::Stream::recv(receiver).await.map_or(Heard::Ended, Heard::Value)
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn subscribe(&self, sender: &mut Self::Sender) -> Option<Self::Receiver> {
        Some(sender.subscribe())
    }
}

#[test]
fn postage() {
    laws::broadcast(Postage).check();
}

#[derive(Clone)]
struct Barrage {
    is_for_one: bool,
}

impl Broadcast for Barrage {
    type Sender = barrage::Sender<Value>;
    type Receiver = barrage::Receiver<Value>;

    fn open(&self, capacity: usize) -> (Self::Sender, Self::Receiver) {
        barrage::bounded(capacity)
    }

    fn send(&self, sender: &mut Self::Sender, value: Value) -> impl Future<Output = bool> {
        let send = sender.send_async(value);
        async { send.await.is_ok() }
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Heard {
        receiver.recv_async().await.map_or(Heard::Ended, Heard::Value)
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        value: Value,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(value).map_err(|error| match error {
            barrage::TrySendError::Full(_) => TrySendError::Full(()),
            barrage::TrySendError::Disconnected(_) => TrySendError::Disconnected(()),
        }))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Heard> {
        Some(match receiver.try_recv() {
            Ok(Some(value)) => Heard::Value(value),
            Ok(None) => Heard::Empty,
            Err(_) => Heard::Ended,
        })
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        (!self.is_for_one).then(|| sender.clone())
    }

    fn resubscribe(&self, receiver: &mut Self::Receiver) -> Option<Self::Receiver> {
        (!self.is_for_one).then(|| receiver.clone())
    }
}

#[test]
fn barrage() {
    let suite = laws::broadcast(Barrage { is_for_one: false });
    alarms(suite, Law::Stuck, "waits for ever, and could go on");
}

#[test]
fn barrage_for_one() {
    laws::broadcast(Barrage { is_for_one: true }).check();
}

#[derive(Clone)]
struct Mea;

impl Broadcast for Mea {
    type Sender = mea::broadcast::overflow::Sender<Value>;
    type Receiver = mea::broadcast::overflow::Receiver<Value>;

    fn open(&self, capacity: usize) -> (Self::Sender, Self::Receiver) {
        mea::broadcast::overflow::channel(capacity)
    }

    fn capacities(&self) -> Vec<usize> {
        vec![1, 2, 4] // others are rounded up
    }

    fn overflow(&self) -> Overflow {
        Overflow::Lags
    }

    fn needs_receivers(&self) -> bool {
        false
    }

    async fn send(&self, sender: &mut Self::Sender, value: Value) -> bool {
        sender.send(value);
        true
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Heard {
        use mea::broadcast::overflow::RecvError;
        match receiver.recv().await {
            Ok(value) => Heard::Value(value),
            Err(RecvError::Lagged(lost)) => Heard::Lagged(lost),
            Err(RecvError::Disconnected) => Heard::Ended,
        }
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Heard> {
        use mea::broadcast::overflow::TryRecvError;
        Some(match receiver.try_recv() {
            Ok(value) => Heard::Value(value),
            Err(TryRecvError::Lagged(lost)) => Heard::Lagged(lost),
            Err(TryRecvError::Empty) => Heard::Empty,
            Err(TryRecvError::Disconnected) => Heard::Ended,
        })
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn subscribe(&self, sender: &mut Self::Sender) -> Option<Self::Receiver> {
        Some(sender.subscribe())
    }

    fn resubscribe(&self, receiver: &mut Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.resubscribe())
    }
}

#[test]
fn mea() {
    laws::broadcast(Mea).check();
}

/// A send gives a value to each receiver when that has room.
#[derive(Clone)]
struct Unsync {
    is_for_one: bool,
}

impl Broadcast for Unsync {
    type Sender = unsync::broadcast::Sender<Value>;
    type Receiver = unsync::broadcast::Receiver<Value>;

    fn open(&self, capacity: usize) -> (Self::Sender, Self::Receiver) {
        let mut sender = unsync::broadcast::channel(capacity);
        let receiver = sender.subscribe();
        (sender, receiver)
    }

    fn room(&self, capacity: usize) -> RangeInclusive<usize> {
        capacity..=usize::MAX
    }

    fn needs_receivers(&self) -> bool {
        false
    }

    async fn send(&self, sender: &mut Self::Sender, value: Value) -> bool {
        sender.send(value).await;
        true
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Heard {
        receiver.recv().await.map_or(Heard::Ended, Heard::Value)
    }

    fn subscribe(&self, sender: &mut Self::Sender) -> Option<Self::Receiver> {
        (!self.is_for_one).then(|| sender.subscribe())
    }
}

#[test]
fn unsync() {
    let suite = laws::broadcast(Unsync { is_for_one: false });
    alarms(suite, Law::Panic, "which no order of the operations explains");
}

#[test]
fn unsync_for_one() {
    laws::broadcast(Unsync { is_for_one: true }).check();
}

type PubSub = PubSubChannel<NoopRawMutex, Value, 2, 8, 8>;

/// An end of an embassy channel, with the channel that it borrows from.
struct Bound<T> {
    /// Dropped first.
    end: T,
    channel: Rc<PubSub>,
}

impl<T> Bound<T> {
    fn of<E>(
        channel: &Rc<PubSub>,
        end: impl Fn(&'static PubSub) -> Result<T, E>,
    ) -> Option<Bound<T>> {
        // SAFETY: the end is dropped before the channel, which stays in its place.
        let borrowed = unsafe { &*Rc::as_ptr(channel) };
        Some(Bound { end: end(borrowed).ok()?, channel: channel.clone() })
    }
}

#[derive(Clone)]
struct Embassy {
    sends_at_once: bool,
}

impl Broadcast for Embassy {
    type Sender = Bound<Publisher<'static, NoopRawMutex, Value, 2, 8, 8>>;
    type Receiver = Bound<Subscriber<'static, NoopRawMutex, Value, 2, 8, 8>>;

    fn open(&self, _capacity: usize) -> (Self::Sender, Self::Receiver) {
        let channel = Rc::new(PubSub::new());
        let sender = Bound::of(&channel, PubSub::publisher).unwrap();
        let receiver = Bound::of(&channel, PubSub::subscriber).unwrap();
        (sender, receiver)
    }

    fn capacities(&self) -> Vec<usize> {
        vec![2]
    }

    fn needs_receivers(&self) -> bool {
        false
    }

    fn ends_without_senders(&self) -> bool {
        false
    }

    fn send(&self, sender: &mut Self::Sender, value: Value) -> impl Future<Output = bool> {
        let send = sender.end.publish(value);
        async {
            send.await;
            true
        }
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Heard {
        match receiver.end.next_message().await {
            WaitResult::Message(value) => Heard::Value(value),
            WaitResult::Lagged(lost) => Heard::Lagged(lost),
        }
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        value: Value,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.end.try_publish(value).map_err(|_| TrySendError::Full(())))
    }

    fn force_send(&self, sender: &mut Self::Sender, value: Value) -> Option<bool> {
        self.sends_at_once.then(|| {
            sender.end.publish_immediate(value);
            true
        })
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Heard> {
        Some(match receiver.end.try_next_message() {
            Some(WaitResult::Message(value)) => Heard::Value(value),
            Some(WaitResult::Lagged(lost)) => Heard::Lagged(lost),
            None => Heard::Empty,
        })
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Bound::of(&sender.channel, PubSub::publisher)
    }

    fn subscribe(&self, sender: &mut Self::Sender) -> Option<Self::Receiver> {
        Bound::of(&sender.channel, PubSub::subscriber)
    }

    fn resubscribe(&self, receiver: &mut Self::Receiver) -> Option<Self::Receiver> {
        Bound::of(&receiver.channel, PubSub::subscriber)
    }
}

#[test]
fn embassy_sync() {
    laws::broadcast(Embassy { sends_at_once: false }).check();
}

#[test]
fn embassy_sync_that_sends_at_once() {
    let suite = laws::broadcast(Embassy { sends_at_once: true });
    alarms(suite, Law::Stuck, "waits for ever, and could go on");
}
