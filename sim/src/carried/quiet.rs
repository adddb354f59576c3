//! Atomics that are no scheduling points: those of the simulator and of the engine of threads.
//!
//! Where every atomic operation is a call of a hook, each of these is the instruction itself;
//! strands have nothing to do with them. Everywhere else they are those of the standard library.

#[cfg(not(all(reveille_threads, target_arch = "x86_64")))]
pub use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicIsize, AtomicU32, AtomicU64, AtomicUsize,
};
#[cfg(all(reveille_threads, target_arch = "x86_64"))]
pub use written_out::{AtomicBool, AtomicI32, AtomicIsize, AtomicU32, AtomicU64, AtomicUsize};

#[cfg(all(reveille_threads, target_arch = "x86_64"))]
mod written_out {
    use crate::carried::operation::{Word, update};
    use std::cell::UnsafeCell;
    use std::sync::atomic::Ordering::{self, SeqCst};

    macro_rules! quiet {
        ($($name:ident: $value:ty as $word:ty, $of_word:expr;)*) => {$(
            /// As that of the standard library.
            #[derive(Debug, Default)]
            #[repr(transparent)]
            pub struct $name(UnsafeCell<$value>);

            // SAFETY: every access is an instruction that is atomic.
            unsafe impl Sync for $name {}

            impl $name {
                /// Makes one of this value.
                #[inline(always)]
                pub const fn new(value: $value) -> $name {
                    $name(UnsafeCell::new(value))
                }

                #[inline(always)]
                fn word(&self) -> *mut $word {
                    self.0.get().cast()
                }

                /// What it is; as if it acquired.
                #[inline(always)]
                pub fn load(&self, _: Ordering) -> $value {
                    // SAFETY: the word lives, and is aligned as the value is.
                    $of_word(unsafe { Word::load(self.word()) })
                }

                /// Makes it this.
                #[inline(always)]
                pub fn store(&self, value: $value, order: Ordering) {
                    // SAFETY: as above.
                    unsafe {
                        match order {
                            SeqCst => _ = Word::exchange(self.word(), value as $word),
                            _ => Word::store(self.word(), value as $word),
                        }
                    }
                }

                /// Makes it this; gives what it was.
                #[inline(always)]
                pub fn swap(&self, value: $value, _: Ordering) -> $value {
                    // SAFETY: as above.
                    $of_word(unsafe { Word::exchange(self.word(), value as $word) })
                }
            }
        )*};
    }

    macro_rules! numbers {
        ($($name:ident: $value:ty as $word:ty, $of_word:expr;)*) => {$(
            impl $name {
                /// Adds with wrapping; gives what it was.
                #[inline(always)]
                pub fn fetch_add(&self, value: $value, _: Ordering) -> $value {
                    // SAFETY: as above.
                    $of_word(unsafe { Word::fetch_add(self.word(), value as $word) })
                }

                /// Subtracts with wrapping; gives what it was.
                #[inline(always)]
                pub fn fetch_sub(&self, value: $value, _: Ordering) -> $value {
                    let value = (value as $word).wrapping_neg();
                    // SAFETY: as above.
                    $of_word(unsafe { Word::fetch_add(self.word(), value) })
                }

                /// Makes it this if that is more; gives what it was.
                #[inline]
                pub fn fetch_max(&self, value: $value, _: Ordering) -> $value {
                    let more = |known: $word| $of_word(known).max(value) as $word;
                    // SAFETY: as above.
                    $of_word(unsafe { update(self.word(), more) })
                }
            }
        )*};
    }

    macro_rules! numbers_too {
        ($($all:tt)*) => {
            quiet! { $($all)* }
            numbers! { $($all)* }
        };
    }

    quiet! {
        AtomicBool: bool as u8, |word| word != 0;
    }

    numbers_too! {
        AtomicI32: i32 as u32, |word| word as i32;
        AtomicIsize: isize as u64, |word| word as isize;
        AtomicU32: u32 as u32, |word| word;
        AtomicU64: u64 as u64, |word| word;
        AtomicUsize: usize as u64, |word| word as usize;
    }
}
