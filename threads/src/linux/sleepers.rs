//! Strands that sleep on words, for those who wake from outside of their runs.
//!
//! A lock may be shared with threads that are no strands of the run: the standard library has
//! some for the whole process, and another test may run beside this one. Such a thread wakes by
//! the kernel, which knows nothing of strands; so whoever wakes somebody and is not within the
//! run looks here, and writes to the run.
//!
//! And the other way round: a strand that wakes nobody within its run has the kernel look, too.
//! That is slow, so all who sleep on a word are counted: strands, and threads whose sleep comes
//! by the C library's `syscall`, as that of the standard library does, and of `parking_lot`. What
//! the C library itself sleeps on does not come by; but nor does it come by when it wakes.

use reveille_sim::carried::{Doorbell, shielded};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
struct Sleeper {
    address: usize,
    bits: u32,
    strand: u32,
    bell: Doorbell,
}

static SLEEPERS: Mutex<Vec<Sleeper>> = Mutex::new(Vec::new());

/// How many sleep, or are about to, on the words that share a count.
static ASLEEP: [AtomicU32; COUNTS] = [const { AtomicU32::new(0) }; COUNTS];
const COUNTS: usize = 256;

fn asleep(address: usize) -> &'static AtomicU32 {
    let word = address >> 2;
    &ASLEEP[(word ^ word >> 8 ^ word >> 16) % COUNTS]
}

/// Somebody sleeps, or is about to. Who is counted before it looks at the word, and is not seen
/// by who looks at the count after it has changed the word, sees that change.
#[derive(Debug)]
pub struct Asleep(usize);

impl Asleep {
    pub(crate) fn on(address: usize) -> Asleep {
        shielded(|| asleep(address).fetch_add(1, SeqCst));
        Asleep(address)
    }

    /// Whether anybody may sleep there. What the caller has done before is seen by who is not.
    pub(crate) fn may_be_on(address: usize) -> bool {
        // It is an operation that locks, which a load is not.
        shielded(|| asleep(address).fetch_add(0, SeqCst)) > 0
    }
}

impl Drop for Asleep {
    fn drop(&mut self) {
        shielded(|| asleep(self.0).fetch_sub(1, SeqCst));
    }
}

fn sleepers() -> MutexGuard<'static, Vec<Sleeper>> {
    SLEEPERS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The strand of the run behind the bell is about to sleep there. From now on it is woken; so
/// only then must it look at the word.
pub(crate) fn add(address: usize, bits: u32, strand: u32, bell: Doorbell) {
    shielded(|| sleepers().push(Sleeper { address, bits, strand, bell }));
}

/// It does not sleep there any more; answers whether nobody here has woken it.
pub(crate) fn remove(strand: u32, bell: Doorbell) -> bool {
    let is_it = |sleeper: &Sleeper| sleeper.strand == strand && sleeper.bell == bell;
    shielded(|| {
        let mut sleepers = sleepers();
        let at = sleepers.iter().position(is_it);
        at.map(|at| sleepers.remove(at)).is_some()
    })
}

/// Wakes at most so many who sleep there, in whichever run but that of who wakes; gives how many
/// there were.
pub(crate) fn wake(address: usize, bits: u32, most: u32, by: Option<Doorbell>) -> u32 {
    shielded(|| {
        let is_it = |sleeper: &Sleeper| {
            sleeper.address == address && sleeper.bits & bits != 0 && Some(sleeper.bell) != by
        };
        let mut woken = Vec::new();
        sleepers().retain(|sleeper| {
            let is_woken = woken.len() < most as usize && is_it(sleeper);
            if is_woken {
                woken.push((sleeper.bell, sleeper.strand));
            }
            !is_woken
        });
        // Whoever writes to a run wakes it, too, and comes by here again.
        woken.iter().for_each(|(bell, strand)| bell.unblock(*strand));
        woken.len() as u32
    })
}
