//! Reveille finds the wakeup that gets lost.
//!
//! It runs a test's futures in a deterministic world under many schedules and
//! faults, looks at every waker that is cloned, woken and dropped, and says which
//! line forgot to wake whom. A failure comes with one line to paste that repeats
//! exactly that run.
//!
//! ```
//! # mod my_crate { pub async fn answer() -> u32 { 42 } }
//! #[reveille::test]
//! async fn answers() {
//!     let task = reveille::spawn(my_crate::answer());
//!     assert_eq!(task.await.unwrap(), 42);
//! }
//! ```
//!
//! `cargo test` runs it under 1,000 schedules. [`macro@test`] tells the arguments;
//! [`check`] and [`Checker`] do the same without the macro.
//!
//! # Inputs
//!
//! The arguments of a test are made by the strategies of [`proptest`], and a failure is
//! made small in both, the schedule and the arguments:
//!
//! ```
//! use reveille::proptest::{collection::vec, prelude::*};
//!
//! #[reveille::test]
//! async fn counts(#[strategy(vec(any::<u8>(), 0..8))] items: Vec<u8>) {
//!     let count = items.len();
//!     let counted = reveille::spawn(async move { items.iter().count() });
//!     assert_eq!(counted.await.unwrap(), count);
//! }
//! ```
//!
//! [`Checker::check_with`] does the same without the macro; [`schedules`] is for those
//! who write `proptest!` themselves. A tape holds the arguments, too, so the line to
//! paste repeats them, as long as their strategies stay as they are.
//!
//! # Demands of a run, and of all runs
//!
//! [`always`], [`eventually`] and [`leads_to`] demand something of every run, over
//! virtual time; a breach is the law `property`. [`reachable!`] and [`sometimes!`] mark
//! states that some run ought to reach; that none did is a warning.
//!
//! # Streams, and the laws of their traits
//!
//! [`io`] has pipes and duplex streams whose faults are on the tape, and
//! [`io::with_faults`] for any other stream. Whoever implements `AsyncRead`, `AsyncBufRead`,
//! `AsyncSeek` or `AsyncWrite`, or a channel, has its laws checked by a suite of [`laws`], with
//! the feature `laws`:
//!
//! ```
//! use futures::io::BufWriter;
//!
//! reveille::laws::async_write(|sink| BufWriter::with_capacity(6, sink)).runs(100).check();
//! ```
//!
//! Who writes a reactor finds [event sources](reactor) and a [selector](reactor::Selector).
//!
//! # The environment
//!
//! | variable | values | meaning |
//! | --- | --- | --- |
//! | `REVEILLE_RUNS` | 1, 2, ... | runs per test |
//! | `REVEILLE_SEED` | a number, or `random` | where random choices begin |
//! | `REVEILLE_REPLAY` | a tape, or a file with one | the one run to repeat; tests it does not name run as ever |
//! | `REVEILLE_KEEP` | 1 or 0 | whether that run, if it fails, is made small and kept in the corpus |
//! | `REVEILLE_CORPUS` | a directory, or `off` in any case | where past failures are kept; `corpus` in the package's directory if it is not set |
//! | `REVEILLE_STRICT` | 1 or 0 | whether a [corpus] that cannot be used as it is fails the test; by default it is a warning |
//! | `REVEILLE_TRACE` | a directory | where the trace of each failure, and of the run of `REVEILLE_REPLAY`, is written as JSON |
//! | `REVEILLE_BREAK` | 1, 2, ... | the step of that run before which `reveille_before_step` is called, for a debugger |
//! | `REVEILLE_WEAK_MEMORY` | 1 or 0 | whether loads of the engine of threads may give values that are not the newest |
//! | `REVEILLE_KERNEL_THREADS` | 1 or 0 | whether each strand of the engine of threads keeps its thread of the kernel, as a debugger wants it; slower |
//! | `COLUMNS` | 60 to 200 | how wide a report is; 100 if it is not set, as shells do not hand it on by themselves |
//!
//! A value of ours that cannot be read fails the test, and so does an empty one. Of a variable that
//! begins with `REVEILLE_` and is none of these a warning is told once.
//!
//! # What a body may do
//!
//! - It may be `async fn` without a single `.await`: it is one poll.
//! - It may return `()` or a `Result` whose error is `Debug`; an error fails it, but for
//!   the one of `prop_assume!`, which has another run take its place.
//! - Destructors may spawn. What they spawn after the root has returned is dropped
//!   unpolled.
//! - It must not call [`check`]: that is [`CheckError::InsideRun`].
//! - It must not end its process: an abort, an exit (whatever its code), a fault of memory or
//!   a stack that overflows fails the test, and the tests that would follow do not run. So
//!   does a destructor that panics while a panic unwinds, as everywhere in Rust. The tape is
//!   printed before and kept in the [corpus], on unix.
//!
//! # The corpus
//!
//! A failure is written to `corpus/<test>/<hash>.tape` in the directory of the package, a
//! small text file that belongs into git. Whenever the test runs again it is replayed
//! before anything else: it fails at once until the code is mended, and then stays as a
//! regression. Small edits of the code do not matter, its deviations look for their
//! places; see [`corpus`].
//!
//! # Code that needs tokio
//!
//! With the feature `tokio`, `#[reveille::test(tokio = true)]` gives every run a real
//! tokio runtime of one thread: `tokio::spawn`, `tokio::time` and what stands on them work
//! as they are. Time is virtual, for both sides the same. What is woken through tokio is
//! part of the schedule: a turn of the daemon `tokio` is one poll of one of its tasks. What
//! stays outside is the order among tokio's own tasks, which is always first come, first
//! served; the laws about wakers and panics, which hold for tasks of `reveille::spawn` and
//! the root; and what tokio takes from the machine. `spawn_blocking` and `tokio::fs` are
//! real, which the law `outside-world` tells, and a run in which that matters is told as
//! `nondeterminism`. `tokio::net`, `signal` and `process` panic: a run has no reactor of the
//! machine, but [`net`]. `tokio::time::advance` moves the clock of both sides. Time is
//! virtual from the beginning to the end: `tokio::time::pause` panics, as it does wherever
//! time is paused, and so does a run after `resume`.
//!
//! A task of tokio's belongs to no [host](net::Host) but `localhost`. Where it is to act
//! for another one, or to go down with it, [`Host::spawn`](net::Host::spawn) it.
//!
//! # Runs that cannot be repeated
//!
//! A run takes no entropy, time or threads from outside, but its body may:
//! `futures::select!`, `tokio::select!`, `HashMap` and `rand` do. The first run and every
//! hundredth are made twice; when their events differ, the test starts over with
//! *hermetic* runs, each in a process of its own with fixed entropy and clocks
//! (on Linux). Where that cannot be, the law `nondeterminism` names the first
//! event that differs.
//!
#![cfg_attr(feature = "laws", doc = "[`laws`]: mod@laws")]
#![cfg_attr(not(feature = "laws"), doc = "[`laws`]: #streams-and-the-laws-of-their-traits")]

