//! Memory of tasks, kept from run to run.
//!
//! A run of a few microseconds must not pay for the allocator. Blocks are sorted
//! into classes of 8 bytes; what is larger or more aligned than the classes
//! provide for goes to the allocator as it is.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

const STEP: usize = 8;
const CLASSES: usize = 512;
const ALIGN: usize = 16;

#[derive(Debug)]
pub(crate) struct Blocks {
    free: [Vec<NonNull<u8>>; CLASSES],
}

/// The layout that is really allocated for a task of layout `wanted`.
fn granted(wanted: Layout) -> Layout {
    match class(wanted) {
        Some(class) => Layout::from_size_align(size(class), ALIGN).unwrap_or(wanted),
        None => wanted,
    }
}

/// The size of the blocks of a class.
fn size(class: usize) -> usize {
    // `CLASSES * STEP` is far from overflow.
    (class + 1) * STEP
}

fn class(wanted: Layout) -> Option<usize> {
    let class = wanted.size().saturating_sub(1) / STEP;
    (class < CLASSES && wanted.align() <= ALIGN).then_some(class)
}

impl Blocks {
    pub(crate) fn new() -> Self {
        Blocks { free: [const { Vec::new() }; CLASSES] }
    }

    /// A block for `wanted`, which must not be of size zero.
    #[inline]
    pub(crate) fn take(&mut self, wanted: Layout) -> NonNull<u8> {
        debug_assert!(wanted.size() > 0);
        if let Some(block) = class(wanted).and_then(|class| self.free[class].pop()) {
            return block;
        }
        let layout = granted(wanted);
        // SAFETY: the size of a granted layout is at least that of the wanted one.
        let block = unsafe { alloc(layout) };
        NonNull::new(block).unwrap_or_else(|| handle_alloc_error(layout))
    }

    /// Takes a block back.
    ///
    /// # Safety
    ///
    /// `block` came from `take` with the same layout, of these blocks or others,
    /// and is used no more.
    #[inline]
    pub(crate) unsafe fn give(&mut self, block: NonNull<u8>, wanted: Layout) {
        match class(wanted) {
            Some(class) => self.free[class].push(block),
            // SAFETY: the caller's promise.
            None => unsafe { Blocks::release(block, wanted) },
        }
    }

    /// Gives a block to the allocator, on any thread.
    ///
    /// # Safety
    ///
    /// As for `give`.
    pub(crate) unsafe fn release(block: NonNull<u8>, wanted: Layout) {
        // SAFETY: `take` allocated it with this layout.
        unsafe { dealloc(block.as_ptr(), granted(wanted)) }
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        for (class, free) in self.free.iter_mut().enumerate() {
            for block in free.drain(..) {
                if let Ok(layout) = Layout::from_size_align(size(class), ALIGN) {
                    // SAFETY: blocks of this class were allocated with this
                    // layout, and a block in the list is used by nobody.
                    unsafe { dealloc(block.as_ptr(), layout) }
                }
            }
        }
    }
}
