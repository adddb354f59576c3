//! Everything that crosses threads takes its atomics and locks from here.
//!
//! A run lives on one thread; only wakers and handles leave it. The files that
//! handle those ([`mailbox`](crate::mailbox), [`biased`](crate::biased)) import
//! from nowhere else, so that a model checker can put its own types in place
//! and run the real source.
//!
//! Under `--cfg reveille_tsan` the locks are made of atomics that the thread
//! sanitizer sees; those of a precompiled standard library it does not, and takes
//! what they guard for races.

#[cfg(feature = "threads")]
pub(crate) use crate::carried::quiet::{
    AtomicBool, AtomicI32, AtomicIsize, AtomicU64, AtomicUsize,
};
pub(crate) use std::sync::atomic::Ordering;
#[cfg(not(feature = "threads"))]
pub(crate) use std::sync::atomic::{AtomicBool, AtomicI32, AtomicIsize, AtomicU64, AtomicUsize};
#[cfg(not(reveille_tsan))]
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};

#[cfg(reveille_tsan)]
pub(crate) use visible::{Condvar, Mutex, MutexGuard};

#[cfg(reveille_tsan)]
mod visible {
    use super::{AtomicBool, Ordering};
    use std::cell::UnsafeCell;
    use std::ops::{Deref, DerefMut};
    use std::sync::LockResult;
    use std::time::{Duration, Instant};

    #[derive(Debug)]
    pub(crate) struct Mutex<T> {
        locked: AtomicBool,
        value: UnsafeCell<T>,
    }

    // SAFETY: a lock.
    unsafe impl<T: Send> Sync for Mutex<T> {}

    pub(crate) struct MutexGuard<'a, T>(&'a Mutex<T>);

    impl<T> Mutex<T> {
        pub(crate) const fn new(value: T) -> Self {
            Mutex { locked: AtomicBool::new(false), value: UnsafeCell::new(value) }
        }

        pub(crate) fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
            while self.locked.swap(true, Ordering::Acquire) {
                std::thread::yield_now();
            }
            Ok(MutexGuard(self))
        }
    }

    impl<T> Deref for MutexGuard<'_, T> {
        type Target = T;
        fn deref(&self) -> &T {
            // SAFETY: the guard holds the lock.
            unsafe { &*self.0.value.get() }
        }
    }

    impl<T> DerefMut for MutexGuard<'_, T> {
        fn deref_mut(&mut self) -> &mut T {
            // SAFETY: the guard holds the lock.
            unsafe { &mut *self.0.value.get() }
        }
    }

    impl<T> Drop for MutexGuard<'_, T> {
        fn drop(&mut self) {
            self.0.locked.store(false, Ordering::Release);
        }
    }

    /// Asks again and again.
    #[derive(Debug)]
    pub(crate) struct Condvar;

    impl Condvar {
        pub(crate) fn new() -> Self {
            Condvar
        }

        pub(crate) fn notify_one(&self) {}

        pub(crate) fn wait_timeout_while<'a, T>(
            &self,
            mut guard: MutexGuard<'a, T>,
            patience: Duration,
            mut condition: impl FnMut(&mut T) -> bool,
        ) -> LockResult<(MutexGuard<'a, T>, bool)> {
            let start = Instant::now();
            while condition(&mut guard) && start.elapsed() < patience {
                let lock = guard.0;
                drop(guard);
                std::thread::yield_now();
                guard = lock.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            }
            Ok((guard, false))
        }
    }
}
