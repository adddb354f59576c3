//! thingbuf 0.1.5: a push that finds the queue full, after it went past a place of which somebody
//! held a `RecvRef`, goes round in circles. Fixed in 0.1.6 (pull request 85).
#![cfg(test)]

use reveille::laws::{self, Capacity, Channel, Ends, Held, Item, Status};
use std::ops::RangeInclusive;
use std::sync::mpsc::{TryRecvError, TrySendError};
use thingbuf::mpsc::errors;

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

/// With one sender: a send that is dropped when woken takes the wake along.
#[derive(Clone)]
struct Thingbuf;

impl Channel for Thingbuf {
    type Sender = thingbuf::mpsc::Sender<Option<Item>, Emptied>;
    type Receiver = thingbuf::mpsc::Receiver<Option<Item>, Emptied>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        thingbuf::mpsc::with_recycle(capacity.bound().unwrap(), Emptied)
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send(Some(item)).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await.flatten()
    }

    /// Not of one place, where a push goes round in circles in every version.
    fn capacities(&self) -> Vec<Capacity> {
        (2..=3).map(Capacity::Bounded).collect()
    }

    /// A place that is held when the queue comes round is passed over, and taken until the
    /// receiver has gone past it as well.
    fn room(&self, bound: usize, _ends: Ends) -> RangeInclusive<usize> {
        1..=bound
    }

    fn hold<'a>(
        &self,
        receiver: &'a mut Self::Receiver,
    ) -> Option<impl Future<Output = Option<Held<'a>>>> {
        Some(async {
            let place = receiver.recv_ref().await?;
            Some(Held::new(place, |place| place.as_ref().unwrap()))
        })
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(Some(item)).map_err(|error| match error {
            errors::TrySendError::Full(_) => TrySendError::Full(()),
            _ => TrySendError::Disconnected(()),
        }))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let received = receiver.try_recv().map_err(|error| match error {
            errors::TryRecvError::Empty => TryRecvError::Empty,
            _ => TryRecvError::Disconnected,
        });
        Some(received.map(|item| item.unwrap()))
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
fn keeps_the_laws_of_channels() {
    laws::channel(Thingbuf).check();
}
