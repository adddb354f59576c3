//! The laws of what people write for async code, as suites of tests for whoever implements it.
//!
//! A suite makes operations, partial I/O and cancellations with proptest, runs them under
//! many schedules and faults, and compares with a model. An adapter is a line:
//!
//! ```
//! use futures::io::{BufReader, Cursor};
//! use reveille::{io::with_faults, laws};
//!
//! laws::async_read(|content: Vec<u8>| {
//!     BufReader::with_capacity(4, with_faults(Cursor::new(content)))
//! })
//! .runs(200)
//! .check();
//! ```
//!
//! or, where several tasks share what is under test, a trait of a dozen lines, as [`Channel`] is.
//! What a type does not have is left as it is in the trait, and is not tested; what was, and
//! what was not, is told when the suite has passed.
//!
//! What breaks a law is an ordinary report, with the operations as its arguments, made
//! as few as they can be, and with what each of them did.
//!
//! | suite of I/O | what it demands |
//! | --- | --- |
//! | [`async_read`] | the content once and in order, and `Ok(0)` at its end, again and again, and nowhere before; a read that is dropped while it is pending takes nothing with it; what is beyond the bytes that it says it read may be scratch |
//! | [`async_buf_read`] | the same, and that what is shown stays until it is consumed |
//! | [`async_seek`] | positions and what is read there, as with [`std::io::Cursor`]; a seek that fails leaves the position |
//! | [`async_write`] | what was accepted arrives once and in order, and nothing else; a flush and a close make all of it visible; a close closes, may be repeated, and nothing is lost that is accepted after it |
//! | [`pipe()`], [`duplex()`] | what is accepted at one end comes out at the other once and in order, then the end; a write fails when the reader is gone; a wait that is dropped takes and gives nothing; who waits when all is at rest has a reason to |
//!
//! | suite of what is made of futures and streams | what it demands |
//! | --- | --- |
//! | [`future()`], [`fused_future`] | ready once, with what its inner future gave; goes on whenever that can, whichever waker it was polled with; it is polled no more after its end; a drop drops all |
//! | [`join`], [`race`], [`try_join`], [`race_ok`] | the same of several inner futures, each of which goes on while others are slow |
//! | [`shared_future`], [`sync_shared_future`] | the same for each of several tasks, whoever of them gives up |
//! | [`stream()`], [`fused_stream`], [`terminated_stream`], [`unordered_stream`], [`streams`] | the items in order, once, then the end; size hints that hold; a wait that is dropped loses nothing |
//! | [`flatten`], [`try_then`] | the same of a source of sources, and of a source of futures that may fail |
//! | [`select`], [`flatten_unordered`] | the items of each source in order, the end when all have ended, and none is left out |
//! | [`sink()`], [`fused_sink`] | the items arrive once and in order; a flush and a close make all of them arrive; the sink beneath is asked before each item; a wait that is dropped loses nothing; a failure is told |
//! | [`collection()`] | the output of each future once, in order where promised; an empty collection says so; who was woken is polled, others are not polled after their end; a bound is kept and who waits for room gets it; every future is dropped once |
//!
//! These give what is under test a [`Member`], a [`Source`] or an [`ItemSink`], which sees what is
//! done with it.
//!
//! | suite of what tasks share | what it demands |
//! | --- | --- |
//! | [`channel()`] | what several tasks do with its ends is what a queue would do, in some order of the operations; who waits when all is at rest has a reason to; every item is dropped once |
//! | [`oneshot()`] | the same of a channel for one item; that the other end is gone or has closed it is seen by both |
//! | [`broadcast()`] | the same of a channel of which every receiver receives everything from its subscription on, in order, or is told exactly how much was lost |
//! | [`watch()`] | the same of a channel that keeps the last value, which nobody misses |
//! | [`signal()`] | what is taken is the last value that was given, once |
//! | [`mutex`], [`rw_lock`], [`semaphore`] | nobody has what somebody else has; nothing is lost with who gives up, is dropped or unwinds; who waits when all is at rest has a reason to; who is promised to be first is |
//! | [`once_cell`] | everybody sees one value, which one at a time makes; if that fails, panics or is dropped, the next does |
//! | [`pool()`] | nobody has an object that somebody else has, and there are never too many; who waits while there is room, or an idle one, gets one |
//! | [`notify()`] | who listens is ready once notified, and not before; one notification makes one ready; none is lost with a listener that is dropped; nobody who is notified waits for ever |
//! | [`condvar()`] | nobody notifies between the unlocking and the waiting; who is notified gets the mutex, and none else; no notification is lost with who is dropped |
//! | [`barrier()`] | nobody goes on before so many wait, then all do and one leads, again and again |
//! | [`timer()`] | each is ready at its time and not before; a reset holds for who waits already; one that is dropped disturbs no other |
//! | [`delay_queue()`] | every item comes at its time, once, and none early; who waits is woken by what brings that nearer |
//!
//! Their judgement is linearizability: each operation takes effect at one moment between its
//! call and its return, and a search finds the order, or says how far one goes. A history that
//! it would search for too long is counted as *undecided* among the marks of [`Passed`], never
//! as right, and where all are the check fails.
//!
//! | suite of what runs futures | what it demands |
//! | --- | --- |
//! | [`executor()`] | what was spawned or woken is run as long as somebody drives; nothing is polled by two at once or after its end; every task is dropped once |
//! | [`block_on()`] | it ends whenever its future was woken, whatever else parks and unparks the thread; it polls no more often than that; the output and a panic come through |
//! | [`waker()`] | each wake calls once; what is called is dropped once, with the last clone |
//!
//! # Faults
//!
//! The usual faults of every run are among those of a suite: fresh wakers, polls that nobody asked
//! for, wakes and timers that are late, and futures that are dropped at any await. With others a
//! test goes further, by its [checker](Suite::checker): futures that are forgotten, wakers that panic
//! when they are cloned, and wakers that run their task at once, inside the call. What is kept of a
//! task that is gone breaks `waker-leak`, a warning unless a test denies it; memory that every run
//! leaves behind breaks `memory-leak`, where [`CountingAllocator`](crate::CountingAllocator) counts it.
//! Futures that say whether they are terminated go through [`fused`].
//!
//! That whatever is pending is woken is what the laws of every test demand. For the traits
//! of tokio there is `Compat`, with the feature `tokio`.

