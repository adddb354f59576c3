//! A `Mutex` of the standard library that somebody has, without the spin.
//!
//! Whoever finds one taken looks at its word a hundred times before it sleeps, in the hope that
//! the other one, on another processor, gives it back. Of strands only one runs at a time, so
//! that is in vain; and it is a step by itself, in which nobody else can go first, so nothing is seen
//! by it either. `build.rs` has the linker put these functions in the place of the library's own
//! (`std::sys::sync::mutex::futex::Mutex::lock_contended` and `wake`), and sees to it that the word
//! is used as here ("Futexes Are Tricky", Drepper, 2011, the second mutex).
//!
//! Nor are the sleep and the wake points of their own. Who sleeps has found the lock taken in the
//! same step, and who wakes has given it back in the same step. If others went between, a sleeper
//! would find out that it need not sleep, or would be woken later: to whatever is done outside of
//! the lock that is a sleeper which goes on later, and that it may do as well.
//!
//! A thread that is no strand
//! sleeps sooner. A lock that somebody outside of the run has for a moment is given back within
//! the spin, most often; now [`process_wide`](super::process_wide) waits for that.

use super::operation::Word;
use super::point::{self, holds, is_watched};
use super::process_wide;
use super::strand::Slot;
use super::wait::{self, ANY};
use super::watched::changed;
use super::word::wake_at_most;
use core::ffi::c_int;
use reveille_sim::carried::{is_shielded, shielded};
use std::ptr;

const FREE: u32 = 0;
const TAKEN: u32 = 1;
const WAITED_FOR: u32 = 2;

/// The order in which a lock is taken, as the compiler says it to hooks.
const ACQUIRE: c_int = 2;

/// Takes the mutex whose word this is.
///
/// # Safety
///
/// It is that of a `Mutex` which lives.
#[unsafe(no_mangle)]
unsafe extern "C" fn reveille_lock_contended(word: *mut u32) {
    #[cfg(test)]
    tests::COME_BY.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    let strand = point::strand().filter(|_| !is_shielded());
    // SAFETY: the caller's promise.
    unsafe {
        if let Some(strand) = strand {
            return lock_in_run(strand, word);
        }
        if Word::compare_exchange(word, FREE, TAKEN) == FREE {
            return;
        }
        while Word::exchange(word, WAITED_FOR) != FREE {
            sleep(word);
        }
    }
}

/// # Safety
///
/// As above.
unsafe fn lock_in_run(strand: &'static Slot, word: *mut u32) {
    // What is nobody's in the run must not become known there.
    while shielded(|| process_wide::is_of_nobody(strand, word)) {
        // SAFETY: the caller's promise.
        unsafe {
            if Word::exchange(word, WAITED_FOR) == FREE {
                return;
            }
            if !shielded(|| process_wide::wait(strand, word, WAITED_FOR)) {
                break;
            }
        }
    }
    loop {
        let at = point::at(strand, word.addr());
        // SAFETY: the caller's promise.
        let found = unsafe { Word::exchange(word, WAITED_FOR) };
        if is_watched(Some(at)) {
            changed(Some(at), found, WAITED_FOR, ACQUIRE);
        }
        if found == FREE {
            return holds(Some(at), true, false);
        }
        // SAFETY: as above.
        unsafe { wait::sleep_at_once(at, word, WAITED_FOR) };
    }
}

/// Sleeps as long as somebody else has it, or for a shorter time.
///
/// # Safety
///
/// As above.
unsafe fn sleep(word: *const u32) {
    let operation = libc::FUTEX_WAIT_BITSET | libc::FUTEX_PRIVATE_FLAG;
    let no_limit = ptr::null::<libc::timespec>();
    // SAFETY: the caller's promise.
    unsafe {
        libc::syscall(libc::SYS_futex, word, operation, WAITED_FOR, no_limit, no_limit, ANY);
    }
}

/// Wakes one who waits for the mutex whose word this is. The mutex may be gone: it was given back.
#[unsafe(no_mangle)]
extern "C" fn reveille_wake_one(word: *const u32) {
    #[cfg(test)]
    tests::WOKEN.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    let of_run = point::strand().filter(|_| !is_shielded());
    match of_run.map(|strand| wait::wake_at_once(strand, word)) {
        Some((0, true)) => _ = wake_at_most(word, true, 1, ANY),
        Some(_) => {}
        None => {
            let operation = libc::FUTEX_WAKE | libc::FUTEX_PRIVATE_FLAG;
            // SAFETY: an address that nobody waits at is no error.
            unsafe { libc::syscall(libc::SYS_futex, word, operation, 1) };
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use std::thread;

    pub(super) static COME_BY: AtomicU32 = AtomicU32::new(0);
    pub(super) static WOKEN: AtomicU32 = AtomicU32::new(0);

    /// So it does where the standard library has its symbol, and uses the word as is known.
    #[test]
    fn the_mutex_of_the_standard_library_comes_by() {
        static MUTEX: Mutex<u32> = Mutex::new(0);
        let held = MUTEX.lock().unwrap();
        let others = [0; 3].map(|_| thread::spawn(|| *MUTEX.lock().unwrap() += 1));
        while COME_BY.load(SeqCst) < 3 {
            thread::yield_now();
        }
        drop(held);
        others.into_iter().for_each(|other| other.join().unwrap());
        assert_eq!(*MUTEX.lock().unwrap(), 3);
        assert!(WOKEN.load(SeqCst) > 0);
    }
}
