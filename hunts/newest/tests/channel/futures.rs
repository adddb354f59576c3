//! futures-channel's `mpsc`.

use crate::{passes, unsent};
use futures_channel::mpsc;
use futures_util::{SinkExt, StreamExt};
use reveille::Law;
use reveille::laws::{self, Capacity, Channel, Ends, Item, Status};
use std::future::poll_fn;
use std::ops::RangeInclusive;
use std::sync::mpsc::TrySendError;

/// Every sender has a place of its own beside the bound.
#[derive(Clone)]
struct Bounded {
    closes_by_sender: bool,
}

impl Channel for Bounded {
    type Sender = mpsc::Sender<Item>;
    type Receiver = mpsc::Receiver<Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        mpsc::channel(capacity.bound().expect("expected a bound"))
    }

    /// Not through the sink, which waits for room for another item as well.
    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        poll_fn(|cx| sender.poll_ready(cx)).await.is_ok() && sender.start_send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.next().await
    }

    fn room(&self, bound: usize, ends: Ends) -> RangeInclusive<usize> {
        bound + 1..=bound + ends.senders
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(item).map_err(|error| unsent(error.is_full())))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn close_by_sender(&self, sender: &mut Self::Sender) -> Option<()> {
        self.closes_by_sender.then(|| sender.close_channel())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }

    fn status_by_sender(&self, sender: &Self::Sender) -> Status {
        Status { is_closed: Some(sender.is_closed()), ..Status::default() }
    }
}

#[test]
fn futures_channel_passes_if_no_sender_closes_it() {
    passes(Bounded { closes_by_sender: false });
}

/// See `hunts/FINDINGS.md`.
#[test]
fn a_sender_that_closes_futures_channel_forgets_those_that_wait_for_room() {
    newest::alarms(laws::channel(Bounded { closes_by_sender: true }), Law::Stuck, "");
}

#[derive(Clone)]
struct Unbounded;

impl Channel for Unbounded {
    type Sender = mpsc::UnboundedSender<Item>;
    type Receiver = mpsc::UnboundedReceiver<Item>;

    fn open(&self, _capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        mpsc::unbounded()
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.unbounded_send(item).is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.next().await
    }

    fn capacities(&self) -> Vec<Capacity> {
        vec![Capacity::Unbounded]
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn close_by_sender(&self, sender: &mut Self::Sender) -> Option<()> {
        sender.close_channel();
        Some(())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }

    fn feed(&self, sender: &mut Self::Sender, item: Item) -> Option<impl Future<Output = bool>> {
        Some(async { sender.send(item).await.is_ok() })
    }

    fn status_by_sender(&self, sender: &Self::Sender) -> Status {
        Status {
            len: Some(sender.len()),
            is_empty: Some(sender.is_empty()),
            is_closed: Some(sender.is_closed()),
            ..Status::default()
        }
    }
}

#[test]
fn futures_channel_without_a_bound_passes() {
    passes(Unbounded);
}
