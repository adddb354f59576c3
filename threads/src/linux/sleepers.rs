//! Strands that sleep on words, for those who wake from outside of their runs.
//!
//! A lock may be shared with threads that are no strands of the run: the standard library has
//! some for the whole process, and another test may run beside this one. Such a thread wakes by
//! the kernel, which knows nothing of strands; so whoever wakes somebody and is not within the
//! run looks here, and writes to the run.

use reveille_sim::carried::{Doorbell, shielded};
use std::sync::{Mutex, MutexGuard, PoisonError};

#[derive(Debug)]
struct Sleeper {
    address: usize,
    bits: u32,
    strand: u32,
    bell: Doorbell,
}

static SLEEPERS: Mutex<Vec<Sleeper>> = Mutex::new(Vec::new());

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

/// Wakes at most so many who sleep there, in whichever run; gives how many there were.
pub(crate) fn wake(address: usize, bits: u32, most: usize) -> usize {
    shielded(|| {
        let is_it = |sleeper: &Sleeper| sleeper.address == address && sleeper.bits & bits != 0;
        let mut woken = Vec::new();
        sleepers().retain(|sleeper| {
            let is_woken = woken.len() < most && is_it(sleeper);
            if is_woken {
                woken.push((sleeper.bell, sleeper.strand));
            }
            !is_woken
        });
        // Whoever writes to a run wakes it, too, and comes by here again.
        woken.iter().for_each(|(bell, strand)| bell.unblock(*strand));
        woken.len()
    })
}
