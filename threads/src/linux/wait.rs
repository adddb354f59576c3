//! What strands wait for: words in memory, ends of other strands, time.
//!
//! The standard library's locks, condition variables and parkers, and those of `parking_lot`, all
//! wait by the system call `futex` ("Futexes Are Tricky", Drepper, 2011): sleep if a word is still
//! what it was, wake so many who sleep on a word. A strand that would sleep is blocked, and the
//! loop of the run goes on with another one; if there is none, and no timer is set, nobody will
//! ever wake it.
//!
//! Who has waited longest is woken first, as by a kernel among threads of the same priority.

use super::engine::Pool;
use super::point::{self, At};
use super::process_wide;
use super::sleepers;
use super::strand::Slot;
use super::watched::{meets, wakes};
use reveille_sim::Touching;
use reveille_sim::carried::{self, Back, Goes, shielded};
use std::time::Duration;

/// Whoever sleeps is woken, and by whomever.
pub(crate) const ANY: u32 = libc::FUTEX_BITSET_MATCH_ANY as u32;

/// What a strand is blocked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    /// A word, which is a place of the run, and the bits that a wake must have one of.
    Word { address: usize, place: Option<u32>, bits: u32 },
    /// The end of another strand.
    End(u32),
    /// Time alone.
    Time,
}

/// How a wait came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Waited {
    Woken,
    TimedOut,
    /// What it was to wait for had happened before.
    Not,
}

impl Slot {
    /// Blocks the calling strand until somebody ends its wait, or time does.
    pub(crate) fn wait(&self, on: Wait, limit: Option<Duration>) -> Waited {
        self.waits.set(Some((on, self.pool().next_wait())));
        let timer =
            limit.map(|limit| shielded(|| carried::unblock_after(limit, self.number.get())));
        self.catches_up();
        match shielded(carried::blocks) {
            Goes::To(other) => shielded(|| self.pass_to(other)),
            _ => self.leave(Back::Blocked),
        }
        // Whoever wakes takes the wait away; the timer does not.
        let how = if self.waits.take().is_some() { Waited::TimedOut } else { Waited::Woken };
        if let Some(timer) = timer {
            shielded(|| timer.cancel());
        }
        how
    }
}

impl Pool {
    /// Ends the waits of at most `most` strands on that, those that began first; gives how many
    /// there were.
    pub(crate) fn wake(&self, most: u32, is_it: impl Fn(Wait) -> bool) -> u32 {
        let mut woken = 0;
        while woken < most
            && let Some((on, slot)) = self.first_waiting(&is_it)
        {
            woken += 1;
            if let Wait::Word { address, .. } = on {
                self.runs.remove(address);
            }
            slot.waits.set(None);
            shielded(|| carried::unblock(slot.number.get()));
        }
        woken
    }

    fn first_waiting(&self, is_it: impl Fn(Wait) -> bool) -> Option<(Wait, &'static Slot)> {
        let living = self.living.borrow();
        let waiting = living.iter().filter_map(|slot| {
            let (on, since) = slot.waits.get()?;
            is_it(on).then_some((since, on, *slot))
        });
        waiting.min_by_key(|(since, ..)| *since).map(|(_, on, slot)| (on, slot))
    }

    /// Ends the waits of at most so many strands on a word.
    pub(crate) fn wake_on(&self, address: usize, bits: u32, most: u32) -> u32 {
        self.wake(most, |on| match on {
            Wait::Word { address: there, bits: wanted, .. } => {
                there == address && wanted & bits != 0
            }
            _ => false,
        })
    }
}

/// `futex` with an operation that sleeps.
pub(crate) fn sleep_on(
    strand: &Slot,
    word: *const u32,
    value: u32,
    bits: u32,
    limit: Option<Duration>,
) -> Result<(), libc::c_int> {
    // SAFETY: the caller of `futex` gave a word that can be read.
    unsafe {
        if shielded(|| process_wide::wait(strand, word, value)) {
            return Err(libc::EAGAIN);
        }
        meets(strand, word);
    }
    // The strand may be overtaken before it looks: what it did before it has said by then.
    let at = point::before(word.addr(), Touching::Load);
    // SAFETY: as above.
    let how = unsafe { sleep(strand, at, word, value, bits, limit) };
    // SAFETY: as above, and it is still there: a strand slept on it.
    unsafe { meets(strand, word) };
    match how {
        Waited::Woken => Ok(()),
        Waited::TimedOut => Err(libc::ETIMEDOUT),
        Waited::Not => Err(libc::EAGAIN),
    }
}

/// The look at the word, and the sleep: between them there is nothing, that is what a futex is for.
///
/// # Safety
///
/// The word may be read.
unsafe fn sleep(
    strand: &Slot,
    at: Option<At>,
    word: *const u32,
    value: u32,
    bits: u32,
    limit: Option<Duration>,
) -> Waited {
    strand.pool().runs.add(word.addr());
    // SAFETY: the caller's promise.
    let how = if unsafe { <u32 as super::operation::Word>::load(word) } == value {
        // Even a limit that has come takes its moment: who waits once more as long as it is not
        // past would do so for ever if the clock stood still.
        let limit = limit.map(|limit| limit.max(Duration::from_nanos(1)));
        point::note(at, Touching::Sleep);
        let place = at.map(|at| at.place);
        strand.wait(Wait::Word { address: word.addr(), place, bits }, limit)
    } else {
        Waited::Not
    };
    if how != Waited::Woken {
        strand.pool().runs.remove(word.addr());
    }
    how
}

/// A strand sleeps on the word of a lock, which it has looked at in the same step.
///
/// # Safety
///
/// The word may be read.
pub(crate) unsafe fn sleep_at_once(at: At, word: *const u32, value: u32) {
    // SAFETY: the caller's promise.
    unsafe {
        meets(at.strand, word);
        sleep(at.strand, Some(at), word, value, ANY, None);
        meets(at.strand, word);
    }
}

/// `futex` with an operation that wakes: those of the run first, then those of other runs. Gives how
/// many there were within the run, and whether others may sleep there.
pub(crate) fn wake_on(strand: &Slot, word: *const u32, most: u32, bits: u32) -> (u32, bool) {
    if !shielded(|| process_wide::is_of_nobody(strand, word)) {
        wakes(strand, word);
        let at = point::before(word.addr(), Touching::Wake);
        point::after(at, Touching::Wake);
        wakes(strand, word);
    }
    wake(strand, word, most, bits)
}

/// A strand wakes one who sleeps on the word of a lock, which it has given back in the same step.
pub(crate) fn wake_at_once(strand: &'static Slot, word: *const u32) -> (u32, bool) {
    if !shielded(|| process_wide::is_of_nobody(strand, word)) {
        let at = point::at(strand, word.addr());
        wakes(strand, word);
        point::note(Some(at), Touching::Wake);
    }
    wake(strand, word, 1, ANY)
}

fn wake(strand: &Slot, word: *const u32, most: u32, bits: u32) -> (u32, bool) {
    let within = strand.pool().wake_on(word.addr(), bits, most);
    let may_be_others = within < most
        && sleepers::wake(word.addr(), bits, most - within, Some(&strand.pool().runs));
    (within, may_be_others)
}
