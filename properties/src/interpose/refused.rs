//! What a strand cannot have done to it, as its thread is lent: to be left for good, to be called
//! off, to have a signal from another one. Where that is asked for, the run is told and its
//! process ended; else the C library would end or interrupt whoever drives the strand.
//!
//! A signal that a strand sends to itself is handled before the call returns. The kernel holds
//! that signal back until then from all strands, as they are one thread to it; so the handler is
//! one step, however many operations it has.

use super::kernel::{self, number};
use super::threads::real;
use crate::ended;
use libc::{c_char, c_int, c_void, pthread_t};
use reveille_sim::carried::shielded;
use reveille_threads::calls;

/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn pthread_exit(value: *mut c_void) -> ! {
    if calls::is_strand() {
        ended::refuse("ended: `pthread_exit` would end a thread that is only lent to the run");
    }
    let real = real!(pthread_exit as unsafe extern "C-unwind" fn(*mut c_void) -> !);
    // SAFETY: the caller's promise.
    unsafe { real(value) }
}

/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_cancel(thread: pthread_t) -> c_int {
    if calls::is_of_strand(thread) {
        ended::refuse("ended: `pthread_cancel` would end a thread that is only lent to the run");
    }
    let real = real!(pthread_cancel as unsafe extern "C" fn(pthread_t) -> c_int);
    // SAFETY: the caller's promise.
    unsafe { real(thread) }
}

/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_kill(thread: pthread_t, signal: c_int) -> c_int {
    if !calls::is_of_strand(thread) {
        let real = real!(pthread_kill as unsafe extern "C" fn(pthread_t, c_int) -> c_int);
        // SAFETY: the caller's promise.
        return unsafe { real(thread, signal) };
    }
    if !calls::is_own(thread) {
        ended::refuse("ended: `pthread_kill` would interrupt a thread that does not have its turn");
    }
    match shielded(|| send_to_self(signal)) {
        // SAFETY: the C library gives a valid place for each thread.
        -1 => unsafe { *libc::__errno_location() },
        _ => 0,
    }
}

/// Handlers of signals that end the process come by, so no symbol is looked up.
#[unsafe(no_mangle)]
extern "C" fn raise(signal: c_int) -> c_int {
    match calls::is_strand() {
        true => shielded(|| send_to_self(signal)),
        false => send_to_self(signal),
    }
}

/// To the thread of the kernel's that calls.
fn send_to_self(signal: c_int) -> c_int {
    // SAFETY: they have no preconditions; whether there is such a signal the kernel says.
    unsafe {
        let (process, thread) =
            (kernel::ask(libc::SYS_getpid, []), kernel::ask(libc::SYS_gettid, []));
        let given = [number(process as usize), number(thread as usize), number(signal as usize)];
        kernel::ask(libc::SYS_tgkill, given) as c_int
    }
}

/// The kernel would name the thread that drives the strand.
///
/// # Safety
///
/// As for the function of the C library.
#[unsafe(no_mangle)]
unsafe extern "C" fn pthread_setname_np(thread: pthread_t, name: *const c_char) -> c_int {
    if calls::is_of_strand(thread) {
        // SAFETY: the caller's promise.
        unsafe { calls::name(thread, name) };
        return 0;
    }
    let real = real!(pthread_setname_np as unsafe extern "C" fn(pthread_t, *const c_char) -> c_int);
    // SAFETY: the caller's promise.
    unsafe { real(thread, name) }
}
