//! A large piece of memory that many tasks lie in, side by side.
//!
//! It is as large as a large page and begins at a multiple of its size, so a block finds
//! its chunk by its address.
//!
//! A world gives its chunks back when it goes. But a task that is over may be kept by a
//! handle on another thread, and then its block outlives the world: such a chunk goes with
//! the last of these. Until then nobody uses what other threads gave back.

use crate::huge::{self, PAGE};
use crate::sync::{AtomicIsize, Ordering};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

const LAYOUT: Layout = match Layout::from_size_align(PAGE, PAGE) {
    Ok(layout) => layout,
    Err(_) => unreachable!(),
};

/// What stands at the beginning of a chunk.
#[repr(align(64))]
struct Head {
    /// Blocks that are out when the world goes, less those that other threads gave back.
    out: AtomicIsize,
}

/// A chunk that belongs to a world.
#[derive(Debug)]
pub(crate) struct Chunk {
    head: NonNull<Head>,
    /// The bytes that were cut off from its beginning.
    used: usize,
    blocks: isize,
}

impl Chunk {
    pub(crate) fn new() -> Chunk {
        // SAFETY: the size is not zero.
        let memory = unsafe { alloc(LAYOUT) };
        let head = NonNull::new(memory).unwrap_or_else(|| handle_alloc_error(LAYOUT)).cast();
        huge::ask_for_large_pages(memory.addr(), PAGE);
        // SAFETY: it is the beginning of fresh memory.
        unsafe { head.write(Head { out: AtomicIsize::new(0) }) };
        Chunk { head, used: size_of::<Head>(), blocks: 0 }
    }

    /// A block of `size` bytes; none if there is no room for it.
    pub(crate) fn cut(&mut self, size: usize) -> Option<NonNull<u8>> {
        if self.used + size > PAGE {
            return None;
        }
        // SAFETY: it ends within the chunk.
        let block = unsafe { self.head.byte_add(self.used).cast() };
        self.used += size;
        self.blocks += 1;
        Some(block)
    }

    /// Where it begins.
    pub(crate) fn address(&self) -> usize {
        self.head.as_ptr().addr()
    }

    /// Where the chunk of a block begins.
    pub(crate) fn address_of(block: NonNull<u8>) -> usize {
        block.as_ptr().addr() & !(PAGE - 1)
    }

    /// Its world goes, to which so many of its blocks came back.
    ///
    /// # Safety
    ///
    /// None of these is used any more; those that are still out are given back by
    /// [`give_back`].
    pub(crate) unsafe fn retire(self, back: isize) {
        let out = self.blocks - back;
        // SAFETY: the world's claim kept it so far.
        if unsafe { self.head.as_ref() }.out.fetch_add(out, Ordering::AcqRel) + out == 0 {
            // SAFETY: no block is out.
            unsafe { free(self.head) }
        }
    }
}

/// Gives a block back to its chunk, on any thread.
///
/// # Safety
///
/// It was cut from one, is used no more, and is given back neither twice nor to its world.
pub(crate) unsafe fn give_back(block: NonNull<u8>) {
    let into_chunk = block.as_ptr().addr() - Chunk::address_of(block);
    // SAFETY: by the caller's promise this is the head of a chunk, which is kept for this
    // block.
    let head = unsafe { block.byte_sub(into_chunk).cast::<Head>() };
    // SAFETY: as above. Below zero the world is still there; who comes to zero was the last.
    if unsafe { head.as_ref() }.out.fetch_sub(1, Ordering::AcqRel) == 1 {
        // SAFETY: the world is gone and no block is out.
        unsafe { free(head) }
    }
}

unsafe fn free(head: NonNull<Head>) {
    // SAFETY: the caller is the last one, and `new` allocated it with this layout.
    unsafe { dealloc(head.as_ptr().cast(), LAYOUT) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_lie_within_their_chunk_side_by_side() {
        for size in [16, 176, 4096] {
            let mut chunk = Chunk::new();
            let mut end = chunk.address() + size_of::<Head>();
            let mut blocks = Vec::new();
            while let Some(block) = chunk.cut(size) {
                assert_eq!(block.as_ptr().addr(), end);
                assert_eq!(Chunk::address_of(block), chunk.address());
                end += size;
                blocks.push(block);
            }
            assert!((PAGE - size..=PAGE).contains(&(end - chunk.address())));
            // SAFETY: every block is back.
            unsafe { chunk.retire(blocks.len() as isize) };
        }
    }
}
