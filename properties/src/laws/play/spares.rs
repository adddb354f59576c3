//! Receivers that were made in a run and that nobody uses yet.
//!
//! Whoever makes one, be it a sender, need not be who receives by it. It lies here, unread, until a task
//! that has none takes it, or until all is let go.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// Receivers with their numbers.
pub(in crate::laws) struct Spares<R> {
    left: RefCell<VecDeque<(usize, R)>>,
    numbers: Cell<usize>,
    is_over: Cell<bool>,
}

impl<R> Spares<R> {
    pub(in crate::laws) fn new() -> Spares<R> {
        let left = RefCell::default();
        Spares { left, numbers: Cell::new(0), is_over: Cell::new(false) }
    }

    /// A number for a receiver to be made.
    pub(in crate::laws) fn number(&self) -> usize {
        self.numbers.replace(self.numbers.get() + 1)
    }

    /// Leaves a receiver; it comes back if all was let go.
    pub(in crate::laws) fn leave(&self, number: usize, receiver: R) -> Option<(usize, R)> {
        if self.is_over.get() {
            return Some((number, receiver));
        }
        self.left.borrow_mut().push_back((number, receiver));
        None
    }

    /// The one that was left first.
    pub(in crate::laws) fn take(&self) -> Option<(usize, R)> {
        self.left.borrow_mut().pop_front()
    }

    /// Nothing is left here from now on.
    pub(in crate::laws) fn close(&self) {
        self.is_over.set(true);
    }
}
