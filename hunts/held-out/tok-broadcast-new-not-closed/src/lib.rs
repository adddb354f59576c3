//! tokio 1.47.1: a `broadcast` sender that was made by `new` has no receiver, and `closed` waits
//! until it has lost its last. Fixed in 1.47.2 (pull request 7629).
#![cfg(test)]

use reveille::laws::{self, Broadcast, Heard, Overflow, Value};
use tokio::sync::broadcast::error::{RecvError, TryRecvError};
use tokio::sync::broadcast::{self, Receiver, Sender};

#[derive(Clone)]
struct Tokio;

impl Broadcast for Tokio {
    type Sender = Sender<Value>;
    type Receiver = Receiver<Value>;

    fn open(&self, capacity: usize) -> (Self::Sender, Self::Receiver) {
        broadcast::channel(capacity)
    }

    fn open_for_nobody(&self, capacity: usize) -> Option<Self::Sender> {
        Some(Sender::new(capacity))
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
        match receiver.recv().await {
            Ok(value) => Heard::Value(value),
            Err(RecvError::Lagged(lost)) => Heard::Lagged(lost),
            Err(RecvError::Closed) => Heard::Ended,
        }
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Heard> {
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
fn keeps_the_laws_of_broadcasts() {
    laws::broadcast(Tokio).check();
}
