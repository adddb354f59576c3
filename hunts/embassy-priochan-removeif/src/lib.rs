//! embassy-sync 0.8.0: `PriorityChannel::remove_if` makes room in a full channel, and does not
//! wake the sender that waits for it, as `clear` does. No version is known to be fixed.
#![cfg(test)]

use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embassy_sync::priority_channel::{Max, PriorityChannel};
use reveille::laws::{self, Capacity, Channel, Item, Order, Status};
use std::rc::Rc;
use std::sync::mpsc::{TryRecvError, TrySendError};

const BOUND: usize = 2;

/// What is kept on a removal is cloned.
type Queue = Rc<PriorityChannel<NoopRawMutex, Rc<Item>, Max, BOUND>>;

/// With one end of each kind, since the channel has place for one waker of each.
#[derive(Clone)]
struct Priority;

impl Channel for Priority {
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
        receiver.remove_if(|item| doomed(item));
        Some(())
    }

    fn status_by_sender(&self, sender: &Queue) -> Status {
        Status {
            len: Some(sender.len()),
            is_full: Some(sender.is_full()),
            room: Some(sender.free_capacity()),
            ..Status::default()
        }
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(Priority).check();
}
