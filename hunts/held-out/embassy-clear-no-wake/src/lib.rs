//! embassy-sync 0.6.2: `Channel::clear` makes room and does not wake the sender that waits for
//! it. Fixed in 0.7.0.
#![cfg(test)]

use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use reveille::laws::{self, Capacity, Channel, Item, Status};
use std::rc::Rc;
use std::sync::mpsc::{TryRecvError, TrySendError};

const BOUND: usize = 2;

type Embassy = Rc<embassy_sync::channel::Channel<NoopRawMutex, Item, BOUND>>;

/// With one end of each kind, since it has place for one waker of each.
#[derive(Clone)]
struct EmbassyChannel;

impl Channel for EmbassyChannel {
    type Sender = Embassy;
    type Receiver = Embassy;

    fn open(&self, _capacity: Capacity) -> (Embassy, Embassy) {
        let channel = Rc::new(embassy_sync::channel::Channel::new());
        (channel.clone(), channel)
    }

    async fn send(&self, sender: &mut Embassy, item: Item) -> bool {
        sender.send(item).await;
        true
    }

    async fn recv(&self, receiver: &mut Embassy) -> Option<Item> {
        Some(receiver.receive().await)
    }

    fn capacities(&self) -> Vec<Capacity> {
        vec![Capacity::Bounded(BOUND)]
    }

    fn has_ends(&self) -> bool {
        false
    }

    fn try_send(&self, sender: &mut Embassy, item: Item) -> Option<Result<(), TrySendError<()>>> {
        Some(sender.try_send(item).map_err(|_| TrySendError::Full(())))
    }

    fn try_recv(&self, receiver: &mut Embassy) -> Option<Result<Item, TryRecvError>> {
        Some(receiver.try_receive().map_err(|_| TryRecvError::Empty))
    }

    fn clear(&self, receiver: &mut Embassy) -> Option<()> {
        receiver.clear();
        Some(())
    }

    fn status_by_sender(&self, sender: &Embassy) -> Status {
        Status {
            len: Some(sender.len()),
            is_empty: Some(sender.is_empty()),
            is_full: Some(sender.is_full()),
            room: Some(sender.free_capacity()),
            ..Status::default()
        }
    }
}

#[test]
fn keeps_the_laws_of_channels() {
    laws::channel(EmbassyChannel).check();
}
