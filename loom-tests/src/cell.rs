//! What [`std::cell`] has, as loom's: an access that races with another fails the model.

use crate::recorder::{ObjectId, Operation, new_object};
use std::fmt;
use std::panic::Location;

/// As [`std::cell::UnsafeCell`], but that its value is reached through closures, so that loom
/// knows from when to when.
pub struct UnsafeCell<T> {
    cell: loom::cell::UnsafeCell<T>,
    object: ObjectId,
}

impl<T> UnsafeCell<T> {
    /// A new one. It can only be made within a model.
    #[track_caller]
    #[must_use]
    pub fn new(value: T) -> Self {
        let object = new_object("UnsafeCell", Location::caller());
        UnsafeCell { cell: loom::cell::UnsafeCell::new(value), object }
    }

    /// Gives the value back.
    pub fn into_inner(self) -> T {
        self.cell.into_inner()
    }

    /// Reads the value; the pointer is not to be kept.
    #[track_caller]
    pub fn with<R>(&self, f: impl FnOnce(*const T) -> R) -> R {
        let operation = Operation::begin(Some(self.object), || "read".into());
        let answer = self.cell.with(f);
        operation.end();
        answer
    }

    /// Changes the value; the pointer is not to be kept.
    #[track_caller]
    pub fn with_mut<R>(&self, f: impl FnOnce(*mut T) -> R) -> R {
        let operation = Operation::begin(Some(self.object), || "write".into());
        let answer = self.cell.with_mut(f);
        operation.end();
        answer
    }
}

impl<T> fmt::Debug for UnsafeCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnsafeCell").finish_non_exhaustive()
    }
}

impl<T: Default> Default for UnsafeCell<T> {
    #[track_caller]
    fn default() -> Self {
        UnsafeCell::new(T::default())
    }
}
