//! A variable that threads share without a lock: each read of it is an event, and
//! so is each write.

use crate::event::event;
use reveille_sim::{Resource, Touch};
use std::cell::Cell;

pub(crate) struct Racy<T> {
    resource: Resource,
    value: Cell<T>,
}

impl<T: Copy> Racy<T> {
    pub(crate) fn new(name: &str, value: T) -> Racy<T> {
        Racy { resource: Resource::named(name), value: Cell::new(value) }
    }

    pub(crate) async fn read(&self) -> T {
        event(Touch::Read(self.resource)).await;
        self.value.get()
    }

    /// Reads it without an event: for those who hold the lock under which it is written.
    pub(crate) fn peek(&self) -> T {
        self.value.get()
    }

    pub(crate) async fn write(&self, value: T) {
        event(Touch::Write(self.resource)).await;
        self.value.set(value);
    }
}
