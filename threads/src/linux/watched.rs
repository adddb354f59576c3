//! Operations whose places in the memory model are kept account of.

use super::memory::{self, Memory, Order, Touched};
use super::operation::Word;
use super::point::{At, strand};
use super::strand::Slot;
use core::ffi::c_int;
pub(crate) use reveille_sim::Accessing;
use reveille_sim::Touching;
use reveille_sim::carried::{is_shielded, shielded};

fn with<W: Word, R>(at: At, found: W, f: impl FnOnce(&mut Memory, memory::At) -> R) -> Option<R> {
    let place = memory::At {
        home: at.strand.home.get(),
        by: at.strand.number.get(),
        place: at.place,
        address: at.strand.touches.get(),
        bytes: size_of::<W>() as u8,
        found: found.to_bits(),
    };
    at.strand.pool().with_memory(|memory| f(memory, place))
}

/// A load found this newest value: the one that it gives.
#[inline(never)]
pub(crate) fn loaded<W: Word>(at: Option<At>, newest: W, order: c_int) -> W {
    let load = |memory: &mut Memory, at| memory.load(at, Order::of(order));
    at.and_then(|at| with(at, newest, load)).map_or(newest, W::from_bits)
}

/// A store was made in the place of a value.
#[inline(never)]
pub(crate) fn stored<W: Word>(at: Option<At>, found: W, value: W, order: c_int) {
    let store = |memory: &mut Memory, at| memory.store(at, value.to_bits(), Order::of(order));
    at.and_then(|at| with(at, found, store));
}

/// A value was read and another one written at once.
#[inline(always)]
pub(crate) fn changed<W: Word>(at: Option<At>, found: W, value: W, order: c_int) {
    let update = |memory: &mut Memory, at| memory.update(at, value.to_bits(), Order::of(order));
    at.and_then(|at| with(at, found, update));
}

/// A conditional operation is about to be made: what it finds instead of what it expects, if it
/// does not find that.
#[inline(never)]
pub(crate) fn refused<W: Word>(at: Option<At>, newest: W, expected: W, order: c_int) -> Option<W> {
    let refuse = |memory: &mut Memory, at| memory.refused(at, expected.to_bits(), Order::of(order));
    at.and_then(|at| with(at, newest, refuse)).flatten().map(W::from_bits)
}

/// The strand that calls, if somebody keeps account of what it does.
#[inline(always)]
fn watched() -> Option<&'static Slot> {
    strand().filter(|strand| strand.pool().is_watched() && !is_shielded())
}

/// A fence was made.
#[inline(always)]
pub(crate) fn fenced(order: c_int) {
    if let Some(strand) = watched() {
        strand.catches_up();
        let home = strand.home.get();
        strand.pool().with_memory(|memory| memory.fence(home, Order::of(order)));
    }
}

/// The strand is about to sleep on a word, or has: all who meet there know of each other.
///
/// # Safety
///
/// The word may be read.
pub(crate) unsafe fn meets(strand: &Slot, word: *const u32) {
    // SAFETY: the caller's promise.
    meet(strand, word, |_, _| u64::from(unsafe { <u32 as Word>::load(word) }));
}

/// A strand wakes who sleeps on a word. The word itself may be gone: whoever gives a lock back may
/// be overtaken by the one who frees it.
pub(crate) fn wakes(strand: &Slot, word: *const u32) {
    meet(strand, word, Memory::last_known);
}

fn meet(strand: &Slot, word: *const u32, found: impl FnOnce(&Memory, u32) -> u64) {
    if !strand.pool().is_watched() {
        return;
    }
    strand.catches_up();
    let address = word.addr();
    let place = shielded(|| strand.pool().place(strand, address, Touching::Change)).number;
    strand.pool().with_memory(|memory| {
        let found = found(memory, place);
        let (home, by) = (strand.home.get(), strand.number.get());
        let at = memory::At { home, by, place, address, bytes: 4, found };
        memory.update(at, found, Order::AcqRel);
    });
}

/// Memory is about to be touched by an instruction that is no atomic operation.
#[cfg_attr(not(reveille_races), allow(dead_code))]
#[inline(always)]
pub(crate) fn accessed(address: usize, bytes: u8, how: Accessing) {
    if let Some(strand) = watched() {
        let (home, by) = (strand.home.get(), strand.number.get());
        let touched = Touched { home, by, address, bytes, how };
        strand.pool().with_memory(|memory| memory.access(touched));
    }
}
