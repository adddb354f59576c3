//! Who waits for room. A collection may remember but one waker for it, as a `Sink` does: then
//! pushers ask one after another, and the others stand in line until they may.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

pub(super) struct Room {
    is_for_many: bool,
    is_asked_for: Cell<bool>,
    line: RefCell<Vec<(usize, Waker)>>,
    waiting: RefCell<Vec<(usize, Waker)>>,
}

impl Room {
    pub(super) fn new(is_for_many: bool) -> Room {
        Room {
            is_for_many,
            is_asked_for: Cell::new(false),
            line: RefCell::default(),
            waiting: RefCell::default(),
        }
    }

    /// Comes to the head of the line, until what it gives is dropped.
    pub(super) async fn ask(&self, pusher: usize) -> Asking<'_> {
        poll_fn(|cx| {
            if self.is_for_many || !self.is_asked_for.replace(true) {
                return Poll::Ready(Asking { room: self, pusher });
            }
            put(&self.line, pusher, cx.waker());
            Poll::Pending
        })
        .await
    }

    pub(super) fn is_in_line(&self, pusher: usize) -> bool {
        self.line.borrow().iter().any(|(other, _)| *other == pusher)
    }

    /// There is another collection now, of which nobody knows who waits.
    pub(super) fn ask_again(&self) {
        self.waiting.take().into_iter().for_each(|(_, waker)| waker.wake());
    }
}

fn put(wakers: &RefCell<Vec<(usize, Waker)>>, pusher: usize, waker: &Waker) {
    let waker = waker.clone();
    let mut wakers = wakers.borrow_mut();
    match wakers.iter_mut().find(|(other, _)| *other == pusher) {
        Some((_, old)) => {
            let old = std::mem::replace(old, waker);
            drop(wakers);
            drop(old);
        }
        None => wakers.push((pusher, waker)),
    }
}

/// Who may ask.
#[must_use]
pub(super) struct Asking<'a> {
    room: &'a Room,
    pusher: usize,
}

impl Asking<'_> {
    pub(super) fn waits(&self, waker: &Waker) {
        put(&self.room.waiting, self.pusher, waker);
    }
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.room.waiting.borrow_mut().retain(|(other, _)| *other != self.pusher);
        self.room.is_asked_for.set(false);
        self.room.line.take().into_iter().for_each(|(_, waker)| waker.wake());
    }
}
