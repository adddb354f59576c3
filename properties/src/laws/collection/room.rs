//! Who waits for room. A collection may remember but one waker for it, as a `Sink` does: then
//! pushers ask one after another, and the others stand in line until they may.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

pub(super) struct Room {
    is_for_many: bool,
    is_asked_for: Cell<bool>,
    line: RefCell<Vec<(usize, Waker)>>,
}

impl Room {
    pub(super) fn new(is_for_many: bool) -> Room {
        Room { is_for_many, is_asked_for: Cell::new(false), line: RefCell::default() }
    }

    /// Comes to the head of the line, until what it gives is dropped.
    pub(super) async fn ask(&self, pusher: usize) -> Asking<'_> {
        poll_fn(|cx| {
            if self.is_for_many || !self.is_asked_for.replace(true) {
                return Poll::Ready(Asking(self));
            }
            let waker = cx.waker().clone();
            let mut line = self.line.borrow_mut();
            line.retain(|(other, _)| *other != pusher);
            line.push((pusher, waker));
            Poll::Pending
        })
        .await
    }

    pub(super) fn is_in_line(&self, pusher: usize) -> bool {
        self.line.borrow().iter().any(|(other, _)| *other == pusher)
    }
}

/// Who may ask.
#[must_use]
pub(super) struct Asking<'a>(&'a Room);

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        self.0.is_asked_for.set(false);
        self.0.line.take().into_iter().for_each(|(_, waker)| waker.wake());
    }
}
