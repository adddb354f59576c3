//! Channels that give the largest item first: async-priority-channel, embassy-sync.

use crate::{nothing, passes, unsent};
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::priority_channel::{Max, PriorityChannel};
use reveille::Law;
use reveille::laws::{self, Capacity, Channel, Item, Order, Status};
use std::rc::Rc;
use std::sync::mpsc::{TryRecvError, TrySendError};

#[derive(Clone)]
struct AsyncPriority;

impl Channel for AsyncPriority {
    type Sender = async_priority_channel::Sender<(), Item>;
    type Receiver = async_priority_channel::Receiver<(), Item>;

    fn open(&self, capacity: Capacity) -> (Self::Sender, Self::Receiver) {
        match capacity.bound() {
            Some(bound) => async_priority_channel::bounded(bound as u64),
            None => async_priority_channel::unbounded(),
        }
    }

    async fn send(&self, sender: &mut Self::Sender, item: Item) -> bool {
        sender.send((), item).await.is_ok()
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        receiver.recv().await.ok().map(|((), item)| item)
    }

    fn capacities(&self) -> Vec<Capacity> {
        crate::capacities(1)
    }

    fn order(&self) -> Order {
        Order::Max
    }

    fn try_send(
        &self,
        sender: &mut Self::Sender,
        item: Item,
    ) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send((), item).map_err(|error| unsent(error.is_full())))
    }

    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Result<Item, TryRecvError>> {
        let received = receiver.try_recv().map(|((), item)| item);
        Some(received.map_err(|error| nothing(error.is_empty())))
    }

    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        Some(sender.clone())
    }

    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        Some(receiver.clone())
    }

    fn close_by_sender(&self, sender: &mut Self::Sender) -> Option<()> {
        sender.close();
        Some(())
    }

    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        receiver.close();
        Some(())
    }
}

#[test]
fn async_priority_channel_passes() {
    passes(AsyncPriority);
}

const BOUND: usize = 2;

/// What is kept on a removal is cloned.
type Queue = Rc<PriorityChannel<NoopRawMutex, Rc<Item>, Max, BOUND>>;

/// With one end of each kind, since it has place for one waker of each.
#[derive(Clone)]
struct EmbassyPriority {
    removes: bool,
}

impl Channel for EmbassyPriority {
    type Sender = Queue;
    type Receiver = Queue;

    fn open(&self, _capacity: Capacity) -> (Queue, Queue) {
        let queue = Rc::new(PriorityChannel::new());
        (queue.clone(), queue)
    }

    async fn send(&self, sender: &mut Queue, item: Item) -> bool {
        sender.send(Rc::new(item)).await;
        true
    }

    async fn recv(&self, receiver: &mut Queue) -> Option<Item> {
        Rc::into_inner(receiver.receive().await)
    }

    fn capacities(&self) -> Vec<Capacity> {
        vec![Capacity::Bounded(BOUND)]
    }

    fn order(&self) -> Order {
        Order::Max
    }

    fn has_ends(&self) -> bool {
        false
    }

    fn try_send(&self, sender: &mut Queue, item: Item) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(Rc::new(item)).map_err(|_| TrySendError::Full(())))
    }

    fn try_recv(&self, receiver: &mut Queue) -> Option<Result<Item, TryRecvError>> {
        let item = receiver.try_receive().ok();
        Some(item.and_then(Rc::into_inner).ok_or(TryRecvError::Empty))
    }

    fn clear(&self, receiver: &mut Queue) -> Option<()> {
        receiver.clear();
        Some(())
    }

    fn remove_if(&self, receiver: &mut Queue, doomed: impl Fn(&Item) -> bool) -> Option<()> {
        self.removes.then(|| receiver.remove_if(|item| doomed(item)))
    }

    fn status_by_sender(&self, sender: &Queue) -> Status {
        Status { len: Some(sender.len()), is_full: Some(sender.is_full()), ..Status::default() }
    }
}

#[test]
fn embassy_priority_channel_passes_if_nothing_is_removed() {
    passes(EmbassyPriority { removes: false });
}

/// See `hunts/FINDINGS.md`.
#[test]
fn a_removal_from_embassy_priority_channel_wakes_no_sender() {
    newest::alarms(laws::channel(EmbassyPriority { removes: true }), Law::Stuck, "");
}
