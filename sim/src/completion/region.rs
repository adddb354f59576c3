//! The raw memory that is in flight on this thread, for the allocator to look at.
//!
//! While nothing is in flight the allocator looks at one counter. No table is held while
//! anything is told, and memory that is asked about while a table changes is that of the
//! table.

use super::misuse::Ticket;
use crate::few::Few;
use std::alloc::Layout;
use std::cell::{Cell, RefCell};
use std::ops::Range;
use std::sync::Arc;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
    static REGIONS: RefCell<Regions> = const { RefCell::new(Regions::new()) };
}

/// Names a region: where it starts, and the number of its operation.
pub(super) type Key = (usize, u32);

struct Regions {
    by_start: Few<Key, Region>,
    /// No region is longer.
    longest: usize,
    /// Blocks that were freed and are kept, because a region lies in them.
    kept: Vec<Block>,
}

struct Region {
    end: usize,
    /// Whether the kernel writes to it.
    is_written: bool,
    ticket: Arc<Ticket>,
}

struct Block {
    pointer: *mut u8,
    layout: Layout,
}

impl Block {
    fn range(&self) -> Range<usize> {
        let start = self.pointer.addr();
        start..start.saturating_add(self.layout.size())
    }

    fn free(self) {
        // SAFETY: whoever owned the block gave it to the allocator that `dealloc` leads
        // to, with this layout, and the allocator has kept it.
        unsafe { std::alloc::dealloc(self.pointer, self.layout) }
    }
}

impl Regions {
    const fn new() -> Regions {
        Regions { by_start: Few::new(), longest: 0, kept: Vec::new() }
    }

    fn overlapping(&self, range: Range<usize>) -> impl Iterator<Item = &Region> {
        let first = range.start.saturating_sub(self.longest);
        let near = self.by_start.range((first, 0)..(range.end, 0));
        near.map(|(_, region)| region).filter(move |region| region.end > range.start)
    }

    /// Takes out the blocks that no region needs any more.
    fn release(&mut self) -> Vec<Block> {
        let all = std::mem::take(&mut self.kept);
        let is_needed = |block: &Block| self.overlapping(block.range()).next().is_some();
        let (needed, free) = all.into_iter().partition(is_needed);
        self.kept = needed;
        free
    }
}

/// From now on the memory is the kernel's; answers the operation that it belongs to
/// already, if that is one too many.
pub(super) fn add(
    range: Range<usize>,
    is_written: bool,
    ticket: &Arc<Ticket>,
) -> (Key, Option<Arc<Ticket>>) {
    let key = (range.start, ticket.number);
    let region = Region { end: range.end, is_written, ticket: ticket.clone() };
    let clash = REGIONS.with_borrow_mut(|regions| {
        let clash = regions
            .overlapping(range.clone())
            .find(|other| other.is_written || is_written)
            .map(|other| other.ticket.clone());
        regions.longest = regions.longest.max(range.len());
        regions.by_start.insert(key, region);
        clash
    });
    COUNT.set(COUNT.get() + 1);
    (key, clash)
}

/// The memory is its owner's again.
pub(super) fn remove(key: Key) {
    let (gone, free) = REGIONS.with_borrow_mut(|regions| {
        let gone = regions.by_start.remove(&key);
        if regions.by_start.is_empty() {
            regions.longest = 0;
        }
        (gone, regions.release())
    });
    COUNT.set(COUNT.get() - usize::from(gone.is_some()));
    free.into_iter().for_each(Block::free);
}

/// The run is over, and its kernel is gone: all memory is its owner's again.
pub(crate) fn let_go() {
    if COUNT.get() == 0 {
        return;
    }
    let gone = REGIONS.replace(Regions::new());
    COUNT.set(0);
    gone.kept.into_iter().for_each(Block::free);
    drop(gone.by_start);
}

/// Whether anything is in flight, for who has no time.
#[inline(always)]
pub(super) fn is_any_in_flight() -> bool {
    COUNT.get() != 0
}

/// Whether a part of the block is in flight.
pub(super) fn touches(pointer: *mut u8, layout: Layout) -> bool {
    let block = Block { pointer, layout };
    let touches = |regions: &Regions| regions.overlapping(block.range()).next().is_some();
    let touches = REGIONS.try_with(|regions| regions.try_borrow().is_ok_and(|r| touches(&r)));
    touches.unwrap_or(false)
}

/// Keeps a block that is about to be freed if it is in flight; answers the operation. It
/// is freed when the operation has completed.
pub(super) fn keep(pointer: *mut u8, layout: Layout) -> Option<Arc<Ticket>> {
    let keep = |regions: &mut Regions| {
        let block = Block { pointer, layout };
        let ticket = regions.overlapping(block.range()).next()?.ticket.clone();
        regions.kept.push(block);
        Some(ticket)
    };
    // Memory that is freed while the table changes is that of the table, and at the end
    // of the thread there is no run.
    let kept = REGIONS.try_with(|regions| keep(&mut *regions.try_borrow_mut().ok()?));
    kept.ok().flatten()
}
