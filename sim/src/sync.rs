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

#[cfg(all(feature = "threads", reveille_threads, target_arch = "x86_64"))]
pub(crate) use quiet::{AtomicBool, AtomicI32, AtomicIsize, AtomicU64, AtomicUsize};
pub(crate) use std::sync::atomic::Ordering;
#[cfg(not(all(feature = "threads", reveille_threads, target_arch = "x86_64")))]
pub(crate) use std::sync::atomic::{AtomicBool, AtomicI32, AtomicIsize, AtomicU64, AtomicUsize};
#[cfg(not(reveille_tsan))]
pub(crate) use std::sync::{Condvar, Mutex, MutexGuard};

/// Where every atomic operation is a call, those of this crate are none: strands have nothing to
/// do with them.
#[cfg(all(feature = "threads", reveille_threads, target_arch = "x86_64"))]
mod quiet {
    use crate::carried::operation::Word;
    use std::cell::UnsafeCell;
    use std::sync::atomic::Ordering::{self, SeqCst};

    macro_rules! quiet {
        ($($name:ident: $value:ty as $word:ty, $of_word:expr;)*) => {$(
            #[derive(Debug, Default)]
            #[repr(transparent)]
            pub(crate) struct $name(UnsafeCell<$value>);

            // SAFETY: every access is an instruction that is atomic.
            unsafe impl Sync for $name {}

            #[allow(dead_code, reason = "each type has the operations of its likes")]
            impl $name {
                #[inline(always)]
                pub(crate) const fn new(value: $value) -> $name {
                    $name(UnsafeCell::new(value))
                }

                #[inline(always)]
                fn word(&self) -> *mut $word {
                    self.0.get().cast()
                }

                #[inline(always)]
                pub(crate) fn load(&self, _: Ordering) -> $value {
                    // SAFETY: the word lives, and is aligned as the value is.
                    $of_word(unsafe { Word::load(self.word()) })
                }

                #[inline(always)]
                pub(crate) fn store(&self, value: $value, order: Ordering) {
                    // SAFETY: as above.
                    unsafe {
                        match order {
                            SeqCst => _ = Word::exchange(self.word(), value as $word),
                            _ => Word::store(self.word(), value as $word),
                        }
                    }
                }

                #[inline(always)]
                pub(crate) fn swap(&self, value: $value, _: Ordering) -> $value {
                    // SAFETY: as above.
                    $of_word(unsafe { Word::exchange(self.word(), value as $word) })
                }

                #[inline(always)]
                pub(crate) fn fetch_add(&self, value: $value, _: Ordering) -> $value {
                    // SAFETY: as above.
                    $of_word(unsafe { Word::fetch_add(self.word(), value as $word) })
                }

                #[inline(always)]
                pub(crate) fn fetch_sub(&self, value: $value, _: Ordering) -> $value {
                    let value = (value as $word).wrapping_neg();
                    // SAFETY: as above.
                    $of_word(unsafe { Word::fetch_add(self.word(), value) })
                }
            }
        )*};
    }

    quiet! {
        AtomicBool: bool as u8, |word| word != 0;
        AtomicI32: i32 as u32, |word| word as i32;
        AtomicIsize: isize as u64, |word| word as isize;
        AtomicU64: u64 as u64, |word| word;
        AtomicUsize: usize as u64, |word| word as usize;
    }
}

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
