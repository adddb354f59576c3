//! Where a strand is: its stack and its thread-locals, and how one kernel thread leaves one
//! strand for another.
//!
//! A thread-local is found through a register, the thread pointer. Whoever changes the stack
//! pointer and the thread pointer together is another thread to all code but the kernel: it
//! finds its own `errno`, its own panic count, its own `thread_local!`s. On x86-64 the thread
//! pointer is the base of the segment `fs`, which a program may read and write by itself where
//! the kernel allows it (FSGSBASE, Linux 5.9).
//!
//! What stands on the stack of a strand that was left:
//!
//! ```text
//!          before `switch`                        while it is left
//!
//!   high  | frames of the strand   |            | frames of the strand   |
//!         |------------------------|            |------------------------|
//!   rsp ->| where `switch` returns |            | where `switch` returns |
//!         '------------------------'            | rbp                    |
//!                                               | rbx                    |
//!                                               | r12                    |
//!                                               | r13                    |
//!                                               | r14                    |
//!                                        stack->| r15                    |
//!   low                                         '------------------------'
//! ```
//!
//! The registers are those that a function must keep for its caller (System V ABI); all others
//! the compiler takes for lost across the call, so nobody needs them. The control words of the
//! floating point units are to be kept, too, but nobody who is left in the middle of an atomic
//! operation has changed them. No unwinder comes by: each stack ends where its thread began, and
//! what calls `switch` does not panic. For a debugger the frame pointer is in its usual place.

use super::locals::thread_pointer;
use std::ptr;

/// A strand that was left, or the place to leave one to.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Context {
    stack: *mut u8,
    thread: *mut u8,
}

impl Context {
    /// To be filled when something is left, by the thread that will leave it.
    pub(crate) const fn empty() -> Context {
        Context { stack: ptr::null_mut(), thread: ptr::null_mut() }
    }

    /// Whose thread-locals are found after a switch to it: those of the caller.
    pub(crate) fn set_thread(&mut self) {
        self.thread = thread_pointer();
    }
}

/// Whether a program may change its thread pointer here.
#[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
pub(crate) fn is_supported() -> bool {
    /// Bit 1 of the second word of capabilities: the kernel allows `wrfsbase`.
    const FSGSBASE: u64 = 1 << 1;
    // SAFETY: it reads the auxiliary vector.
    unsafe { libc::getauxval(libc::AT_HWCAP2) & FSGSBASE != 0 }
}

#[cfg(not(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")))]
pub(crate) fn is_supported() -> bool {
    false
}

/// Leaves the running strand, which `left` is to hold, for the one that `to` holds; returns when
/// somebody leaves for `left`. A strand never changes its thread, so `left` has that already.
///
/// # Safety
///
/// Both have their threads, and `left` that of the caller. `to` was filled by this function, or by [`leave_for_sleep`], and was not gone to since; the
/// stack that it names lives. Nothing on the way back may rely on which kernel thread it is on.
#[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn switch(left: *mut Context, to: *const Context) {
    std::arch::naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov [rdi], rsp",
        "mov rax, [rsi + 8]",
        "mov rsp, [rsi]",
        "wrfsbase rax",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

/// Fills `left` with the running strand, as [`switch`] does, and goes on at `sleep` with
/// `argument`, on the stack whose high end is `stack`: the kernel thread sleeps there, and leaves
/// its own stack and thread-locals to who comes back to `left`.
///
/// # Safety
///
/// `left` has the caller's thread. `stack` is aligned to 16 and is nobody else's for ever; `sleep` does not return and touches no
/// thread-local.
#[cfg(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu"))]
#[unsafe(naked)]
pub(crate) unsafe extern "C" fn leave_for_sleep(
    left: *mut Context,
    stack: *mut u8,
    sleep: extern "C" fn(*mut u8) -> !,
    argument: *mut u8,
) {
    std::arch::naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov [rdi], rsp",
        "mov rsp, rsi",
        // Nobody is to be found above it.
        "xor ebp, ebp",
        "mov rdi, rcx",
        "call rdx",
        "ud2",
    )
}

/// # Safety
///
/// Never called: see [`is_supported`].
#[cfg(not(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")))]
pub(crate) unsafe extern "C" fn switch(_: *mut Context, _: *const Context) {
    unreachable!("contexts are not supported here")
}

/// # Safety
///
/// Never called: see [`is_supported`].
#[cfg(not(all(target_arch = "x86_64", target_os = "linux", target_env = "gnu")))]
pub(crate) unsafe extern "C" fn leave_for_sleep(
    _: *mut Context,
    _: *mut u8,
    _: extern "C" fn(*mut u8) -> !,
    _: *mut u8,
) {
    unreachable!("contexts are not supported here")
}
