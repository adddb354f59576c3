//! [`std::sync::RwLock`].

use crate::recorder::{ObjectId, Operation, new_object};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::{LockResult, TryLockError, TryLockResult};

/// As [`std::sync::RwLock`], but that it is never poisoned: a model ends at its first panic.
///
/// Loom knows the readers by their threads: one may have one guard at a time.
pub struct RwLock<T> {
    lock: loom::sync::RwLock<T>,
    object: ObjectId,
}

impl<T> RwLock<T> {
    /// A new one. It can only be made within a model.
    #[track_caller]
    #[must_use]
    pub fn new(value: T) -> Self {
        let object = new_object("RwLock", Location::caller());
        RwLock { lock: loom::sync::RwLock::new(value), object }
    }

    /// Gives the value back.
    ///
    /// # Errors
    ///
    /// None.
    pub fn into_inner(self) -> LockResult<T> {
        Ok(self.lock.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

impl<T> fmt::Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RwLock").finish_non_exhaustive()
    }
}

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> Self {
        RwLock::new(T::default())
    }
}

macro_rules! guard {
    ($guard:ident, $lock:ident, $try_lock:ident, $unlock:literal, $what:literal) => {
        #[doc = concat!("As [`std::sync::", stringify!($guard), "`].")]
        #[must_use = "the lock is given up as soon as its guard is dropped"]
        pub struct $guard<'a, T> {
            /// Always there, but while it is dropped.
            guard: Option<loom::sync::$guard<'a, T>>,
            lock: &'a RwLock<T>,
            locked_at: &'static Location<'static>,
        }

        impl<T> RwLock<T> {
            #[doc = concat!("Waits for the lock and takes it to ", $what, ".")]
            ///
            /// # Errors
            ///
            /// None.
            #[track_caller]
            pub fn $lock(&self) -> LockResult<$guard<'_, T>> {
                let operation = Operation::begin(Some(self.object), || stringify!($lock).into());
                let guard = self.lock.$lock().unwrap_or_else(|poisoned| poisoned.into_inner());
                operation.end();
                Ok($guard { guard: Some(guard), lock: self, locked_at: Location::caller() })
            }

            #[doc = concat!("Takes the lock to ", $what, ", if that can be at once.")]
            ///
            /// # Errors
            ///
            /// If it cannot.
            #[track_caller]
            pub fn $try_lock(&self) -> TryLockResult<$guard<'_, T>> {
                let operation =
                    Operation::begin(Some(self.object), || stringify!($try_lock).into());
                let guard = self.lock.$try_lock().ok();
                operation.answers(|| if guard.is_some() { "locked" } else { "is locked" }.into());
                let guard = Some(guard.ok_or(TryLockError::WouldBlock)?);
                Ok($guard { guard, lock: self, locked_at: Location::caller() })
            }
        }

        impl<T> Deref for $guard<'_, T> {
            type Target = T;
            fn deref(&self) -> &T {
                self.guard.as_ref().expect("a guard has its lock until it is dropped")
            }
        }

        impl<T> Drop for $guard<'_, T> {
            fn drop(&mut self) {
                let object = Some(self.lock.object);
                let operation = Operation::begin_at(self.locked_at, object, || $unlock.into());
                self.guard = None;
                operation.end();
            }
        }

        impl<T: fmt::Debug> fmt::Debug for $guard<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&**self, f)
            }
        }
    };
}

guard!(RwLockReadGuard, read, try_read, "read ends", "read");
guard!(RwLockWriteGuard, write, try_write, "write ends", "write");

impl<T> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.guard.as_mut().expect("a guard has its lock until it is dropped")
    }
}
