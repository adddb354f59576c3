//! A task: one block of memory with its ledger, its future and then its output.
//!
//! ```text
//! TaskCell<F>   record: handles, joiner, where it was spawned, ...   same for every F
//!               header: ledger | vtable | strand                     what every poll touches
//!               stage:  Running(F) -> Finished(Result<F::Output, JoinError>) -> Taken
//! ```
//!
//! A [`TaskRef`] is a plain pointer to the header. What few polls need stands before it,
//! so that the header and a small future lie in two lines of the cache: among a million
//! tasks nearly every line that a poll touches comes from memory. The block lives until the task
//! is over *and* no handle is left; whoever makes the second of these true frees
//! it. References to it in the tables of the world (the ready queue, the list of
//! tasks, the oracle's debts) are taken out when the task ends.
//!
//! A future need not be `'static` here: the only one that is not is the root's,
//! and the run that borrows it ends before it does.

use crate::biased::BiasedCount;
use crate::block::{Block, Blocks};
use crate::identity::NOWHERE;
use crate::join::JoinError;
use crate::ledger::{Ledger, flag};
use crate::letters::Letter;
use crate::mailbox::Mailbox;
use crate::net::HostId;
use crate::panics;
use crate::strand::Strand;
use crate::sync::{AtomicUsize, Ordering};
use crate::trace::{PollEnd, TaskId};
use crate::world::Core;
use std::alloc::Layout;
use std::cell::{Cell, UnsafeCell};
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, Waker};

/// What every poll touches.
#[repr(C)]
pub(crate) struct Header {
    pub(crate) ledger: Ledger,
    vtable: &'static Vtable,
    /// When it last came into the queue of the runnable ones.
    pub(crate) arrival: Cell<u64>,
    pub(crate) strand: Strand,
}

/// What is needed when a task begins or ends, and what handles need.
#[repr(C)]
pub(crate) struct Record {
    /// The host of the fake network that it runs on; its children inherit it.
    pub(crate) host: Cell<HostId>,
    /// The place in the world's list of tasks.
    pub(crate) index: Cell<u32>,
    /// Join and abort handles that are alive.
    pub(crate) handles: BiasedCount,
    /// Who waits for the output.
    pub(crate) joiner: Cell<Option<Waker>>,
    pub(crate) spawned_at: &'static Location<'static>,
    /// For handles on other threads.
    home: AtomicUsize,
    pub(crate) run: u64,
    pub(crate) mailbox: &'static Mailbox<Letter>,
}

impl Header {
    #[inline(always)]
    pub(crate) fn id(&self) -> TaskId {
        TaskId(self.strand.number() as u32)
    }
}

#[derive(Debug)]
struct Vtable {
    layout: Layout,
    future: fn() -> &'static str,
    poll: unsafe fn(NonNull<Header>, &mut Context<'_>) -> PollEnd,
    cancel: unsafe fn(NonNull<Header>) -> PollEnd,
    take: unsafe fn(NonNull<Header>, Option<NonNull<()>>),
    drop: unsafe fn(NonNull<Header>),
}

#[repr(C)]
struct TaskCell<F: Future> {
    record: Record,
    header: Header,
    stage: UnsafeCell<Stage<F>>,
}

/// How far behind its block's beginning the header of a task stands: the same for every
/// future, since no field of the two asks for more alignment than a word.
const HEADER: usize = size_of::<Record>();
const _: () = {
    assert!(align_of::<Header>() <= align_of::<Record>());
    assert!(std::mem::offset_of!(TaskCell<std::future::Ready<()>>, header) == HEADER);
};

enum Stage<F: Future> {
    Running(F),
    Finished(Result<F::Output, JoinError>),
    Taken,
}

/// A task of the present run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TaskRef(NonNull<Header>);

/// What a task begins with.
pub(crate) struct Birth<'a> {
    pub(crate) host: HostId,
    pub(crate) strand: Strand,
    pub(crate) spawned_at: &'static Location<'static>,
    pub(crate) flags: u32,
    pub(crate) core: &'a Core,
}

struct Of<F>(F);

impl<F: Future> Of<F> {
    const VTABLE: Vtable = Vtable {
        layout: Layout::new::<TaskCell<F>>(),
        future: std::any::type_name::<F>,
        poll: poll::<F>,
        cancel: cancel::<F>,
        take: take::<F>,
        drop: drop_cell::<F>,
    };
    const VTABLE_REF: &'static Vtable = &Self::VTABLE;
}

impl TaskRef {
    pub(crate) fn from_ptr(ptr: NonNull<Header>) -> TaskRef {
        TaskRef(ptr)
    }

