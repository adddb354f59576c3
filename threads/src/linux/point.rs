//! Scheduling points: what a strand does before it touches what others may see.
//!
//! Before every atomic operation, wait and wake the sampler is asked whether another strand goes
//! first. By default a strand goes on, so one that spins until another does something would spin
//! for ever: a strand that has read so often and changed nothing gives its turn up. So does one
//! that was never left in so many operations, whatever it does.

use super::strand::Slot;
use reveille_sim::Touch;
pub(crate) use reveille_sim::Touching;
use reveille_sim::carried::{self, Back, Goes, shielded};
use std::cell::Cell;
use std::ptr;

/// Reads in a row without a change after which a strand is taken to spin.
const SPINS: u32 = 16;
/// Operations in a row after which others have a turn, whatever the strand does. It is a prime: a
/// strand that goes round in circles is left at another place of its round each time, and does not
/// have the same lock whenever the others come to look.
const MOST_IN_A_ROW: u32 = 997;

thread_local! {
    /// The strand that this thread is, if it is one.
    static STRAND: Cell<*const Slot> = const { Cell::new(ptr::null()) };

    /// Where this thread has loaded last while it was no strand.
    static LOOKED_AT: Cell<usize> = const { Cell::new(0) };
}

/// Where the standard library counts the panics of the whole process; 0 if it is not seen to look
/// there.
///
/// It does at each lock and unlock, to know whether the calling thread panics: if nobody does, it
/// need not ask the thread's own count. So what a strand finds there makes no difference to it,
/// and a look is no scheduling point.
pub(crate) fn count_of_panics() -> usize {
    shielded(|| {
        LOOKED_AT.set(0);
        std::hint::black_box(std::thread::panicking());
        LOOKED_AT.get()
    })
}

/// From here on this thread is a strand, or none.
pub(crate) fn be(strand: *const Slot) {
    STRAND.set(strand);
}

/// The strand that calls.
#[inline(always)]
pub(crate) fn strand() -> Option<&'static Slot> {
    let strand = STRAND.get();
    // SAFETY: the strand itself has set it, and its slot lives as long as its thread does.
    (!strand.is_null()).then(|| unsafe { &*strand })
}

/// Who touches which place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At {
    pub(super) strand: &'static Slot,
    pub(crate) place: u32,
}

/// Before an operation on what is there: another strand may go first. None if it is no strand
/// that touches it, or nobody can tell who goes first.
#[inline(always)]
pub(crate) fn before(address: usize, how: Touching) -> Option<At> {
    let is_load = matches!(how, Touching::Load);
    let Some(strand) = strand().filter(|_| !carried::is_shielded()) else {
        if is_load {
            LOOKED_AT.set(address);
        }
        return None;
    };
    if is_load && address == strand.count_of_panics.get() {
        return None;
    }
    Some(stop_before(strand, address, how))
}

/// The place at an address that a strand touches without being overtaken.
pub(crate) fn at(strand: &'static Slot, address: usize) -> At {
    strand.catches_up();
    strand.touches.set(address);
    At { strand, place: shielded(|| strand.pool().place(strand, address, Touching::Change)).number }
}

#[inline(never)]
fn stop_before(strand: &'static Slot, address: usize, how: Touching) -> At {
    strand.catches_up();
    strand.touches.set(address);
    shielded(|| {
        let place = strand.pool().place(strand, address, how);
        let touch = match how {
            Touching::Load => Touch::Read(place.resource),
            _ => Touch::Write(place.resource),
        };
        match carried::goes_at(touch) {
            Goes::On => {}
            Goes::Back => strand.leave(Back::Preempted),
            Goes::To(other) => strand.pass_to(other),
        }
        At { strand, place: place.number }
    })
}

/// Whether somebody keeps account of what strands know of memory.
#[inline(always)]
pub(crate) fn is_watched(at: Option<At>) -> bool {
    at.is_some_and(|at| at.strand.pool().is_watched())
}

/// Whether who made an operation holds a lock by it, or no more. Locks are words that are 0 while
/// nobody has them; who changes one from 0 has it, until it is 0 again.
#[inline(always)]
pub(crate) fn holds(at: Option<At>, was_free: bool, is_free: bool) {
    if let Some(At { strand, place, .. }) = at
        && was_free != is_free
    {
        strand.pool().held(place, was_free.then(|| strand.number.get()));
    }
}

/// The operation was made; it changed something, and nobody else goes first now.
pub(crate) fn note(at: Option<At>, how: Touching) {
    if let Some(At { strand, place, .. }) = at {
        carried::note_touch(place, how);
        strand.reads.set(0);
    }
}

/// After the operation: one that goes on and on lets others go first.
#[inline(always)]
pub(crate) fn after(at: Option<At>, how: Touching) {
    if let Some(At { strand, place, .. }) = at {
        carried::note_touch(place, how);
        let changes_nothing = matches!(how, Touching::Load | Touching::Refusal);
        let reads = if changes_nothing { strand.reads.get() + 1 } else { 0 };
        strand.reads.set(reads);
        strand.in_a_row.set(strand.in_a_row.get() + 1);
        if reads >= SPINS || strand.in_a_row.get() >= MOST_IN_A_ROW {
            strand.reads.set(0);
            strand.leave(Back::Yielded);
        }
    }
}
