//! The atomic operations themselves.
//!
//! In a binary that is built for the engine of threads every atomic operation of every function is
//! a call of a hook, and one that a hook makes would be, too; nor have strands anything to do with
//! those of this crate. So here they are instructions, written out. On x86-64 a load acquires and
//! a store releases, and whatever locks is in one order with all that locks (Intel's manual,
//! volume 3A, 9.2). Elsewhere there is no such engine, and they are those of the standard library.

/// This file, to be compiled by itself with the hooks.
pub const SOURCE: &str = include_str!("operation.rs");

/// What an atomic operation can be done on.
pub trait Word: Copy + PartialEq {
    /// As a number.
    fn to_bits(self) -> u64;

    /// The value of that number, of which it has as many bits as it can.
    fn from_bits(bits: u64) -> Self;

    /// # Safety
    ///
    /// `place` is one that may be read, and aligned.
    unsafe fn load(place: *const Self) -> Self;

    /// Releases, and is in no order with loads of other places that follow.
    ///
    /// # Safety
    ///
    /// `place` is one that may be written, and aligned.
    unsafe fn store(place: *mut Self, value: Self);

    /// # Safety
    ///
    /// As above.
    unsafe fn exchange(place: *mut Self, value: Self) -> Self;

    /// Gives what was there; adds with wrapping.
    ///
    /// # Safety
    ///
    /// As above.
    unsafe fn fetch_add(place: *mut Self, value: Self) -> Self;

    /// Gives what was there, which is `expected` if it was changed.
    ///
    /// # Safety
    ///
    /// As above.
    unsafe fn compare_exchange(place: *mut Self, expected: Self, new: Self) -> Self;
}

/// Orders all that was done before to all that is done after.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub fn fence() {
    // SAFETY: it touches nothing.
    unsafe { core::arch::asm!("mfence", options(nostack, preserves_flags)) };
}

/// Changes what is there by `change`, and gives what was there.
///
/// # Safety
///
/// As above.
#[inline(always)]
pub unsafe fn update<W: Word>(place: *mut W, change: impl Fn(W) -> W) -> W {
    // SAFETY: the caller's promise.
    unsafe {
        let mut known = W::load(place);
        loop {
            let found = W::compare_exchange(place, known, change(known));
            if found == known {
                return found;
            }
            known = found;
        }
    }
}

#[cfg(target_arch = "x86_64")]
macro_rules! words {
    ($($word:ty, $class:ident, $size:literal, $of:literal, $accumulator:tt;)*) => {$(
        impl Word for $word {
            #[inline(always)]
            fn to_bits(self) -> u64 {
                u64::from(self)
            }

            #[inline(always)]
            fn from_bits(bits: u64) -> Self {
                bits as $word
            }

            #[inline(always)]
            unsafe fn load(place: *const Self) -> Self {
                let value;
                // SAFETY: the caller's promise; a load that is aligned is atomic.
                unsafe {
                    core::arch::asm!(
                        concat!("mov ", $of, ", ", $size, " ptr [{1}]"),
                        out($class) value, in(reg) place,
                        options(nostack, preserves_flags, readonly),
                    );
                }
                value
            }

            #[inline(always)]
            unsafe fn store(place: *mut Self, value: Self) {
                // SAFETY: the caller's promise; a store that is aligned is atomic.
                unsafe {
                    core::arch::asm!(
                        concat!("mov ", $size, " ptr [{1}], ", $of),
                        in($class) value, in(reg) place,
                        options(nostack, preserves_flags),
                    );
                }
            }

            #[inline(always)]
            unsafe fn exchange(place: *mut Self, value: Self) -> Self {
                let before;
                // SAFETY: the caller's promise; an exchange locks by itself.
                unsafe {
                    core::arch::asm!(
                        concat!("xchg ", $size, " ptr [{1}], ", $of),
                        inout($class) value => before, in(reg) place,
                        options(nostack, preserves_flags),
                    );
                }
                before
            }

            #[inline(always)]
            unsafe fn fetch_add(place: *mut Self, value: Self) -> Self {
                let before;
                // SAFETY: the caller's promise.
                unsafe {
                    core::arch::asm!(
                        concat!("lock xadd ", $size, " ptr [{1}], ", $of),
                        inout($class) value => before, in(reg) place,
                        options(nostack),
                    );
                }
                before
            }

            #[inline(always)]
            unsafe fn compare_exchange(place: *mut Self, expected: Self, new: Self) -> Self {
                let before;
                // SAFETY: the caller's promise.
                unsafe {
                    core::arch::asm!(
                        concat!("lock cmpxchg ", $size, " ptr [{1}], ", $of),
                        in($class) new, in(reg) place,
                        inout($accumulator) expected => before,
                        options(nostack),
                    );
                }
                before
            }
        }
    )*};
}

