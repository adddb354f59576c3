//! async-broadcast 0.7.2: `set_capacity` makes room for a sender that waits, and
//! `set_overflow` lets it go on without room, but neither wakes it.
#![cfg(test)]

use async_broadcast::{Receiver, RecvError, Sender, TryRecvError, TrySendError, broadcast};
use reveille::laws::{self, Broadcast, Heard, Overflow, Value};
use std::sync::mpsc;

#[derive(Clone)]
struct AsyncBroadcast;

impl Broadcast for AsyncBroadcast {
    type Sender = Sender<Value>;
    type Receiver = Receiver<Value>;

    fn open(&self, capacity: usize) -> (Self::Sender, Self::Receiver) {
        broadcast(capacity)
    }

    fn send(&self, sender: &mut Self::Sender, value: Value) -> impl Future<Output = bool> {
        let send = sender.broadcast(value);
        async { send.await.is_ok() }
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Heard {
        match receiver.recv().await {
            Ok(value) => Heard::Value(value),
            Err(RecvError::Overflowed(lost)) => Heard::Lagged(lost),
            Err(RecvError::Closed) => Heard::Ended,
        }
    }

    fn closes_without_receivers(&self) -> bool {
        true
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        value: Value,
    ) -> Option<Result<(), mpsc::TrySendError<()>>> {
        Some(match sender.try_broadcast(value) {
            Ok(lost) => Ok(drop(lost)),
            Err(TrySendError::Closed(_)) => Err(mpsc::TrySendError::Disconnected(())),
            Err(TrySendError::Full(_) | TrySendError::Inactive(_)) => {
                Err(mpsc::TrySendError::Full(()))
            }
        })
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Heard> {
        Some(match receiver.try_recv() {
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
        Some(receiver.clone())
    }

    fn resubscribe(&self, receiver: &mut Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.new_receiver())
    }

    fn close_by_sender(&self, sender: &mut Self::Sender) -> Option<()> {
        sender.close();
        Some(())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }

    fn set_capacity(&self, sender: &mut Self::Sender, capacity: usize) -> Option<()> {
        sender.set_capacity(capacity);
        Some(())
    }

    fn set_overflow(&self, sender: &mut Self::Sender, overflow: Overflow) -> Option<()> {
        sender.set_overflow(overflow == Overflow::Lags);
        Some(())
    }
}

#[test]
fn keeps_the_laws_of_broadcasts() {
    laws::broadcast(AsyncBroadcast).check();
}
