//! What is decided once in a run, and asked for after every step.

use crate::private::Private;
use std::cell::{Cell, OnceCell};

/// A value that is set at most once a run.
#[derive(Debug)]
pub(crate) struct OnceCellOfRun<T>(Private<OnceCell<Box<T>>>, Cell<bool>);

impl<T> OnceCellOfRun<T> {
    pub(crate) fn new() -> Self {
        OnceCellOfRun(Private::new(OnceCell::new()), Cell::new(false))
    }

    #[inline(always)]
    pub(crate) fn is_set(&self) -> bool {
        self.1.get()
    }

    /// Sets it unless it is set.
    pub(crate) fn set(&self, value: T) {
        if !self.1.replace(true) {
            self.0.with(|cell| cell.set(Box::new(value)).is_ok());
        }
    }

    pub(crate) fn take(&self) -> Option<Box<T>> {
        if self.1.replace(false) { self.0.with(OnceCell::take) } else { None }
    }
}
