//! async-broadcast 0.3.2: a channel whose last receiver to go is an inactive one is not closed,
//! and who waits to send waits for ever. Fixed in 0.3.3.
#![cfg(test)]

use async_broadcast::{InactiveReceiver, Receiver, Sender};
use reveille::laws::{self, Broadcast, Heard, Overflow, Value};
use std::sync::mpsc::TrySendError;

/// A receiver, active or not.
enum Ear {
    Active(Receiver<Value>),
    Inactive(InactiveReceiver<Value>),
    Gone,
}

impl Ear {
    fn active(&mut self) -> &mut Receiver<Value> {
        match self {
            Ear::Active(receiver) => receiver,
            _ => unreachable!("an inactive receiver is asked nothing"),
        }
    }
}

#[derive(Clone)]
struct AsyncBroadcast;

impl Broadcast for AsyncBroadcast {
    type Sender = Sender<Value>;
    type Receiver = Ear;

    fn open(&self, capacity: usize) -> (Self::Sender, Self::Receiver) {
        let (sender, receiver) = async_broadcast::broadcast(capacity);
        (sender, Ear::Active(receiver))
    }

    fn overflow(&self) -> Overflow {
        Overflow::Waits
    }

    fn closes_without_receivers(&self) -> bool {
        true
    }

    fn send(&self, sender: &mut Self::Sender, value: Value) -> impl Future<Output = bool> {
        let send = sender.broadcast(value);
        async { send.await.is_ok() }
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Heard {
        receiver.active().recv().await.map_or(Heard::Ended, Heard::Value)
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
            Err(TryRecvError::Empty) => Heard::Empty,
            Err(TryRecvError::Closed) => Heard::Ended,
        })
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    /// A clone receives what is sent from then on.
    fn resubscribe(&self, receiver: &mut Self::Receiver) -> Option<Self::Receiver> {
        Some(Ear::Active(receiver.active().clone()))
    }

    fn deactivate(&self, receiver: &mut Self::Receiver) -> Option<()> {
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
}

#[test]
fn keeps_the_laws_of_broadcasts() {
    laws::broadcast(AsyncBroadcast).check();
}
