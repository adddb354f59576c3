//! futures-channel 0.3.13: `try_next` after the end panics. Fixed in 0.3.14 (pull request 2369).
#![cfg(test)]

use futures_channel::mpsc;
use futures_core::Stream;
use reveille::laws::{self, Capacity, Channel, Ends, Item, Status};
use std::future::poll_fn;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::sync::mpsc::{TryRecvError, TrySendError};

/// As a stream it is not polled again after the end, as streams need not bear that.
struct Receiver {
    receiver: mpsc::Receiver<Item>,
    has_ended: bool,
}

#[derive(Clone)]
struct Futures;

/// No sender closes it, who forgets those that wait for room; see `FINDINGS.md`.
impl Channel for Futures {
    type Sender = mpsc::Sender<Item>;
    type Receiver = Receiver;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        let (sender, receiver) = mpsc::channel(capacity.bound().unwrap());
        (sender, Receiver { receiver, has_ended: false })
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        poll_fn(|cx| sender.poll_ready(cx)).await.is_ok() && sender.start_send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        if receiver.has_ended {
            return None;
        }
        let item = poll_fn(|cx| Pin::new(&mut receiver.receiver).poll_next(cx)).await;
        receiver.has_ended = item.is_none();
        item
    }

    fn room(&self, bound: usize, ends: Ends) -> RangeInclusive<usize> {
        bound + 1..=bound + ends.senders
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(item).map_err(|error| match error.is_full() {
            true => TrySendError::Full(()),
            false => TrySendError::Disconnected(()),
        }))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        Some(match receiver.receiver.try_next() {
            Ok(Some(item)) => Ok(item),
            Ok(None) => {
                receiver.has_ended = true;
                Err(TryRecvError::Disconnected)
            }
            Err(_) => Err(TryRecvError::Empty),
        })
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.receiver.close();
        Some(())
    }

    fn status_by_sender(&self, sender: &Self::Sender) -> Status {
        Status { is_closed: Some(sender.is_closed()), ..Status::default() }
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(Futures).check();
}
