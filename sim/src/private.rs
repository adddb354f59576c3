//! A cell for the tables of a run: exclusive access for the length of a closure.
//!
//! It is a `RefCell` whose check is paid for in debug builds only. The rule that
//! makes it sound: a closure given to [`Private::with`] touches this table alone
//! and never calls out - no poll, no waker, no destructor of the user's, no
//! second `with` on the same cell. Anything that a closure takes out of a table
//! is dropped after the closure has ended.

#[cfg(debug_assertions)]
use std::cell::Cell;
use std::cell::UnsafeCell;

/// Nobody is to find a table in the midst of a change.
#[cfg(feature = "threads")]
pub(crate) use crate::carried::shielded as unshaken;

#[cfg(not(feature = "threads"))]
#[inline(always)]
pub(crate) fn unshaken<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[derive(Debug, Default)]
pub(crate) struct Private<T> {
    #[cfg(debug_assertions)]
    borrowed: Cell<bool>,
    value: UnsafeCell<T>,
}

impl<T> Private<T> {
    pub(crate) fn new(value: T) -> Self {
        Private {
            #[cfg(debug_assertions)]
            borrowed: Cell::new(false),
            value: UnsafeCell::new(value),
        }
    }

    #[inline(always)]
    pub(crate) fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        #[cfg(debug_assertions)]
        {
            assert!(!self.borrowed.replace(true), "a table of the world was entered twice");
        }
        // SAFETY: `Private` is not `Sync`, so only this thread is here, and by
        // the rule above (checked in debug builds) no other borrow is alive.
        let result = unshaken(|| f(unsafe { &mut *self.value.get() }));
        #[cfg(debug_assertions)]
        self.borrowed.set(false);
        result
    }

    /// For those who interrupt the thread: none if the table is in use, which is known in
    /// debug builds only. They must not go on with the run.
    pub(crate) fn peek<R>(&self, f: impl FnOnce(&T) -> R) -> Option<R> {
        #[cfg(debug_assertions)]
        if self.borrowed.get() {
            return None;
        }
        // SAFETY: this thread is the only one here; in a release build a change that was
        // interrupted may be seen half done, which is why the run must be over with this.
        Some(f(unsafe { &*self.value.get() }))
    }
}
