//! Entropy: a stream that begins, for each run, where the tape says.

use super::kernel::{self, number};
use libc::{c_int, c_uint, c_void, size_t, ssize_t};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

static FIXED: AtomicBool = AtomicBool::new(false);
static STREAM: AtomicU64 = AtomicU64::new(0);

/// From now on entropy is fixed, and so are the clocks inside runs.
pub(crate) fn fix() {
    STREAM.store(0, Ordering::Relaxed);
    FIXED.store(true, Ordering::Relaxed);
}

/// Begins the entropy of a run, as the tape has it; nothing unless it is fixed.
pub(crate) fn reseed() {
    if is_fixed() {
        STREAM.store(u64::from(reveille_sim::draw_entropy()) << 32, Ordering::Relaxed);
    }
}

pub(super) fn is_fixed() -> bool {
    FIXED.load(Ordering::Relaxed)
}

/// SplitMix64 (Steele, Lea, Flood, 2014).
fn next_word() -> u64 {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut z = STREAM.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// # Safety
///
/// `buffer` has room for `length` bytes.
unsafe fn fill(buffer: *mut c_void, length: size_t) {
    let buffer = buffer.cast::<u8>();
    for at in (0..length).step_by(8) {
        let word = next_word().to_le_bytes();
        let count = word.len().min(length - at);
        // SAFETY: the caller's promise; `at + count` is at most `length`.
        unsafe { buffer.add(at).copy_from_nonoverlapping(word.as_ptr(), count) };
    }
}

/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
pub(super) unsafe extern "C" fn getrandom(
    buffer: *mut c_void,
    length: size_t,
    flags: c_uint,
) -> ssize_t {
    // SAFETY: the caller's promise, in both cases.
    unsafe {
        if is_fixed() {
            fill(buffer, length);
            return length as ssize_t;
        }
        let arguments = [buffer, number(length), number(flags as usize)];
        kernel::ask(libc::SYS_getrandom, arguments) as ssize_t
    }
}

/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn getentropy(buffer: *mut c_void, length: size_t) -> c_int {
    // SAFETY: the caller's promise.
    let got = unsafe { getrandom(buffer, length, 0) };
    if got == length as ssize_t { 0 } else { -1 }
}
