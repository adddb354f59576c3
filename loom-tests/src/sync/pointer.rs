//! [`std::sync::atomic::AtomicPtr`].

use crate::recorder::{ObjectId, Operation, name_of_address, new_object};
use std::fmt;
use std::panic::Location;
use std::sync::atomic::Ordering;

/// As [`std::sync::atomic::AtomicPtr`].
pub struct AtomicPtr<T> {
    atomic: loom::sync::atomic::AtomicPtr<T>,
    object: ObjectId,
}

fn name<T>(pointer: *mut T) -> String {
    name_of_address(pointer.addr())
}

impl<T> AtomicPtr<T> {
    /// A new one, with that value. It can only be made within a model.
    #[track_caller]
    #[must_use]
    pub fn new(value: *mut T) -> Self {
        let object = new_object("AtomicPtr", Location::caller());
        AtomicPtr { atomic: loom::sync::atomic::AtomicPtr::new(value), object }
    }

    /// The value of the one and only owner.
    #[track_caller]
    pub fn with_mut<R>(&mut self, f: impl FnOnce(&mut *mut T) -> R) -> R {
        let operation = Operation::begin(Some(self.object), || "with_mut".into());
        let mut new = std::ptr::null_mut();
        let answer = self.atomic.with_mut(|value| {
            let answer = f(value);
            new = *value;
            answer
        });
        operation.writes(|| name(new));
        answer
    }

    /// Reads the value.
    #[track_caller]
    pub fn load(&self, order: Ordering) -> *mut T {
        let operation = Operation::begin(Some(self.object), || format!("load({order:?})"));
        let value = self.atomic.load(order);
        operation.reads(|| name(value));
        value
    }

    /// Writes a value.
    #[track_caller]
    pub fn store(&self, value: *mut T, order: Ordering) {
        let operation =
            Operation::begin(Some(self.object), || format!("store({}, {order:?})", name(value)));
        self.atomic.store(value, order);
        operation.writes(|| name(value));
    }

    /// Writes a value and answers the one before.
    #[track_caller]
    pub fn swap(&self, value: *mut T, order: Ordering) -> *mut T {
        let operation =
            Operation::begin(Some(self.object), || format!("swap({}, {order:?})", name(value)));
        let old = self.atomic.swap(value, order);
        operation.exchanges(|| name(old), || Some(name(value)));
        old
    }

    /// Writes `new` if the value is `current`.
    ///
    /// # Errors
    ///
    /// The value, if it is another.
    #[track_caller]
    pub fn compare_exchange(
        &self,
        current: *mut T,
        new: *mut T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<*mut T, *mut T> {
        let operation = Operation::begin(Some(self.object), || {
            format!("compare_exchange({}, {}, {success:?}, {failure:?})", name(current), name(new))
        });
        let result = self.atomic.compare_exchange(current, new, success, failure);
        let (Ok(old) | Err(old)) = result;
        operation.exchanges(|| name(old), || result.is_ok().then(|| name(new)));
        result
    }

    /// As [`compare_exchange`](Self::compare_exchange): loom has none that fail for no reason.
    ///
    /// # Errors
    ///
    /// The value, if it is another.
    #[track_caller]
    pub fn compare_exchange_weak(
        &self,
        current: *mut T,
        new: *mut T,
        success: Ordering,
        failure: Ordering,
    ) -> Result<*mut T, *mut T> {
        self.compare_exchange(current, new, success, failure)
    }
}

impl<T> fmt::Debug for AtomicPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AtomicPtr").finish_non_exhaustive()
    }
}
