//! The laws of the traits of I/O, of channels and of locks, as suites of tests for whoever implements
//! one.
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
//! What breaks a law is an ordinary report, with the operations as its arguments, made
//! as few as they can be, and with what each of them did.
//!
//! | suite | what it demands |
//! | --- | --- |
//! | [`async_read`] | the content once and in order, and `Ok(0)` at its end, again and again, and nowhere before; a read that is dropped while it is pending takes nothing with it; what is beyond the bytes that it says it read may be scratch |
//! | [`async_buf_read`] | the same, and that what is shown stays until it is consumed |
//! | [`async_seek`] | positions and what is read there, as with [`std::io::Cursor`]; a seek that fails leaves the position |
//! | [`async_write`] | what was accepted arrives once and in order, and nothing else; a flush and a close make all of it visible; a close closes, may be repeated, and nothing is lost that is accepted after it |
//! | [`channel()`] | what several tasks do with its ends is what a queue would do, in some order of the operations; who waits when all is at rest has a reason to; every item is dropped once |
//! | [`mutex`], [`rw_lock`], [`semaphore`] | nobody has what somebody else has; nothing is lost with who gives up, is dropped or unwinds; who waits when all is at rest has a reason to; who is promised to be first is |
//! | [`once_cell`] | everybody sees one value, which one at a time makes; if that fails, panics or is dropped, the next does |
//! | [`pool()`] | nobody has an object that somebody else has, and there are never too many; who waits while there is room, or an idle one, gets one |
//!
//! The suites of channels, locks, cells and pools take an adapter of a dozen lines, as [`Channel`] is. Their judgement is
//! linearizability: each operation takes effect at one moment between its call and its
//! return, and a search finds the order, or says how far one goes. A history that it would
//! search for too long is counted as *undecided* among the marks of [`Passed`], never as right.
//!
//! That whatever is pending is woken is what the laws of every test demand. For the traits
//! of tokio there is `Compat`, with the feature `tokio`.

mod buf_read;
mod cast;
mod channel;
#[cfg(feature = "tokio")]
mod compat;
mod history;
mod item;
mod linear;
mod making;
mod mutex;
mod once_cell;
mod patience;
mod permits;
mod pool;
mod read;
mod rw_lock;
mod script;
mod seek;
mod semaphore;
mod sink;
mod write;

pub use buf_read::async_buf_read;
pub use channel::{Capacity, Channel, Ends, channel};
#[cfg(feature = "tokio")]
pub use compat::Compat;
pub use item::Item;
pub use making::Failed;
pub use mutex::{Mutex, mutex};
pub use once_cell::{OnceCell, once_cell};
pub use permits::{TryAcquireError, TryUpgrade};
pub use pool::{Factory, Object, Pool, PoolError, pool};
pub use read::async_read;
pub use rw_lock::{Precedence, RwLock, rw_lock};
pub use seek::async_seek;
pub use semaphore::{Order, Semaphore, semaphore};
pub use sink::Sink;
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
        self.laws.try_check(&self.checker.clone().or_named(&name), self.sizes)
    }
}
