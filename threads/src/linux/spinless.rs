//! A `Mutex` of the standard library that somebody has, without the spin.
//!
//! Whoever finds one taken looks at its word a hundred times before it sleeps, in the hope that
//! the other one, on another processor, gives it back. Of strands only one runs at a time, so
//! that is in vain; and it is a step by itself, in which nobody else can go first, so nothing is seen
//! by it either. `build.rs` has the linker put these functions in the place of the library's own
//! (`std::sys::sync::mutex::futex::Mutex::lock_contended` and `wake`), and sees to it that the word
//! is used as here ("Futexes Are Tricky", Drepper, 2011, the second mutex).
//!
//! A strand does by it what it did before, at the same points, and so runs are the same with it as
//! without: `try_lock` does not come by, and no schedule is lost. A thread that is no strand
//! sleeps sooner. A lock that somebody outside of the run has for a moment is given back within
//! the spin, most often; now [`process_wide`](super::process_wide) waits for that.

use super::operation::Word;
use super::point;
use super::wait;
use super::word::wake_at_most;
use reveille_sim::carried::is_shielded;
use std::ptr;

const FREE: u32 = 0;
const TAKEN: u32 = 1;
const WAITED_FOR: u32 = 2;

/// Whoever waits is woken.
const ANY: u32 = libc::FUTEX_BITSET_MATCH_ANY as u32;

/// Takes the mutex whose word this is.
///
/// # Safety
///
/// It is that of a `Mutex` which lives.
#[unsafe(no_mangle)]
unsafe extern "C" fn reveille_lock_contended(word: *mut u32) {
    #[cfg(test)]
    tests::COME_BY.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    // SAFETY: the caller's promise.
    unsafe {
        if Word::compare_exchange(word, FREE, TAKEN) == FREE {
            return;
        }
        while Word::exchange(word, WAITED_FOR) != FREE {
            sleep(word);
        }
    }
}

/// Sleeps as long as somebody else has it, or for a shorter time.
///
/// # Safety
///
/// As above.
unsafe fn sleep(word: *const u32) {
    if let Some(strand) = point::strand().filter(|_| !is_shielded()) {
        _ = wait::sleep_on(strand, word, WAITED_FOR, ANY, None);
        return;
    }
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
    match of_run.map(|strand| wait::wake_on(strand, word, 1, ANY)) {
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
