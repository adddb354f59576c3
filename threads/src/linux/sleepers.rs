//! Who sleeps on words, for those who wake from outside of their runs.
//!
//! A lock may be shared with threads that are no strands of the run: the standard library has
//! some for the whole process, and another test may run beside this one. Such a thread wakes by
//! the kernel, which knows nothing of strands; so whoever wakes somebody and is not within the
//! run looks here, and writes to the run. And the other way round: a strand that wakes nobody
//! within its run has other runs and the kernel look, too.
//!
//! That is slow, so all who sleep on a word are counted: strands, and threads whose sleep comes
//! by the C library's `syscall`, as that of the standard library does, and of `parking_lot`. What
//! the C library itself sleeps on does not come by; but nor does it come by when it wakes. Words
//! share counts, and who is woken by mistake looks at its word and sleeps again, as whoever
//! sleeps on a futex must.

use super::operation::Word;
use reveille_sim::carried::{Doorbell, shielded};
use std::cell::UnsafeCell;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many sleep, or are about to, on the words that share a count.
struct Counts([UnsafeCell<u32>; COUNTS]);
const COUNTS: usize = 256;

// SAFETY: every access is one instruction that is atomic.
unsafe impl Sync for Counts {}
// SAFETY: as above.
unsafe impl Send for Counts {}

impl Counts {
    const fn new() -> Counts {
        Counts([const { UnsafeCell::new(0) }; COUNTS])
    }

    #[inline]
    fn of(&self, address: usize) -> *mut u32 {
        let word = address >> 2;
        self.0[(word ^ word >> 8 ^ word >> 16) % COUNTS].get()
    }

    /// Adds to the count of an address, and gives what it was.
    #[inline]
    fn add(&self, address: usize, value: u32) -> u32 {
        // SAFETY: it lives. As an operation that locks it is in one order with what the caller
        // does to the word before or after.
        unsafe { Word::fetch_add(self.of(address), value) }
    }

    /// The same where one thread alone changes the counts.
    #[inline]
    fn add_alone(&self, address: usize, value: u32) {
        let count = self.of(address);
        // SAFETY: it lives.
        unsafe { Word::store(count, Word::load(count).wrapping_add(value)) };
    }

    #[inline]
    fn get(&self, address: usize) -> u32 {
        // SAFETY: it lives.
        unsafe { Word::load(self.of(address)) }
    }
}

impl fmt::Debug for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Counts").finish_non_exhaustive()
    }
}

/// All of the process.
static ASLEEP: Counts = Counts::new();

/// Somebody sleeps, or is about to. Who is counted before it looks at the word, and is not seen
/// by who looks at the count after it has changed the word, sees that change.
#[derive(Debug)]
#[cfg_attr(not(reveille_threads), allow(unreachable_pub))]
pub struct Asleep(usize);

impl Asleep {
    pub(crate) fn on(address: usize) -> Asleep {
        ASLEEP.add(address, 1);
        Asleep(address)
    }

    /// Whether anybody may sleep there. What the caller has done before is seen by who is not.
    #[inline]
    pub(crate) fn may_be_on(address: usize) -> bool {
        ASLEEP.add(address, 0) > 0
    }
}

impl Drop for Asleep {
    fn drop(&mut self) {
        ASLEEP.add(self.0, 1_u32.wrapping_neg());
    }
}

/// The runs of a pool, one after the other, of which strands may sleep on words that others wake.
#[derive(Debug)]
pub(crate) struct Runs(Arc<Listener>);

#[derive(Debug)]
struct Listener {
    asleep: Counts,
    bell: Mutex<Option<Doorbell>>,
}

static LISTENERS: Mutex<Vec<Arc<Listener>>> = Mutex::new(Vec::new());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Runs {
    /// None so far.
    pub(crate) fn new() -> Runs {
        shielded(|| {
            let listener = Arc::new(Listener { asleep: Counts::new(), bell: Mutex::default() });
            lock(&LISTENERS).push(listener.clone());
            Runs(listener)
        })
    }

    /// From here on they are those behind that bell.
    pub(crate) fn are_behind(&self, bell: Option<Doorbell>) {
        shielded(|| *lock(&self.0.bell) = bell);
    }

    /// A strand is about to sleep there.
    #[inline]
    pub(crate) fn add(&self, address: usize) {
        // Whoever finds somebody asleep at all finds out here who it is.
        self.0.asleep.add_alone(address, 1);
        ASLEEP.add(address, 1);
    }

    /// It does not any more: it was woken, or time is up.
    #[inline]
    pub(crate) fn remove(&self, address: usize) {
        self.0.asleep.add_alone(address, 1_u32.wrapping_neg());
        ASLEEP.add(address, 1_u32.wrapping_neg());
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        shielded(|| lock(&LISTENERS).retain(|other| !Arc::ptr_eq(other, &self.0)));
    }
}

/// Has at most so many woken who sleep there in each of the runs but those of `by`. Answers
/// whether anybody may sleep there at all.
#[inline]
pub(crate) fn wake(address: usize, bits: u32, most: u32, by: Option<&Runs>) -> bool {
    let may_be = Asleep::may_be_on(address);
    if may_be {
        wake_in_others(address, bits, most, by);
    }
    may_be
}

#[cold]
fn wake_in_others(address: usize, bits: u32, most: u32, by: Option<&Runs>) {
    shielded(|| {
        let is_other = |listener: &&Arc<Listener>| {
            by.is_none_or(|runs| !Arc::ptr_eq(listener, &runs.0))
                && listener.asleep.get(address) > 0
        };
        let others: Vec<_> = lock(&LISTENERS).iter().filter(is_other).cloned().collect();
        // Whoever writes to a run wakes it, too, and comes by here again.
        for other in others {
            let bell = *lock(&other.bell);
            bell.into_iter().for_each(|bell| bell.wake_on(address, bits, most));
        }
    });
}