#[cfg(target_arch = "x86_64")]
words! {
    u8, reg_byte, "byte", "{0}", "al";
    u16, reg, "word", "{0:x}", "ax";
    u32, reg, "dword", "{0:e}", "eax";
    u64, reg, "qword", "{0:r}", "rax";
}

#[cfg(not(target_arch = "x86_64"))]
pub fn fence() {
    core::sync::atomic::fence(core::sync::atomic::Ordering::SeqCst);
}

#[cfg(not(target_arch = "x86_64"))]
macro_rules! words {
    ($($word:ty, $atomic:ident;)*) => {$(
        impl Word for $word {
            fn to_bits(self) -> u64 {
                u64::from(self)
            }

            fn from_bits(bits: u64) -> Self {
                bits as $word
            }

            unsafe fn load(place: *const Self) -> Self {
                // SAFETY: the caller's promise.
                unsafe { atomic::$atomic::from_ptr(place.cast_mut()) }.load(SeqCst)
            }

            unsafe fn store(place: *mut Self, value: Self) {
                // SAFETY: the caller's promise.
                unsafe { atomic::$atomic::from_ptr(place) }.store(value, SeqCst);
            }

            unsafe fn exchange(place: *mut Self, value: Self) -> Self {
                // SAFETY: the caller's promise.
                unsafe { atomic::$atomic::from_ptr(place) }.swap(value, SeqCst)
            }

            unsafe fn fetch_add(place: *mut Self, value: Self) -> Self {
                // SAFETY: the caller's promise.
                unsafe { atomic::$atomic::from_ptr(place) }.fetch_add(value, SeqCst)
            }

            unsafe fn compare_exchange(place: *mut Self, expected: Self, new: Self) -> Self {
                // SAFETY: the caller's promise.
                let atomic = unsafe { atomic::$atomic::from_ptr(place) };
                match atomic.compare_exchange(expected, new, SeqCst, SeqCst) {
                    Ok(before) | Err(before) => before,
                }
            }
        }
    )*};
}

#[cfg(not(target_arch = "x86_64"))]
use core::sync::atomic::{self, Ordering::SeqCst};

#[cfg(not(target_arch = "x86_64"))]
words! {
    u8, AtomicU8;
    u16, AtomicU16;
    u32, AtomicU32;
    u64, AtomicU64;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all<W: Word + core::fmt::Debug>(numbers: [W; 4], sum: W, anded: W, and: impl Fn(W, W) -> W) {
        let [a, b, c, d] = numbers;
        let mut place = [d, a, d];
        let at = &raw mut place[1];
        // SAFETY: the place is ours.
        unsafe {
            assert_eq!(W::load(at), a);
            assert_eq!(W::exchange(at, b), a);
            assert_eq!(W::compare_exchange(at, a, c), b);
            assert_eq!(W::load(at), b);
            assert_eq!(W::compare_exchange(at, b, c), b);
            assert_eq!(W::load(at), c);
            W::store(at, b);
            assert_eq!(W::load(at), b);
            assert_eq!(W::exchange(at, a), b);
            assert_eq!(W::fetch_add(at, b), a);
            assert_eq!(W::load(at), sum);
            W::exchange(at, a);
            assert_eq!(update(at, |known| and(known, b)), a);
            assert_eq!(W::load(at), anded);
        }
        // Of the neighbours nothing was touched.
        assert_eq!([place[0], place[2]], [d, d]);
    }

    #[test]
    fn each_operation_on_each_size() {
        all([0xf1_u8, 0x1e, 3, 0x55], 0x0f, 0x10, |a, b| a & b);
        all([0xfff1_u16, 0x001e, 3, 0x5555], 0x000f, 0x0010, |a, b| a & b);
        all([u32::MAX - 14, 0x1e, 3, 0x5555_5555], 15, 0x10, |a, b| a & b);
        all([u64::MAX - 14, 0x1e, 3, 0x5555_5555_5555], 15, 0x10, |a, b| a & b);
    }
}