mod barrier;
mod block_on;
mod broadcast;
mod buf_read;
mod channel;
mod collection;
#[cfg(feature = "tokio")]
mod compat;
mod condvar;
mod delay_queue;
mod executor;
mod fallible;
mod fused;
mod future;
mod given;
mod linear;
mod mutex;
mod notify;
mod once_cell;
mod oneshot;
mod permits;
mod pipe;
mod play;
mod pool;
mod read;
mod rw_lock;
mod seek;
mod semaphore;
mod signal;
mod sink;
mod stream;
mod timer;
mod waker;
mod watch;
mod write;

pub use barrier::{Barrier, barrier};
pub use block_on::{BlockOn, block_on};
pub use broadcast::{Broadcast, Heard, Overflow, broadcast};
pub use buf_read::async_buf_read;
pub use channel::{Capacity, Channel, Ends, Held, Order, Permit, Status, Weak, channel};
pub use collection::{Collection, Full, collection};
#[cfg(feature = "tokio")]
pub use compat::Compat;
pub use condvar::{Condvar, condvar};
pub use delay_queue::{DelayQueue, delay_queue};
pub use executor::{Executor, executor};
pub use fallible::{race_ok, try_join};
pub use fused::{Fused, fused};
pub use future::{fused_future, future, join, race, shared_future, sync_shared_future};
pub use given::inner::{ItemSink, Member, Source, TryMember};
pub use given::item::Item;
pub use given::job::Job;
pub use given::making::Failed;
pub use given::outputs::Outputs;
pub use given::sink::Sink;
pub use given::value::Value;
pub use mutex::{Mutex, mutex};
pub use notify::{Joins, Notify, notify};
pub use once_cell::{OnceCell, once_cell};
pub use oneshot::{Oneshot, oneshot};
pub use permits::{TryAcquireError, TryUpgrade};
pub use pipe::{Duplex, Pipe, duplex, pipe};
pub use pool::{Factory, Object, Pool, PoolError, pool};
pub use read::{async_read, stream_reader};
pub use rw_lock::{Precedence, RwLock, rw_lock};
pub use seek::async_seek;
pub use semaphore::{Fairness, Semaphore, semaphore};
pub use signal::{Signal, signal};
pub use sink::{fused_sink, sink};
pub use stream::{
    flatten, flatten_unordered, fused_stream, select, stream, streams, terminated_stream, try_then,
    unordered_stream,
};
pub use timer::{Timer, timer};
pub use waker::{Callback, MakeWaker, waker};
pub use watch::{News, Sight, Watch, watch};
pub use write::async_write;

