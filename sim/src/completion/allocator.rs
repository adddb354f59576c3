//! An allocator that sees memory freed while it is in flight.

use super::misuse::Misuse;
use super::region;
use std::alloc::{GlobalAlloc, Layout, System};

/// The global allocator of a test of a driver: it passes everything on, and sees memory
/// that is freed, or moved, while it is the kernel's.
///
/// The block is kept until the completion, so that the kernel of the run writes to memory
/// that is there. What is freed on another thread than that of the run is not seen.
///
/// ```
/// # use reveille_sim as reveille;
/// #[global_allocator]
/// static ALLOCATOR: reveille::completion::GuardedAllocator =
///     reveille::completion::GuardedAllocator::new();
/// # fn main() {}
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct GuardedAllocator<A = System>(A);

impl GuardedAllocator {
    /// Guards the allocator of the system.
    #[must_use]
    pub const fn new() -> GuardedAllocator {
        GuardedAllocator(System)
    }
}

impl<A> GuardedAllocator<A> {
    /// Guards another allocator.
    #[must_use]
    pub const fn over(allocator: A) -> GuardedAllocator<A> {
        GuardedAllocator(allocator)
    }
}

/// Keeps a block that is in flight, and tells; answers whether it was kept.
#[cold]
fn keep(pointer: *mut u8, layout: Layout, how: Misuse) -> bool {
    let Some(ticket) = region::keep(pointer, layout) else { return false };
    ticket.misused(how, None);
    true
}

// SAFETY: everything is passed on, but for blocks that are kept for a while: those are
// passed on later, once, with their layout.
unsafe impl<A: GlobalAlloc> GlobalAlloc for GuardedAllocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { self.0.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        unsafe { self.0.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if region::is_any_in_flight() && keep(block, layout, Misuse::Freed) {
            return;
        }
        // SAFETY: the caller's promise.
        unsafe { self.0.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !region::is_any_in_flight() || !region::touches(block, layout) {
            // SAFETY: the caller's promise.
            return unsafe { self.0.realloc(block, layout, size) };
        }
        // SAFETY: the caller promises a size that is not 0 and fits when rounded up.
        let new = unsafe {
            let new = Layout::from_size_align_unchecked(size, layout.align());
            self.0.alloc(new)
        };
        if new.is_null() {
            return new;
        }
        // SAFETY: both blocks have so many bytes, and the new one is nobody else's.
        unsafe { std::ptr::copy_nonoverlapping(block, new, layout.size().min(size)) };
        if !keep(block, layout, Misuse::Moved) {
            // SAFETY: the caller gives the block away.
            unsafe { self.0.dealloc(block, layout) };
        }
        new
    }
}
