//! How the end of the process is noticed: signals, and `exit`.
//!
//! A handler tells, puts back whoever handled the signal before, and returns. Then the
//! instruction that failed fails again, or an abort goes on; what was only sent is sent once
//! more. A stack that overflowed needs another stack for its handler: that of the standard
//! library is too small to write in, so for the time of a check there is a larger one.

use super::room::Room;
use super::{file, words};
use crate::watchdog;
use libc::{c_int, c_void, siginfo_t};
use std::sync::Once;
use std::sync::atomic::{AtomicPtr, Ordering};

/// The exit code, as of any failing test.
const FAILED: c_int = 101;

/// The signals by which a process ends itself, with what is said of them.
const FATAL: [(c_int, &str); 5] = [
    (libc::SIGABRT, "ended by SIGABRT, an abort"),
    (libc::SIGSEGV, "ended by SIGSEGV, memory that is not there or a stack that overflows"),
    (libc::SIGBUS, "ended by SIGBUS, memory that is not there or a stack that overflows"),
    (libc::SIGILL, "ended by SIGILL, a trap"),
    (libc::SIGFPE, "ended by SIGFPE, arithmetic"),
];

/// Who handled them before; leaked.
static BEFORE: [AtomicPtr<libc::sigaction>; FATAL.len()] =
    [const { AtomicPtr::new(std::ptr::null_mut()) }; FATAL.len()];

/// A thread whose end would be noticed.
#[derive(Debug)]
pub(crate) struct Handled {
    /// The stack for handlers that the thread had before; none if it keeps that.
    before: Option<libc::stack_t>,
    /// The present one, put back before it goes.
    _room: Option<Room>,
}

impl Handled {
    pub(crate) fn begin() -> Handled {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(install);
        let room = Room::new();
        let before = room.as_ref().and_then(|room| {
            // SAFETY: the room stays where it is until the stack before it is put back.
            unsafe {
                let mut stack: libc::stack_t = std::mem::zeroed();
                (stack.ss_sp, stack.ss_size) = (room.start(), room.size());
                let mut before: libc::stack_t = std::mem::zeroed();
                (libc::sigaltstack(&raw const stack, &raw mut before) == 0).then_some(before)
            }
        });
        Handled { before, _room: room }
    }
}

impl Drop for Handled {
    fn drop(&mut self) {
        if let Some(before) = &self.before {
            // SAFETY: it is what the thread had.
            unsafe { libc::sigaltstack(before, std::ptr::null_mut()) };
        }
    }
}

fn install() {
    for ((signal, _), place) in FATAL.iter().zip(&BEFORE) {
        // SAFETY: both actions are initialised whole, and the handler takes the arguments
        // that `SA_SIGINFO` gives.
        unsafe {
            let before: &mut libc::sigaction = Box::leak(Box::new(std::mem::zeroed()));
            libc::sigaction(*signal, std::ptr::null(), before);
            // It must be there before it is needed.
            place.store(before, Ordering::Release);
            let mut action: libc::sigaction = std::mem::zeroed();
            action.sa_sigaction = on_signal as *const () as libc::sighandler_t;
            action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK;
            libc::sigemptyset(&raw mut action.sa_mask);
            libc::sigaction(*signal, &raw const action, std::ptr::null_mut());
        }
    }
    // SAFETY: the handler may be called at any time.
    unsafe { libc::atexit(on_exit) };
}

extern "C" fn on_signal(signal: c_int, info: *mut siginfo_t, _context: *mut c_void) {
    let Some(at) = FATAL.iter().position(|(number, _)| *number == signal) else { return };
    // SAFETY: the system gives a valid place.
    let info = unsafe { &*info };
    if !is_from_elsewhere(info) {
        tell(FATAL[at].1);
    }
    // SAFETY: what was stored is never freed; putting it back and sending a signal to the
    // own thread are allowed in a handler.
    unsafe {
        libc::sigaction(signal, BEFORE[at].load(Ordering::Acquire), std::ptr::null_mut());
        if info.si_code <= 0 {
            // It was sent, and comes again as soon as this handler has returned.
            libc::raise(signal);
        }
    }
}

/// Whether another process sent the signal: that is not the run's doing.
#[cfg(target_os = "linux")]
fn is_from_elsewhere(info: &siginfo_t) -> bool {
    // SAFETY: a signal with this code has a sender.
    info.si_code == libc::SI_USER && unsafe { info.si_pid() != libc::getpid() }
}

/// Other systems do not say.
#[cfg(not(target_os = "linux"))]
fn is_from_elsewhere(_info: &siginfo_t) -> bool {
    false
}

/// On the thread that called `exit`.
extern "C" fn on_exit() {
    if reveille_sim::in_run() && tell("ended by an exit") && !watchdog::aborts_in_the_end() {
        // SAFETY: it has no preconditions. The code is ours: with that of the run, which
        // may be 0, the tests that did not run would look as if they had passed.
        unsafe { libc::_exit(FAILED) };
    }
}

/// Ends the process: a run asks for something that cannot be had, which `cause` names.
#[cfg(reveille_threads)]
pub(crate) fn refuse(cause: &'static str) -> ! {
    tell(cause);
    if watchdog::aborts_in_the_end() {
        std::process::abort();
    }
    // SAFETY: it has no preconditions.
    unsafe { libc::_exit(FAILED) }
}

fn tell(cause: &'static str) -> bool {
    let report = words::report(cause);
    report.is_some_and(|report| file::write_all(libc::STDERR_FILENO, report.as_bytes()))
}
