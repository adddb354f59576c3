//! async-oneshot 0.3.1: a receiver that is dropped wakes the sender if it has waited itself, so
//! that it calls a waker that is not there, or leaves the sender asleep. Fixed in 0.3.3.
#![cfg(test)]

use async_oneshot::{Receiver, Sender};
use reveille::laws::{self, Item, Oneshot};
use std::cell::RefCell;
use std::rc::Rc;

/// An end, with the item beside it: what is left in a channel of this crate leaks, in every
/// version.
struct End<E> {
    end: E,
    item: Rc<RefCell<Option<Item>>>,
}

#[derive(Clone)]
struct AsyncOneshot;

impl Oneshot for AsyncOneshot {
    type Sender = End<Sender<()>>;
    type Receiver = End<Receiver<()>>;

    fn open(&self) -> (Self::Sender, Self::Receiver) {
        let ((sender, receiver), item) = (async_oneshot::oneshot(), Rc::default());
        (End { end: sender, item: Rc::clone(&item) }, End { end: receiver, item })
    }

    fn send(&self, sender: Self::Sender, item: Item) -> bool {
        *sender.item.borrow_mut() = Some(item);
        let is_accepted = sender.end.send(()).is_ok();
        if !is_accepted {
            drop(sender.item.take());
        }
        is_accepted
    }

    async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Item> {
        (&mut receiver.end).await.ok()?;
        receiver.item.take()
    }

    fn is_closed(&self, sender: &mut Self::Sender) -> Option<bool> {
        Some(sender.end.is_closed())
    }
}

#[test]
fn keeps_the_laws_of_oneshots() {
    laws::oneshot(AsyncOneshot).check();
}
