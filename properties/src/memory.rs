//! The law `memory-leak`: a run gives back the memory that it takes. Who wants it judged
//! counts memory with an allocator of ours.
//!
//! That memory is left after one run proves little: thread-locals, arenas and tables grow when
//! they are first needed. So a run is made again by its tape, and if more is left then, two
//! times more; what is left each time, the same number of bytes in the same number of blocks, is
//! kept by every such run. Once that is so, the blocks that one more run leaves are found
//! with the stacks that made them.

use crate::callsite::blamed;
use std::alloc::{GlobalAlloc, Layout, System};
use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// The global allocator of tests that are to leave no memory behind: it passes everything on, and
/// counts what lives. Where it is, the law `memory-leak` is judged: each run must give back all
/// the memory that it takes.
///
/// ```
/// #[global_allocator]
/// static ALLOCATOR: reveille::CountingAllocator = reveille::CountingAllocator::new();
///
/// # fn main() {
/// reveille::Checker::new().runs(50).check(|| async {
///     let (sender, receiver) = async_channel::unbounded();
///     sender.send(String::from("some text")).await.unwrap();
///     assert_eq!(receiver.recv().await.unwrap(), "some text");
/// });
/// # }
/// ```
///
/// Each run is made twice then. [`Checker::allow`](crate::Checker::allow) switches the law off
/// for a test that fills a cache of its process.
#[derive(Clone, Copy, Debug, Default)]
pub struct CountingAllocator<A = System>(A);

impl CountingAllocator {
    /// Counts what the allocator of the system gives.
    #[must_use]
    pub const fn new() -> CountingAllocator {
        CountingAllocator(System)
    }
}

impl<A> CountingAllocator<A> {
    /// Counts what another allocator gives.
    #[must_use]
    pub const fn over(allocator: A) -> CountingAllocator<A> {
        CountingAllocator(allocator)
    }
}

/// Memory that was taken and not given back on this thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) bytes: i64,
    pub(crate) blocks: i64,
}

static IS_COUNTED: AtomicBool = AtomicBool::new(false);

thread_local! {
    static LIVE: Cell<Kept> = const { Cell::new(Kept { bytes: 0, blocks: 0 }) };
    /// Whether blocks are noted with the stacks that made them.
    static TRACKS: Cell<bool> = const { Cell::new(false) };
    /// By address; nothing is decided by it.
    static BLOCKS: RefCell<BTreeMap<usize, Block>> = const { RefCell::new(BTreeMap::new()) };
}

#[derive(Debug)]
struct Block {
    bytes: usize,
    made_by: Backtrace,
}

// SAFETY: everything is passed on as it is; what is counted beside it does not touch the memory,
// and is switched off while it allocates itself.
unsafe impl<A: GlobalAlloc> GlobalAlloc for CountingAllocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let block = unsafe { self.0.alloc(layout) };
        taken(block, layout.size());
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promise.
        let block = unsafe { self.0.alloc_zeroed(layout) };
        taken(block, layout.size());
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        given_back(block, layout.size());
        // SAFETY: the caller's promise.
        unsafe { self.0.dealloc(block, layout) };
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promise.
        let moved = unsafe { self.0.realloc(block, layout, size) };
        if !moved.is_null() {
            given_back(block, layout.size());
            taken(moved, size);
        }
        moved
    }
}

fn taken(block: *mut u8, size: usize) {
    if block.is_null() {
        return;
    }
    if !IS_COUNTED.load(Ordering::Relaxed) {
        IS_COUNTED.store(true, Ordering::Relaxed);
    }
    count(size, 1);
    untracked(|| {
        let made_by = Backtrace::force_capture();
        let block = (block.addr(), Block { bytes: size, made_by });
        let _ = BLOCKS.try_with(|blocks| blocks.borrow_mut().insert(block.0, block.1));
    });
}

fn given_back(block: *mut u8, size: usize) {
    count(size, -1);
    untracked(|| {
        let _ = BLOCKS.try_with(|blocks| blocks.borrow_mut().remove(&block.addr()));
    });
}

fn count(size: usize, sign: i64) {
    // A thread that ends may be past its locals.
    let _ = LIVE.try_with(|live| {
        let Kept { bytes, blocks } = live.get();
        live.set(Kept { bytes: bytes + sign * size as i64, blocks: blocks + sign });
    });
}

/// Notes something while blocks are tracked; what that allocates is no block of the run.
fn untracked(note: impl FnOnce()) {
    if TRACKS.try_with(|tracks| tracks.replace(false)) == Ok(true) {
        note();
        TRACKS.set(true);
    }
}

/// Whether memory is counted in this process.
pub(crate) fn is_counted() -> bool {
    IS_COUNTED.load(Ordering::Relaxed)
}

/// What `run` keeps each time that it is made; nothing if it gives all back.
pub(crate) fn kept_by_each(mut run: impl FnMut()) -> Option<Kept> {
    let mut kept = || {
        let before = LIVE.get();
        run();
        let after = LIVE.get();
        Kept { bytes: after.bytes - before.bytes, blocks: after.blocks - before.blocks }
    };
    let is_more = |kept: &Kept| kept.bytes > 0 && kept.blocks > 0;
    if !is_more(&kept()) {
        return None;
    }
    let (second, third) = (kept(), kept());
    (is_more(&second) && second == third).then_some(third)
}

/// How many bytes `run` keeps, and who made them: places, with bytes, if they are known.
pub(crate) fn makers_of_what_is_kept(run: impl FnOnce()) -> (u64, Vec<(String, u64)>) {
    BLOCKS.take();
    TRACKS.set(true);
    run();
    TRACKS.set(false);
    let mut makers: BTreeMap<String, u64> = BTreeMap::new();
    for block in BLOCKS.take().into_values() {
        let frames: Vec<String> = blamed(&block.made_by).iter().map(ToString::to_string).collect();
        *makers.entry(frames.join("\ncalled from ")).or_default() += block.bytes as u64;
    }
    let bytes = makers.values().sum();
    makers.remove("");
    (bytes, makers.into_iter().collect())
}