mod advice;
mod arguments;
mod await_site;
#[cfg(feature = "laws")]
mod breach;
mod breakpoint;
mod callsite;
mod chart;
mod checker;
mod config;
mod contacts;
pub mod corpus;
mod coverage;
mod ended;
mod error;
mod escape;
mod evidence;
mod faults;
mod fuzz;
mod gate;
mod hash;
mod haste;
mod hermetic;
mod host;
mod interpose;
mod json;
mod judge;
#[cfg(feature = "laws")]
pub mod laws;
mod marks;
mod memory;
mod message;
mod misuse;
mod names;
mod naming;
mod output;
mod overseen;
mod passed;
mod promise;
mod record;
mod rejection;
mod replaying;
mod report;
mod schedules;
mod search;
mod seed;
mod shrink;
mod source_file;
mod tape_file;
mod trace_file;
#[cfg(feature = "tracing")]
pub mod tracing;
mod trials;
mod watchdog;
mod why;

pub use arguments::{Argument, Arguments, argument};
pub use checker::Checker;
pub use config::ConfigError;
pub use coverage::Coverage;
pub use error::{CheckError, Failure};
pub use gate::GateError;
pub use hermetic::Unavailable;
pub use marks::Mark;
pub use memory::CountingAllocator;
pub use output::TestOutput;
pub use passed::Passed;
/// The crate that strategies come from.
pub use proptest;
pub use rejection::Rejected;
pub use reveille_sim::{
    AbortHandle, Always, Builder, Cancellable, Cancelled, Certainty, Digest, Eventually, Exhausted,
    Faults, JoinError, JoinHandle, Kind, Law, LeadsTo, Level, PanickedClone, Point, Resource, Tape,
    TapeError, TaskId, Touch, Watch, always, cancellable, digest, draw, eventually, in_run,
    leads_to, mark, point, spawn, spawn_daemon, spawn_local, watch, yield_now,
};
pub use schedules::{Schedule, ScheduleTree, Schedules, schedules};

/// Virtual time, in tokio's names and semantics.
pub mod time {
    pub use reveille_sim::time::*;
}

/// A network inside the run: hosts, links with latency and faults, and sockets in
/// tokio's names.
pub mod net {
    pub use reveille_sim::net::*;
}

/// What bytes go through: pipes and duplex streams, for code over `AsyncRead` and
/// `AsyncWrite`.
pub mod io {
    pub use reveille_sim::io::*;
}

/// Files in memory, in tokio's names, and what of them survives a crash.
pub mod fs {
    pub use reveille_sim::fs::*;
}

/// Operations that are handed over with their memory and complete later, as with
/// io_uring.
pub mod completion {
    pub use reveille_sim::completion::*;
}

/// Event sources and what waits for them, for those who write I/O.
pub mod reactor {
    pub use reveille_sim::reactor::*;
}

