//! tokio 0.2.20: a receive that is dropped leaves itself in the line of those who wait, until the
//! next send. Fixed in 0.2.21 (pull request 2509).
#![cfg(test)]

use reveille::laws::{self, Broadcast, Heard, Overflow, Value};
use reveille::{Checker, Law};
use tokio::sync::broadcast::{self, Receiver, RecvError, Sender, TryRecvError};

/// One that has told of the end is not asked again: it would wait for ever, which is the bug of
/// the hunt `tok-broadcast-closed-hang`.
struct Ear {
    receiver: Receiver<Value>,
    has_ended: bool,
}

impl Ear {
    fn of(receiver: Receiver<Value>) -> Ear {
        Ear { receiver, has_ended: false }
    }
}

#[derive(Clone)]
struct Tokio;

impl Broadcast for Tokio {
    type Sender = Sender<Value>;
    type Receiver = Ear;

    fn open(&self, capacity: usize) -> (Self::Sender, Self::Receiver) {
        let (sender, receiver) = broadcast::channel(capacity);
        (sender, Ear::of(receiver))
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
        if receiver.has_ended {
            return Heard::Ended;
        }
        match receiver.receiver.recv().await {
            Ok(value) => Heard::Value(value),
            Err(RecvError::Lagged(lost)) => Heard::Lagged(lost),
            Err(RecvError::Closed) => {
                receiver.has_ended = true;
                Heard::Ended
            }
        }
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Heard> {
        if receiver.has_ended {
            return Some(Heard::Ended);
        }
        Some(match receiver.receiver.try_recv() {
            Ok(value) => Heard::Value(value),
            Err(TryRecvError::Lagged(lost)) => Heard::Lagged(lost),
            Err(TryRecvError::Empty) => Heard::Empty,
            Err(TryRecvError::Closed) => {
                receiver.has_ended = true;
                Heard::Ended
            }
        })
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn subscribe(&self, sender: &mut Self::Sender) -> Option<Self::Receiver> {
        Some(Ear::of(sender.subscribe()))
    }
}

#[test]
fn keeps_the_laws_of_broadcasts() {
    let checker = Checker::new().deny(Law::WakerLeak);
    laws::broadcast(Tokio).checker(checker).check();
}
