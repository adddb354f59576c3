//! A ledger of its own for a future inside a task.
//!
//! A combinator that brings its own wakers (`FuturesUnordered`, `join_all`,
//! `Shared`) keeps a waker of its task alive whatever its children do, so the
//! task's ledger cannot see that a child forgot to register. [`watch`] puts a
//! ledger around the child. What it claims is a broken contract; whether the task
//! can still get on is another question.

use crate::choice::Kind;
use crate::finding::Detail;
use crate::law::Law;
use crate::ledger::{Ledger, flag::*};
use crate::task::TaskRef;
use crate::trace::{Owner, PollEnd, TaskId, What};
use crate::waker;
use crate::world::{self, Core};
use pin_project_lite::pin_project;
use std::cell::Cell;
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, Waker};
use std::thread::ThreadId;

#[repr(C)]
pub(crate) struct Node {
    ledger: Ledger,
    number: u32,
    outlet: usize,
    run: u64,
    thread: ThreadId,
    /// The task that polled it last.
    task: Cell<Option<TaskId>>,
    /// The waker to pass wakes on to, kept only while somebody may wake us: kept
    /// longer, it would hide a debt of the task around us.
    outer: Cell<Option<Waker>>,
    /// Wakes that are being passed on, and whether the watch was dropped meanwhile.
    passing: Cell<u32>,
    gone: Cell<bool>,
}

/// Keeps the memory of a node while a wake is passed on.
struct Passing(WatchRef);

impl Passing {
    fn begin(watch: WatchRef) -> Passing {
        let passing = &watch.node().passing;
        passing.set(passing.get() + 1);
        Passing(watch)
    }
}

impl Drop for Passing {
    fn drop(&mut self) {
        let node = self.0.node();
        node.passing.set(node.passing.get() - 1);
        if node.gone.get() && node.passing.get() == 0 {
            // SAFETY: its watch left it to us, and no table knows it any more.
            drop(unsafe { Box::from_raw(self.0.0.as_ptr()) });
        }
    }
}

/// A watched future of the present run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WatchRef(NonNull<Node>);

impl WatchRef {
    pub(crate) fn from_ptr(ptr: NonNull<Node>) -> Self {
        WatchRef(ptr)
    }

    fn node<'a>(self) -> &'a Node {
        // SAFETY: a node leaves all tables before its memory goes.
        unsafe { self.0.as_ref() }
    }

    pub(crate) fn ledger<'a>(self) -> &'a Ledger {
        &self.node().ledger
    }

    pub(crate) fn task(self) -> Option<TaskId> {
        self.node().task.get()
    }

    pub(crate) fn number(self) -> u32 {
        self.node().number
    }

    /// Passes a wake on.
    pub(crate) fn woken(self, _core: &Core) {
        let node = self.node();
        let Some(waker) = node.outer.take() else { return };
        // The user's waker may do anything, such as to poll us, or to drop us.
        let passing = Passing::begin(self);
        waker.wake_by_ref();
        let newer = node.outer.take();
        let keeps = newer.is_none() && !node.gone.get() && node.ledger.clones() != 0;
        let (kept, spare) = if keeps { (Some(waker), None) } else { (newer, Some(waker)) };
        node.outer.set(kept);
        drop(spare);
        drop(passing);
    }

    /// Nobody can wake us any more, so we hold nobody's waker.
    pub(crate) fn release_outer(self) {
        if !self.node().ledger.has(RUNNING) {
            drop(self.node().outer.take());
        }
    }

    fn world(self) -> Option<&'static Core> {
        let node = self.node();
        world::current().filter(|core| core.is_run(node.outlet, node.run))
    }
}

pin_project! {
    /// A future with a ledger of its own; see [`watch`].
    #[must_use = "futures do nothing unless polled"]
    pub struct Watch<F> {
        // In this order: while the future is dropped its wakers mean nothing any
        // more, and its ledger goes last.
        closing: Closing,
        #[pin]
        future: F,
        place: Place,
        watched_at: &'static Location<'static>,
        is_terminated: Option<fn(&F) -> bool>,
    }
}

struct Closing(Option<WatchRef>);
struct Place(Option<WatchRef>);

// SAFETY: the node is touched only on the thread whose world it belongs to, and
// freed by whoever drops the watch, which that world does not know then.
unsafe impl Send for Closing {}
// SAFETY: as above.
unsafe impl Send for Place {}
// SAFETY: a shared reference gives no access.
unsafe impl Sync for Closing {}
// SAFETY: as above.
unsafe impl Sync for Place {}

/// Puts a ledger of its own around a future inside a task.
///
/// The laws `pending-without-waker`, `stale-waker`, `waker-dropped`,
/// `poll-after-ready` and `snoozed` are then checked for this future, whatever
/// its combinator does. So a future that may wait for ever, such as
/// [`pending`](std::future::pending), should not be watched. Outside a run it polls
/// the future and nothing else.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// let answer = reveille::watch(async { 42 }).await;
/// assert_eq!(answer, 42);
/// # });
/// ```
#[track_caller]
pub fn watch<F: Future>(future: F) -> Watch<F> {
    Watch {
        closing: Closing(None),
        future,
        place: Place(None),
        watched_at: Location::caller(),
        is_terminated: None,
    }
}

