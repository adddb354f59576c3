//! A word that kernel threads wait on, past the C library and past our own hooks.
//!
//! A kernel thread whose stack and thread-locals somebody else runs on must not touch them:
//! `errno` is a thread-local, and so is what the C library's own functions remember. And in a
//! binary whose atomic operations are calls of ours, an operation of ours must not be one. So
//! these few instructions are written out.

use super::operation::Word as _;
use std::cell::UnsafeCell;
use std::ptr;

/// A word that is written by one kernel thread and waited for by another.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct Word(UnsafeCell<u32>);

// SAFETY: every access is one instruction that is atomic.
unsafe impl Sync for Word {}
// SAFETY: as above.
unsafe impl Send for Word {}

impl Word {
    #[inline(always)]
    pub(crate) fn get(&self) -> u32 {
        // SAFETY: the word lives.
        unsafe { u32::load(self.0.get()) }
    }

    pub(crate) const fn new(value: u32) -> Word {
        Word(UnsafeCell::new(value))
    }

    /// Sleeps until the word is no longer `value`.
    #[inline(always)]
    pub(crate) fn wait_while(&self, value: u32) {
        while self.get() == value {
            // SAFETY: the word lives, and the kernel only reads it.
            unsafe { futex(self.0.get(), WAIT, value, ptr::null(), 0) };
        }
    }

    /// Writes it, and wakes who waits for that. What was written before is seen by whoever
    /// sees this.
    #[inline(always)]
    pub(crate) fn set_and_wake(&self, value: u32) {
        // SAFETY: the word lives, and the kernel takes its address for a name.
        unsafe {
            u32::exchange(self.0.get(), value);
            futex(self.0.get(), WAKE, 1, ptr::null(), 0);
        }
    }
}

/// Lets the kernel thread sleep as long as the word is that value, but not for longer than that;
/// answers whether somebody has ended its sleep, or had changed the word.
///
/// # Safety
///
/// The word may be read.
pub(crate) unsafe fn wait_at_most(word: *const u32, value: u32, limit: &libc::timespec) -> bool {
    // SAFETY: the caller's promise; the kernel only reads it.
    let answer = unsafe { futex(word.cast_mut(), WAIT, value, limit, 0) };
    answer != -i64::from(libc::ETIMEDOUT)
}

/// Wakes at most so many kernel threads whose sleep on the word has one of these bits; answers how
/// many, or with a negative error.
#[cfg(reveille_threads)]
pub(crate) fn wake_at_most(word: *const u32, is_private: bool, most: u32, bits: u32) -> i64 {
    let flag = if is_private { libc::FUTEX_PRIVATE_FLAG } else { 0 };
    // SAFETY: the kernel takes the address for a name.
    unsafe { futex(word.cast_mut(), libc::FUTEX_WAKE_BITSET | flag, most, ptr::null(), bits) }
}

const WAIT: i32 = libc::FUTEX_WAIT | libc::FUTEX_PRIVATE_FLAG;
const WAKE: i32 = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;

/// # Safety
///
/// The operation is one that touches nothing but the word.
#[cfg(target_arch = "x86_64")]
#[inline(always)]
unsafe fn futex(
    word: *mut u32,
    operation: i32,
    value: u32,
    limit: *const libc::timespec,
    bits: u32,
) -> i64 {
    let answer;
    // SAFETY: the kernel keeps all registers but rax, rcx and r11; a fourth argument that is null
    // is no time limit.
    unsafe {
        std::arch::asm!(
            "syscall",
            inlateout("rax") libc::SYS_futex => answer,
            in("rdi") word,
            in("rsi") i64::from(operation),
            in("rdx") u64::from(value),
            in("r10") limit,
            in("r9") u64::from(bits),
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack),
        );
    }
    answer
}

/// # Safety
///
/// As above.
#[cfg(target_arch = "aarch64")]
#[inline(always)]
unsafe fn futex(
    word: *mut u32,
    operation: i32,
    value: u32,
    limit: *const libc::timespec,
    bits: u32,
) -> i64 {
    let answer;
    // SAFETY: the kernel keeps all registers but x0.
    unsafe {
        std::arch::asm!(
            "svc 0",
            in("x8") libc::SYS_futex,
            inlateout("x0") word => answer,
            in("x1") i64::from(operation),
            in("x2") u64::from(value),
            in("x3") limit,
            in("x5") u64::from(bits),
            options(nostack),
        );
    }
    answer
}