/// Makes an `async fn` a test that runs under many schedules.
///
/// ```
/// # use reveille::time::{sleep, timeout};
/// # use std::time::Duration;
/// /// Doc comments, `#[ignore]` and `#[should_panic]` work as on any test.
/// #[reveille::test(runs = 200, max_steps = 10_000, deny(waker_leak))]
/// async fn times_out() -> Result<(), String> {
///     let nap = timeout(Duration::from_secs(1), sleep(Duration::from_secs(2))).await;
///     nap.err().map(drop).ok_or("it should have timed out".to_owned())
/// }
/// ```
///
/// Each argument of the function has a strategy that makes its values:
///
/// ```
/// use reveille::proptest::prelude::*;
///
/// #[reveille::test]
/// async fn sums(#[strategy(0..100u32)] a: u32, #[strategy(any::<bool>())] twice: bool) {
///     let sum = reveille::spawn(async move { if twice { a + a } else { a } });
///     assert!(sum.await.unwrap() < 200);
/// }
/// ```
///
/// Without one it does not compile, and the error says what to write:
///
/// ```compile_fail
/// #[reveille::test]
/// async fn sums(a: u32) {}
/// ```
///
/// | argument of the attribute | meaning |
/// | --- | --- |
/// | `runs = 5000` | schedules to try; default 1,000 |
/// | `seed = 7` | where random choices begin; default: made of the test's name |
/// | `max_steps = 10_000` | polls after which the schedule becomes fair; twice as many fail the run; default 100,000 |
/// | `max_tasks = 1_000_000` | tasks that may be unfinished at once; more fail the run; default 50,000 |
/// | `allow(law, ..)`, `warn(..)`, `deny(..)` | the levels of laws, named in snake case |
/// | `with(fault, ..)`, `without(fault, ..)` | faults that runs may suffer beside the usual ones, or may not; see below |
/// | `corpus = "dir"` | where past failures are kept, see [`corpus`]; `false`: nowhere, as for tests that `#[should_panic]` |
/// | `hermetic = true` | a process for every run from the beginning; `false`: never |
/// | `tokio = true` | runs have a tokio runtime with virtual time, see `Checker::tokio`; with the feature `tokio` |
/// | `crate = path` | where this crate is found, if not at `::reveille` |
///
/// Each is said once: arguments that are repeated or contradict each other do not compile.
///
/// ```compile_fail
/// #[reveille::test(with(late_timer), without(late_timer))]
/// async fn is_of_two_minds() {}
/// ```
///
/// | fault | usual | what goes wrong |
/// | --- | --- | --- |
/// | `fresh_waker` | yes | a poll hands out a waker of a new identity |
/// | `spurious_poll` | yes | a task is polled though nobody woke it |
/// | `delayed_wake` | yes | a wake takes effect only after time has moved on, by a tenth of a second at most |
/// | `late_timer` | yes | a timer fires up to a tenth of a second late, at most three times in a row |
/// | `cancellation` | yes | a future under [`cancellable`] is dropped at one of its awaits |
/// | `forgotten_future` | no | such a future is forgotten in place of being dropped |
/// | `reentrant_waker` | no | a call of a waker runs a task at once |
/// | `panicking_clone` | no | the clone of a waker panics |
/// | `spurious_readiness` | yes | a source that is not ready is said to be |
/// | `late_event` | yes | an event comes up to a tenth of a second late, at most three times in a row |
/// | `short_io` | yes | a read or a write moves fewer bytes than it could |
/// | `latency` | yes | what is sent takes longer than the shortest time of its link |
/// | `torn_write` | yes | of what was not synced, a crash leaves a part |
/// | `cancel_outcome` | yes | an operation that is cancelled ends as if it were not |
/// | `stale_load` | no | a load of an atomic gives a value that is not the newest; needs the engine of threads |
/// | `interrupted` | no | an operation is interrupted |
/// | `loss`, `duplication`, `reordering` | no | what may become of a datagram |
/// | `reset`, `refused` | no | what may become of a connection |
/// | `disk_full` | no | a write finds the disk full |
pub use reveille_macros::test;

/// Runs `body` under 1,000 schedules and panics with a report if a law is broken.
///
/// # Panics
///
/// If a law is broken, or if nothing could be checked; see
/// [`Checker::try_check`] for errors instead.
///
/// ```
/// reveille::check(|| async {
///     let task = reveille::spawn(async { 42 });
///     assert_eq!(task.await.unwrap(), 42);
/// });
/// ```
#[track_caller]
pub fn check<B, F>(body: B)
where
    B: Fn() -> F,
    F: Future,
    F::Output: TestOutput,
{
    Checker::new().check(body);
}

#[doc(hidden)]
pub mod __private {
    pub use crate::arguments::strategy_for;
    pub use crate::await_site::AwaitAt;
    pub use crate::fuzz::{Place, Target};
    pub use reveille_sim::look_for;
}