impl<F: Future> Watch<F> {
    /// Says how to tell that the future may be polled after `Ready`, as a fused
    /// one may; with `futures`, `FusedFuture::is_terminated`.
    pub fn unless(mut self, is_terminated: fn(&F) -> bool) -> Self {
        self.is_terminated = Some(is_terminated);
        self
    }
}

impl<F: Future> Future for Watch<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        let watch = match this.place.0 {
            Some(watch) => watch,
            None => match world::current() {
                None => return this.future.poll(cx),
                Some(core) => {
                    let watch = register(core, this.watched_at);
                    (this.place.0, this.closing.0) = (Some(watch), Some(watch));
                    watch
                }
            },
        };
        let Some(core) = watch.world() else { return this.future.poll(cx) };
        let node = watch.node();
        let ledger = &node.ledger;
        let owner = Owner::Watch(node.number);
        if ledger.has(TAKEN) {
            if this.is_terminated.is_some_and(|ask| ask(&this.future)) {
                return this.future.poll(cx);
            }
            core.find(Law::PollAfterReady, owner, Vec::new(), Detail::None);
            core.alarm.set(true);
            return Poll::Pending;
        }
        let was_pending = ledger.has(PENDING);
        if was_pending
            && core.faults.get().has(Kind::FreshWaker)
            && core.choose(Kind::FreshWaker, 2) == 1
        {
            ledger.take_identity(core);
        }
        let was_stale = ledger.has(STALE) && ledger.has(WOKEN);
        ledger.clear(WOKEN | PENDING | STALE);
        ledger.set(RUNNING);
        core.strike_off(ledger);
        node.task.set(core.running.get().map(TaskRef::id));
        let mut outer = node.outer.take();
        match &mut outer {
            Some(waker) => waker.clone_from(cx.waker()),
            None => outer = Some(cx.waker().clone()),
        }
        node.outer.set(outer);
        // This poll answers a wake by the clone, too, which was not passed on.
        ledger.clear(WOKEN);
        let identity = ledger.current();
        core.record(|| What::Polled { owner, waker: identity.number.get(), spurious: false });
        let waker = waker::borrowed(identity, core.recording.get());
        let polled = this.future.as_mut().poll(&mut Context::from_waker(&waker));
        ledger.clear(RUNNING);
        let end = if polled.is_ready() { PollEnd::Ready } else { PollEnd::Pending };
        core.record(|| What::PollEnded { owner, end });
        if was_stale {
            core.judge_stale(ledger, end);
        }
        if polled.is_ready() {
            ledger.set(TAKEN);
        } else {
            ledger.set(PENDING);
            if !ledger.has(WOKEN) && ledger.current().clones.is_zero() {
                if ledger.clones() != 0 {
                    ledger.set(STALE);
                    core.owe(ledger, Law::StaleWaker);
                } else {
                    core.owe(ledger, Law::PendingWithoutWaker);
                }
            }
        }
        if ledger.clones() == 0 {
            drop(node.outer.take());
        }
        polled
    }
}

fn register(core: &'static Core, watched_at: &'static Location<'static>) -> WatchRef {
    let number = core.watches_made.get();
    core.watches_made.set(number + 1);
    let node = Box::new(Node {
        ledger: Ledger::new(WATCH),
        number,
        outlet: core.outlet(),
        run: core.run.get(),
        thread: std::thread::current().id(),
        task: Cell::new(None),
        outer: Cell::new(None),
        passing: Cell::new(0),
        gone: Cell::new(false),
    });
    let watch = WatchRef(NonNull::from(Box::leak(node)));
    watch.ledger().take_identity(core);
    core.watches.with(|watches| watches.push(watch));
    if core.recording.get() {
        core.with_recorder(|recorder| recorder.add_watch(watched_at));
    }
    watch
}

impl Drop for Closing {
    fn drop(&mut self) {
        if let Some(watch) = self.0.take()
            && let Some(core) = watch.world()
        {
            watch.ledger().set(OVER);
            core.strike_off(watch.ledger());
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let Some(watch) = self.0.take() else { return };
        match watch.world() {
            Some(core) => {
                watch.ledger().detach(core);
                core.watches.with(|watches| watches.retain(|other| *other != watch));
            }
            // The world may still have it in its tables.
            None if !world_is_over(watch) => return,
            None => {}
        }
        if watch.node().passing.get() != 0 {
            watch.node().gone.set(true);
            return;
        }
        // SAFETY: it came from a box, and no table knows it any more.
        drop(unsafe { Box::from_raw(watch.0.as_ptr()) });
    }
}

/// Whether the run of a node that is dropped outside it is certainly over: on the
/// thread of that run it is.
fn world_is_over(watch: WatchRef) -> bool {
    watch.node().thread == std::thread::current().id()
}

impl<F> fmt::Debug for Watch<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("watched_at", &self.watched_at).finish_non_exhaustive()
    }
}
