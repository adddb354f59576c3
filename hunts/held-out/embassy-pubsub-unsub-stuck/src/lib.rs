//! embassy-sync 0.1.0: what a subscriber has not read stays in the queue when it is dropped, and
//! no publisher that waits for room is woken. Fixed in 0.2.0.
#![cfg(test)]

use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::pubsub::{PubSubChannel, Publisher, Subscriber, WaitResult};
use reveille::laws::{self, Broadcast, Heard, Value};
use std::rc::Rc;
use std::sync::mpsc::TrySendError;

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
struct Embassy;

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
fn keeps_the_laws_of_broadcasts() {
    laws::broadcast(Embassy).check();
}
