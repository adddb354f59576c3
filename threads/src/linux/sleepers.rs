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

use reveille_sim::carried::quiet::AtomicU32;
use reveille_sim::carried::{Doorbell, shielded};
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many sleep, or are about to, on the words that share a count.
#[derive(Debug)]
struct Counts([AtomicU32; COUNTS]);
const COUNTS: usize = 256;

impl Counts {
    const fn new() -> Counts {
        Counts([const { AtomicU32::new(0) }; COUNTS])
    }

    #[inline]
    fn of(&self, address: usize) -> &AtomicU32 {
        let word = address >> 2;
        &self.0[(word ^ word >> 8 ^ word >> 16) % COUNTS]
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
        ASLEEP.of(address).fetch_add(1, SeqCst);
        Asleep(address)
    }

    /// Whether anybody may sleep there. What the caller has done before is seen by who is not.
    #[inline]
    pub(crate) fn may_be_on(address: usize) -> bool {
        // It is an operation that locks, which a load is not.
        ASLEEP.of(address).fetch_add(0, SeqCst) > 0
    }
}

impl Drop for Asleep {
    fn drop(&mut self) {
        ASLEEP.of(self.0).fetch_sub(1, SeqCst);
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
        // One thread alone changes this count. Whoever finds somebody asleep at all finds out here
        // who it is.
        let count = self.0.asleep.of(address);
        count.store(count.load(Relaxed) + 1, Release);
        ASLEEP.of(address).fetch_add(1, SeqCst);
    }

    /// It does not any more: it was woken, or time is up.
    #[inline]
    pub(crate) fn remove(&self, address: usize) {
        let count = self.0.asleep.of(address);
        count.store(count.load(Relaxed) - 1, Release);
        ASLEEP.of(address).fetch_sub(1, SeqCst);
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
                && listener.asleep.of(address).load(Acquire) > 0
        };
        let others: Vec<_> = lock(&LISTENERS).iter().filter(is_other).cloned().collect();
        // Whoever writes to a run wakes it, too, and comes by here again.
        for other in others {
            let bell = *lock(&other.bell);
            bell.into_iter().for_each(|bell| bell.wake_on(address, bits, most));
        }
    });
}
