//! async-broadcast, whose channels can be set otherwise while they are used.

use super::*;

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