    /// Puts `future` into a block of `blocks`.
    #[inline]
    pub(crate) fn new<F: Future>(blocks: &mut Blocks, birth: Birth<'_>, future: F) -> TaskRef {
        let block = blocks.take(Layout::new::<TaskCell<F>>());
        let place = block.place().cast::<TaskCell<F>>();
        let flags = if block.is_cut() { birth.flags | flag::CUT } else { birth.flags };
        let cell = TaskCell {
            header: Header {
                ledger: Ledger::new(flags),
                vtable: Of::<F>::VTABLE_REF,
                arrival: Cell::new(0),
                strand: birth.strand,
            },
            record: Record {
                host: Cell::new(birth.host),
                index: Cell::new(0),
                handles: BiasedCount::new(1),
                joiner: Cell::new(None),
                spawned_at: birth.spawned_at,
                home: AtomicUsize::new(birth.core.address()),
                run: birth.core.run.get(),
                mailbox: birth.core.mailbox(),
            },
            stage: UnsafeCell::new(Stage::Running(future)),
        };
        // SAFETY: the block is fresh and of this layout, and the header within it.
        unsafe {
            place.write(cell);
            TaskRef(place.byte_add(HEADER).cast())
        }
    }

    #[inline(always)]
    pub(crate) fn strand<'a>(self) -> &'a Strand {
        &self.header().strand
    }

    #[inline(always)]
    pub(crate) fn header<'a>(self) -> &'a Header {
        // SAFETY: by the rule at the head of this file a reference in use points
        // to a living task. Headers are only ever borrowed shared.
        unsafe { self.0.as_ref() }
    }

    #[inline(always)]
    pub(crate) fn record<'a>(self) -> &'a Record {
        // SAFETY: as above; the record stands right before the header.
        unsafe { self.place().cast().as_ref() }
    }

    /// Where its memory begins.
    #[inline(always)]
    fn place(self) -> NonNull<u8> {
        // SAFETY: headers are made by `new` only, within a block.
        unsafe { self.0.byte_sub(HEADER).cast() }
    }

    fn block(self) -> Block {
        Block::new(self.place(), self.ledger().has(flag::CUT))
    }

    #[inline(always)]
    pub(crate) fn ledger<'a>(self) -> &'a Ledger {
        &self.header().ledger
    }

    #[inline(always)]
    pub(crate) fn id(self) -> TaskId {
        self.header().id()
    }

    /// Where what a poll touches is.
    pub(crate) fn address(self) -> usize {
        self.0.as_ptr().addr()
    }

    /// Where what it has beside its future is.
    #[cfg(feature = "threads")]
    pub(crate) fn part_of_run(self) -> std::ops::Range<usize> {
        let start = self.place().addr().get();
        start..start + HEADER + size_of::<Header>()
    }

    pub(crate) fn future_name(self) -> &'static str {
        (self.header().vtable.future)()
    }

    /// Polls the future; a panic ends it.
    #[inline(always)]
    pub(crate) fn poll(self, cx: &mut Context<'_>) -> PollEnd {
        // SAFETY: the vtable belongs to the cell, and the executor polls only
        // tasks that are not over and not being polled.
        unsafe { (self.header().vtable.poll)(self.0, cx) }
    }

    /// Drops the future of a task that is not being polled.
    pub(crate) fn cancel(self) -> PollEnd {
        // SAFETY: as above.
        unsafe { (self.header().vtable.cancel)(self.0) }
    }

    /// Moves the output to `place`.
    ///
    /// # Safety
    ///
    /// The task is over and `place` is an `Option<Result<T, JoinError>>` of the
    /// task's own output type.
    pub(crate) unsafe fn take_output(self, place: NonNull<()>) {
        // SAFETY: the caller's promise.
        unsafe { (self.header().vtable.take)(self.0, Some(place)) }
    }

    /// Drops the output of a task that is over, if it is still there.
    pub(crate) fn drop_output(self) {
        debug_assert!(self.ledger().has(flag::OVER));
        // SAFETY: the task is over, so nobody else looks at the stage.
        unsafe { (self.header().vtable.take)(self.0, None) }
    }

    /// Drops what is left of a task that is over and has no handle, and gives its
    /// block to `blocks`.
    ///
    /// # Safety
    ///
    /// Nothing refers to the task any more.
    pub(crate) unsafe fn free(self, core: &Core) {
        let (layout, block) = (self.header().vtable.layout, self.block());
        // SAFETY: the caller's promise.
        unsafe {
            (self.header().vtable.drop)(self.0);
            core.blocks.with(|blocks| blocks.give(block, layout));
        }
        #[cfg(feature = "threads")]
        core.memory_is_kept(block.place().addr().get(), layout.size());
    }

    /// The same on a thread that has no world.
    ///
    /// # Safety
    ///
    /// As above, and the task is an orphan.
    pub(crate) unsafe fn free_orphan(self) {
        let (layout, block) = (self.header().vtable.layout, self.block());
        // SAFETY: the caller's promise.
        unsafe {
            (self.header().vtable.drop)(self.0);
            Blocks::release(block, layout);
        }
    }

    #[inline(always)]
    pub(crate) fn is_at_home(self, world: usize) -> bool {
        self.record().home.load(Ordering::Relaxed) == world
    }

    /// From now on no world may touch the task: the run is over.
    pub(crate) fn leave_home(self) {
        self.record().home.store(NOWHERE, Ordering::Release);
    }

    pub(crate) fn is_orphan(self) -> bool {
        self.record().home.load(Ordering::Acquire) == NOWHERE
    }
}

