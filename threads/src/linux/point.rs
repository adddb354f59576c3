//! Scheduling points: what a strand does before it touches what others may see.
//!
//! Every atomic operation, wait and wake asks the loop of the run whether another strand goes
//! first. Two kinds of loops would never come to an end by that: by default a strand goes on, so
//! one that spins until another does something would spin for ever. A strand that has read so
//! often and changed nothing gives its turn up.

use super::strand::Slot;
use reveille_sim::Touch;
pub(crate) use reveille_sim::Touching;
use reveille_sim::carried::{self, Back, Goes, shielded};
use std::cell::Cell;
use std::ptr;

/// Reads in a row without a change after which a strand is taken to spin.
const SPINS: u32 = 16;
/// Operations in a row after which others have a turn, whatever the strand does.
const MOST_IN_A_ROW: u32 = 1_000;

thread_local! {
    /// The strand that this thread is, if it is one.
    static STRAND: Cell<*const Slot> = const { Cell::new(ptr::null()) };
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
    strand: &'static Slot,
    place: u32,
}

/// Before an operation on what is there: another strand may go first. None if it is no strand
/// that touches it.
#[inline(always)]
pub(crate) fn before(address: usize, how: Touching) -> Option<At> {
    let strand = strand().filter(|_| !carried::is_shielded())?;
    Some(stop_before(strand, address, how))
}

#[inline(never)]
fn stop_before(strand: &'static Slot, address: usize, how: Touching) -> At {
    shielded(|| {
        let place = strand.pool().place(strand, address);
        let touch = match how {
            Touching::Load => Touch::Read(place.resource),
            _ => Touch::Write(place.resource),
        };
        match carried::goes_at(touch) {
            Goes::On => {}
            Goes::Back => strand.leave(Back::Preempted),
            Goes::To(other) => {
                if let Some(other) = strand.pool().slot(other) {
                    strand.pass_to(other);
                }
            }
        }
        At { strand, place: place.number }
    })
}

/// After the operation.
#[inline(always)]
pub(crate) fn after(at: Option<At>, how: Touching) {
    if let Some(At { strand, place }) = at {
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
