//! Memory of tasks, kept from run to run.
//!
//! A run of a few microseconds must not pay for the allocator. Blocks are sorted
//! into classes of 16 bytes; what is larger or more aligned than the classes
//! provide for goes to the allocator as it is. So do the first blocks of a class; who has
//! more tasks than these has many, and they lie side by side in [chunks](crate::chunk).

use crate::chunk::{self, Chunk};
use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

const STEP: usize = 16;
const CLASSES: usize = 256;
const ALIGN: usize = 16;

/// Blocks of a class that come from the allocator one by one.
const SINGLE: u32 = 1024;

/// A block of memory, and in its lowest bit whether it was cut from a chunk.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block(NonNull<u8>);

impl Block {
    /// The block at `place`.
    pub(crate) fn new(place: NonNull<u8>, is_cut: bool) -> Block {
        Block(place.map_addr(|address| address | usize::from(is_cut)))
    }

    pub(crate) fn is_cut(self) -> bool {
        self.0.addr().get() & 1 == 1
    }

    pub(crate) fn place(self) -> NonNull<u8> {
        if self.is_cut() {
            // SAFETY: the bit that is taken away was added.
            unsafe { self.0.byte_sub(1) }
        } else {
            self.0
        }
    }
}

#[derive(Debug)]
pub(crate) struct Blocks {
    free: [Vec<Block>; CLASSES],
    /// Blocks of each class that came from the allocator.
    single: [u32; CLASSES],
    /// The last one of each class has room.
    chunks: Vec<(usize, Chunk)>,
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
        Blocks { free: [const { Vec::new() }; CLASSES], single: [0; CLASSES], chunks: Vec::new() }
    }

    /// A block for `wanted`, which must not be of size zero.
    #[inline]
    pub(crate) fn take(&mut self, wanted: Layout) -> Block {
        debug_assert!(wanted.size() > 0);
        let class = class(wanted);
        match class.and_then(|class| self.free[class].pop()) {
            Some(block) => block,
            None => self.make(wanted, class),
        }
    }

    #[cold]
    fn make(&mut self, wanted: Layout, class: Option<usize>) -> Block {
        if let Some(class) = class {
            if self.single[class] == SINGLE {
                return Block::new(self.cut(class), true);
            }
            self.single[class] += 1;
        }
        let layout = granted(wanted);
        // SAFETY: the size of a granted layout is at least that of the wanted one.
        let place = unsafe { alloc(layout) };
        Block::new(NonNull::new(place).unwrap_or_else(|| handle_alloc_error(layout)), false)
    }

    fn cut(&mut self, class: usize) -> NonNull<u8> {
        let last = self.chunks.iter_mut().rev().find(|(of, _)| *of == class);
        if let Some(block) = last.and_then(|(_, chunk)| chunk.cut(size(class))) {
            return block;
        }
        let mut chunk = Chunk::new();
        let block = chunk.cut(size(class)).expect("a chunk holds a block of any class");
        self.chunks.push((class, chunk));
        block
    }

    /// Takes a block back.
    ///
    /// # Safety
    ///
    /// `block` came from `take` with the same layout, of these blocks, and is used no more.
    #[inline]
    pub(crate) unsafe fn give(&mut self, block: Block, wanted: Layout) {
        match class(wanted) {
            Some(class) => self.free[class].push(block),
            // SAFETY: the caller's promise.
            None => unsafe { Blocks::release(block, wanted) },
        }
    }

    /// Gives a block to where it is from, on any thread.
    ///
    /// # Safety
    ///
    /// As for `give`, of these blocks or others.
    pub(crate) unsafe fn release(block: Block, wanted: Layout) {
        let place = block.place();
        // SAFETY: the caller's promise; `take` allocated it with this layout.
        unsafe {
            if block.is_cut() {
                chunk::give_back(place);
            } else {
                dealloc(place.as_ptr(), granted(wanted));
            }
        }
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        self.chunks.sort_unstable_by_key(|(_, chunk)| chunk.address());
        let mut back = vec![0; self.chunks.len()];
        for (class, free) in self.free.iter_mut().enumerate() {
            for block in free.drain(..) {
                let place = block.place();
                if block.is_cut() {
                    let address = Chunk::address_of(place);
                    let found = self.chunks.binary_search_by_key(&address, |(_, c)| c.address());
                    found.into_iter().for_each(|chunk| back[chunk] += 1);
                } else if let Ok(layout) = Layout::from_size_align(size(class), ALIGN) {
                    // SAFETY: blocks of this class were allocated with this
                    // layout, and a block in the list is used by nobody.
                    unsafe { dealloc(place.as_ptr(), layout) }
                }
            }
        }
        for ((_, chunk), back) in self.chunks.drain(..).zip(back) {
            // SAFETY: the blocks that came back are used by nobody; who has another one
            // releases it.
            unsafe { chunk.retire(back) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Layouts of several classes, and one of none.
    const LAYOUTS: [Layout; 4] = [
        Layout::new::<[u64; 20]>(),
        Layout::new::<[u64; 30]>(),
        Layout::new::<[u64; 500]>(),
        Layout::new::<[u64; 5_000]>(),
    ];

    #[test]
    fn blocks_are_apart_and_come_back_in_any_order() {
        let mut blocks = Blocks::new();
        for round in 0..2 {
            let mut taken = Vec::new();
            for number in 0..20_000usize {
                let layout = LAYOUTS[if number % 100 == 0 { 3 } else { number % 3 }];
                let block = blocks.take(layout);
                let first = block.place().cast::<usize>();
                assert_eq!(first.addr().get() % ALIGN, 0);
                // SAFETY: a block has room for these, at its beginning and at its end.
                unsafe {
                    first.write(number);
                    first.byte_add(layout.size() - 8).write(number);
                }
                taken.push((block, layout, number));
            }
            assert!(taken.iter().filter(|(block, ..)| block.is_cut()).count() > 10_000);
            if round == 1 {
                taken.reverse();
            }
            for (block, layout, number) in taken {
                let first = block.place().cast::<usize>();
                // SAFETY: as above; each block is given back once.
                unsafe {
                    assert_eq!(
                        (*first.as_ptr(), *first.byte_add(layout.size() - 8).as_ptr()),
                        (number, number)
                    );
                    blocks.give(block, layout);
                }
            }
        }
    }

    #[test]
    fn what_is_released_before_and_after_the_world_goes_frees_its_chunk_once() {
        let layout = LAYOUTS[0];
        for before in [0, 1, 500, 1_000] {
            let mut blocks = Blocks::new();
            let mut taken: Vec<Block> = (0..3_000).map(|_| blocks.take(layout)).collect();
            for block in taken.split_off(1_000) {
                // SAFETY: it came from here with this layout.
                unsafe { blocks.give(block, layout) };
            }
            // The last thousand that were made are cut; take some of them again.
            let mut kept: Vec<Block> = (0..1_000).map(|_| blocks.take(layout)).collect();
            assert!(kept.iter().all(|block| block.is_cut()));
            let after = kept.split_off(before);
            let release = |kept: Vec<Block>| {
                // SAFETY: each came from these blocks with this layout, and goes once.
                kept.into_iter().for_each(|block| unsafe { Blocks::release(block, layout) });
            };
            release(kept);
            drop(blocks);
            release(after);
            release(taken);
        }
    }
}