/// The cell of a task.
///
/// # Safety
///
/// `task` is the header of a `TaskCell<F>`.
#[inline(always)]
unsafe fn cell<F: Future>(task: NonNull<Header>) -> NonNull<TaskCell<F>> {
    // SAFETY: the header stands in the cell, as far behind its beginning.
    unsafe { task.byte_sub(HEADER).cast() }
}

/// # Safety
///
/// `task` is a `TaskCell<F>` that is not over and not being polled.
unsafe fn poll<F: Future>(task: NonNull<Header>, cx: &mut Context<'_>) -> PollEnd {
    // SAFETY: the caller's promise.
    let task = unsafe { cell::<F>(task) };
    // SAFETY: nobody else looks at the stage while the task is polled; the cell
    // does not move until it is freed, so the future is pinned.
    let stage = unsafe { &mut *UnsafeCell::raw_get(&raw const (*task.as_ptr()).stage) };
    let Stage::Running(future) = stage else { return PollEnd::Ready };
    // SAFETY: see above.
    let future = unsafe { Pin::new_unchecked(future) };
    match catch_unwind(AssertUnwindSafe(|| future.poll(cx))) {
        Ok(Poll::Pending) => PollEnd::Pending,
        Ok(Poll::Ready(output)) => finish(task, Ok(output), PollEnd::Ready),
        Err(payload) => finish(task, Err(panicked(task, payload)), PollEnd::Panicked),
    }
}

fn panicked<F: Future>(
    task: NonNull<TaskCell<F>>,
    payload: Box<dyn std::any::Any + Send>,
) -> JoinError {
    panics::caught(payload.as_ref());
    // SAFETY: the caller holds a living task.
    JoinError::panicked(unsafe { task.as_ref() }.header.id(), payload)
}

/// Puts `result` in place of the future; a panic of the future's destructor
/// becomes the result.
fn finish<F: Future>(
    task: NonNull<TaskCell<F>>,
    result: Result<F::Output, JoinError>,
    end: PollEnd,
) -> PollEnd {
    // SAFETY: the callers have the stage to themselves. The future is dropped where
    // it stands, and what was dropped is overwritten at once.
    unsafe {
        let stage = UnsafeCell::raw_get(&raw const (*task.as_ptr()).stage);
        let dropped = catch_unwind(AssertUnwindSafe(|| std::ptr::drop_in_place(stage)));
        let (result, end) = match dropped {
            Ok(()) => (result, end),
            Err(payload) => {
                // A payload has a destructor too, and nothing may unwind from here.
                let payload = match catch_unwind(AssertUnwindSafe(|| drop(result))) {
                    Ok(()) => payload,
                    Err(later) => {
                        panics::discard(payload);
                        later
                    }
                };
                (Err(panicked(task, payload)), PollEnd::Panicked)
            }
        };
        stage.write(Stage::Finished(result));
        end
    }
}

/// # Safety
///
/// As for `poll`.
unsafe fn cancel<F: Future>(task: NonNull<Header>) -> PollEnd {
    // SAFETY: the caller's promise.
    let (cell, id) = unsafe { (cell::<F>(task), task.as_ref().id()) };
    finish(cell, Err(JoinError::cancelled(id)), PollEnd::Cancelled)
}

/// # Safety
///
/// As for [`TaskRef::take_output`]; without a place the output is dropped, and a
/// panic of its destructor with it.
unsafe fn take<F: Future>(task: NonNull<Header>, place: Option<NonNull<()>>) {
    // SAFETY: the caller's promise.
    unsafe {
        let stage = UnsafeCell::raw_get(&raw const (*cell::<F>(task).as_ptr()).stage);
        let stage = stage.replace(Stage::Taken);
        match (stage, place) {
            (Stage::Finished(result), Some(place)) => {
                *place.cast::<Option<Result<F::Output, JoinError>>>().as_mut() = Some(result);
            }
            (stage, _) => {
                catch_unwind(AssertUnwindSafe(|| drop(stage))).unwrap_or_else(panics::discard)
            }
        }
    }
}

/// # Safety
///
/// Nothing refers to the task, and its output is gone.
unsafe fn drop_cell<F: Future>(task: NonNull<Header>) {
    // SAFETY: the caller's promise.
    unsafe { std::ptr::drop_in_place(cell::<F>(task).as_ptr()) }
}
