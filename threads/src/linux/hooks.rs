//! What the compiler calls in place of each atomic operation.
//!
//! LLVM's pass for its thread sanitizer (`-Cpasses=tsan`, without the sanitizer's runtime) turns
//! every atomic operation into a call of a function with one of these names; the last arguments are the
//! orders that were asked for. The names and types are those of compiler-rt's
//! `tsan_interface_atomic.h`. They are defined here, and only in a binary that is built for this
//! engine, where nothing else of the sanitizer is there.

use super::operation::{Word, fence, update};
use super::point::Touching::{Change, Load, Refusal, Store};
use super::point::{after, before, holds, is_watched};
use super::watched::{changed, fenced, loaded, refused, stored};
use core::ffi::c_int;

/// Every module that was compiled so calls it before `main`.
#[unsafe(no_mangle)]
extern "C" fn __tsan_init() {}

/// The strongest of the orders that can be asked for; all others are those of the machine
/// itself.
const SEQ_CST: c_int = 5;

#[unsafe(no_mangle)]
extern "C" fn __tsan_atomic_thread_fence(order: c_int) {
    if order == SEQ_CST {
        fence();
    }
    fenced(order);
}

#[unsafe(no_mangle)]
extern "C" fn __tsan_atomic_signal_fence(_: c_int) {}

macro_rules! hooks {
    ($($word:ty: $load:ident $store:ident $exchange:ident $add:ident $sub:ident $and:ident $or:ident
        $xor:ident $nand:ident $compare_exchange:ident;)*) => {$(
        /// # Safety
        ///
        /// As for the operation.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $load(place: *const $word, order: c_int) -> $word {
            let at = before(place.addr(), Load);
            // SAFETY: the caller's promise.
            let newest = unsafe { Word::load(place) };
            let value = if is_watched(at) { loaded(at, newest, order) } else { newest };
            after(at, Load);
            value
        }

        /// # Safety
        ///
        /// As for the operation.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $store(place: *mut $word, value: $word, order: c_int) {
            let at = before(place.addr(), Store);
            // SAFETY: the caller's promise.
            unsafe {
                match order {
                    _ if is_watched(at) => stored(at, Word::exchange(place, value), value, order),
                    SEQ_CST => _ = Word::exchange(place, value),
                    _ => Word::store(place, value),
                }
            }
            holds(at, false, value == 0);
            after(at, Store);
        }

        /// # Safety
        ///
        /// As for the operation.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $exchange(place: *mut $word, value: $word, order: c_int) -> $word {
            let at = before(place.addr(), Change);
            // SAFETY: the caller's promise.
            let found = unsafe { Word::exchange(place, value) };
            changed(at, found, value, order);
            holds(at, found == 0, value == 0);
            // If nothing has changed, it may be a lock that spins.
            after(at, if found == value { Refusal } else { Change });
            found
        }

        /// # Safety
        ///
        /// As for the operation.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $compare_exchange(
            place: *mut $word,
            expected: $word,
            new: $word,
            order: c_int,
            refusal: c_int,
        ) -> $word {
            let at = before(place.addr(), Change);
            if is_watched(at) {
                // SAFETY: the caller's promise.
                let newest = unsafe { Word::load(place) };
                if let Some(older) = refused(at, newest, expected, refusal) {
                    after(at, Refusal);
                    return older;
                }
            }
            // SAFETY: the caller's promise.
            let found = unsafe { Word::compare_exchange(place, expected, new) };
            if found == expected {
                changed(at, found, new, order);
                holds(at, found == 0, new == 0);
            }
            after(at, if found == expected { Change } else { Refusal });
            found
        }

        /// # Safety
        ///
        /// As for the operation.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $add(place: *mut $word, value: $word, order: c_int) -> $word {
            let at = before(place.addr(), Change);
            // SAFETY: the caller's promise.
            let found = unsafe { Word::fetch_add(place, value) };
            changed(at, found, found.wrapping_add(value), order);
            after(at, Change);
            found
        }

        /// # Safety
        ///
        /// As for the operation.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $sub(place: *mut $word, value: $word, order: c_int) -> $word {
            let at = before(place.addr(), Change);
            // SAFETY: the caller's promise.
            let found = unsafe { Word::fetch_add(place, value.wrapping_neg()) };
            changed(at, found, found.wrapping_sub(value), order);
            holds(at, false, found == value);
            after(at, Change);
            found
        }

        hooks!(@change $word: $and |a, b| a & b);
        hooks!(@change $word: $or |a, b| a | b);
        hooks!(@change $word: $xor |a, b| a ^ b);
        hooks!(@change $word: $nand |a, b| !(a & b));
    )*};
    (@change $word:ty: $name:ident |$a:ident, $b:ident| $change:expr) => {
        /// # Safety
        ///
        /// As for the operation.
        #[unsafe(no_mangle)]
        unsafe extern "C" fn $name(place: *mut $word, $b: $word, order: c_int) -> $word {
            let at = before(place.addr(), Change);
            let change = |$a: $word| $change;
            // SAFETY: the caller's promise.
            let found = unsafe { update(place, change) };
            changed(at, found, change(found), order);
            after(at, Change);
            found
        }
    };
}

hooks! {
    u8: __tsan_atomic8_load __tsan_atomic8_store __tsan_atomic8_exchange __tsan_atomic8_fetch_add
        __tsan_atomic8_fetch_sub __tsan_atomic8_fetch_and __tsan_atomic8_fetch_or __tsan_atomic8_fetch_xor
        __tsan_atomic8_fetch_nand __tsan_atomic8_compare_exchange_val;
    u16: __tsan_atomic16_load __tsan_atomic16_store __tsan_atomic16_exchange __tsan_atomic16_fetch_add
        __tsan_atomic16_fetch_sub __tsan_atomic16_fetch_and __tsan_atomic16_fetch_or __tsan_atomic16_fetch_xor
        __tsan_atomic16_fetch_nand __tsan_atomic16_compare_exchange_val;
    u32: __tsan_atomic32_load __tsan_atomic32_store __tsan_atomic32_exchange __tsan_atomic32_fetch_add
        __tsan_atomic32_fetch_sub __tsan_atomic32_fetch_and __tsan_atomic32_fetch_or __tsan_atomic32_fetch_xor
        __tsan_atomic32_fetch_nand __tsan_atomic32_compare_exchange_val;
    u64: __tsan_atomic64_load __tsan_atomic64_store __tsan_atomic64_exchange __tsan_atomic64_fetch_add
        __tsan_atomic64_fetch_sub __tsan_atomic64_fetch_and __tsan_atomic64_fetch_or __tsan_atomic64_fetch_xor
        __tsan_atomic64_fetch_nand __tsan_atomic64_compare_exchange_val;
}
