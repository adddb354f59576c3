//! Broadcasts.

#[path = "broadcast/embassy.rs"]
mod embassy;
#[path = "broadcast/settable.rs"]
mod settable;

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

    fn open_for_nobody(&self, capacity: usize) -> Option<Self::Sender> {
        Some(tokio::sync::broadcast::Sender::new(capacity))
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