use crate::checker::{Checker, tell};
use crate::error::CheckError;
use crate::names;
use crate::passed::Passed;
use std::panic::Location;

/// The laws of one trait over one implementation of it; see [`laws`](self).
///
/// A test should check one suite, since its past failures are kept under its name.
#[derive(Clone, Debug)]
#[must_use = "a suite checks nothing until `check` is called"]
pub struct Suite<L> {
    laws: L,
    checker: Checker,
    sizes: Sizes,
}

/// How large inputs are at most.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    content: usize,
    operations: usize,
}

impl Sizes {
    /// How many steps a task takes at most, where there are several.
    fn steps(self) -> usize {
        (self.operations / 2).max(1)
    }
}

/// The laws of one trait.
pub trait Laws: sealed::Sealed {
    #[doc(hidden)]
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError>;
}

mod sealed {
    pub trait Sealed {}
}

impl<L: Laws> Suite<L> {
    fn new(laws: L) -> Suite<L> {
        let sizes = Sizes { content: 48, operations: 12 };
        Suite { laws, checker: Checker::new(), sizes }
    }

    /// Sets who runs it: how often, with which faults, at which levels.
    pub fn checker(mut self, checker: Checker) -> Suite<L> {
        self.checker = checker;
        self
    }

    /// Sets the number of runs; by default 1,000.
    pub fn runs(mut self, runs: u64) -> Suite<L> {
        self.checker = self.checker.runs(runs);
        self
    }

    /// Sets how many bytes there are at most, 48 by default. Choose more than what the
    /// implementation buffers.
    pub fn content_up_to(mut self, bytes: usize) -> Suite<L> {
        self.sizes.content = bytes.max(1);
        self
    }

    /// Sets how many operations there are at most, 12 by default.
    pub fn operations_up_to(mut self, count: usize) -> Suite<L> {
        self.sizes.operations = count.max(1);
        self
    }

    /// Checks the laws, and panics if one is broken.
    ///
    /// # Panics
    ///
    /// With the report as its message if [`try_check`](Self::try_check) gives an error.
    #[track_caller]
    pub fn check(&self) {
        tell(&self.checker.name_at(Location::caller()), self.try_check());
    }

    /// Checks the laws.
    ///
    /// # Errors
    ///
    /// [`CheckError::Broken`] with the report if one is broken; other errors if nothing
    /// could be checked.
    #[track_caller]
    pub fn try_check(&self) -> Result<Passed, CheckError> {
        let name = names::of_caller(Location::caller());
        let passed = self.laws.try_check(&self.checker.clone().or_named(&name), self.sizes)?;
        play::cast::is_any_judged(passed)
    }
}
