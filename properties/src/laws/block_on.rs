//! The laws of functions that block their thread until a future is ready.

mod other;
mod plan;
mod play;
mod run;

use super::{Item, Job, Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use reveille_sim::Law;
use run::Limits;
use std::time::Duration;

/// A function that blocks its thread, for the suite [`block_on`]. A closure is one:
///
/// ```
/// use reveille::laws;
/// use tokio::runtime::Builder;
///
/// laws::block_on(|job| Builder::new_current_thread().build().unwrap().block_on(job))
///     .runs(50)
///     .check();
/// ```
///
/// Where the defaults do not hold, a type says so:
///
/// ```
/// use reveille::laws::{self, BlockOn, Item, Job};
/// use std::task::{Context, Poll, Waker};
///
/// #[derive(Clone)]
/// struct Spin;
///
/// impl BlockOn for Spin {
///     fn block_on(&self, mut job: Job) -> Item {
///         loop {
///             if let Poll::Ready(item) = job.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
///                 return item;
///             }
///             std::thread::yield_now();
///         }
///     }
///
///     fn nests(&self) -> bool {
///         true
///     }
///
///     fn spins(&self) -> bool {
///         true
///     }
/// }
///
/// laws::block_on(Spin).runs(50).check();
/// ```
pub trait BlockOn: Clone + Send + Sync + 'static {
    /// Polls `job` on the calling thread until it is ready, and gives its output. A panic of
    /// the job comes through.
    fn block_on(&self, job: Job) -> Item;

    /// Whether a future under it may call it again. By default that is not tested.
    fn nests(&self) -> bool {
        false
    }

    /// Whether it polls though nobody woke the future. By default it may not, but for when
    /// something unparked the thread.
    fn spins(&self) -> bool {
        false
    }

    /// Whether futures may park the thread for their own purposes, as a blocking channel
    /// does. By default they do: who keeps a wake in the thread's one park token loses it then.
    fn bears_parks(&self) -> bool {
        true
    }

    /// How long, in real time, it may take before it counts as hung. By default two seconds;
    /// more than the checker's [watchdog](Checker::watchdog) would have that end the process.
    fn limit(&self) -> Duration {
        Duration::from_secs(2)
    }
}

impl<F: Fn(Job) -> Item + Clone + Send + Sync + 'static> BlockOn for F {
    fn block_on(&self, job: Job) -> Item {
        self(job)
    }
}

/// The laws of a function that blocks its thread until a future is ready: it ends though the
/// future is woken while it is polled, by itself or from another thread, before the thread
/// parks or after; though the future parks the thread itself, or others unpark it; it polls
/// no more often than it was woken; the output is the future's, which is dropped once, before
/// it returns; a panic comes through; and what was left by one call does not disturb the next.
///
/// These are real threads, so a run takes some real time; what they do does not depend on it.
/// One that hangs is told of when its [limit](BlockOn::limit) is over, which is the only
/// evidence there is.
///
/// See [`BlockOn`] for what to tell of a function, with an example.
pub fn block_on<B: BlockOn>(function: B) -> Suite<impl Laws> {
    Suite::new(BlockOnLaws(function))
}

struct BlockOnLaws<B>(B);

impl<B> sealed::Sealed for BlockOnLaws<B> {}

impl<B: BlockOn> Laws for BlockOnLaws<B> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let turns = (sizes.operations / 3).max(1);
        let may = plan::May { nest: self.0.nests(), park: self.0.bears_parks() };
        let limits = Limits::of(self.0.limit());
        // Threads are what this is about, and they may take turns as they like.
        let checker = checker.clone().allow(Law::OutsideWorld).allow(Law::Nondeterminism);
        let limits = &limits;
        checker.try_check_with(argument("calls", plan::calls(turns, may)), |calls| async move {
            run::run(&self.0, calls, limits)
        })
    }
}
