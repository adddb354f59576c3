//! The laws of executors.

mod acting;
mod job;
mod judge;
mod plan;
mod run;
mod stage;

use super::{Item, Job, Laws, Sizes, Suite, sealed};
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use std::future::Pending;

/// An executor for the suite [`executor`]: how to make one, spawn on it and drive it.
///
/// It is driven by a future ([`drive`](Self::drive)), step by step ([`tick`](Self::tick)), or
/// by both, and whoever drives it may stop and leave it to another. What an executor does not
/// have is left as it is, and is not tested; what the runs came by is told when the suite has
/// passed.
///
/// ```
/// use reveille::laws::{self, Executor, Item, Job};
/// use std::future::pending;
/// use tokio::task::{JoinHandle, LocalSet};
///
/// #[derive(Clone)]
/// struct Local;
///
/// impl Executor for Local {
///     type Executor = LocalSet;
///     type Handle = JoinHandle<Item>;
///
///     fn open(&self) -> LocalSet {
///         LocalSet::new()
///     }
///
///     fn spawn(&self, executor: &LocalSet, job: Job) -> JoinHandle<Item> {
///         executor.spawn_local(job)
///     }
///
///     fn detach(&self, handle: JoinHandle<Item>) {
///         drop(handle);
///     }
///
///     fn drive(&self, executor: &LocalSet) -> Option<impl Future<Output = ()>> {
///         Some(executor.run_until(pending()))
///     }
///
///     // There is room for the waker of one.
///     fn is_shared(&self) -> bool {
///         false
///     }
/// }
///
/// laws::executor(Local).runs(100).check();
/// ```
pub trait Executor: Clone + 'static {
    /// What runs tasks.
    type Executor: 'static;
    /// What spawning a task gives.
    type Handle: 'static;

    /// Makes an executor without tasks.
    fn open(&self) -> Self::Executor;

    /// Spawns a task that runs `job`.
    fn spawn(&self, executor: &Self::Executor, job: Job) -> Self::Handle;

    /// Spawns tasks that run `jobs`, one for each, and puts their handles into `handles`. Some if it
    /// can be done. Where an executor [bears panics](Self::bears_panics), that of `jobs` comes
    /// through; the tasks that were spawned before go on.
    fn spawn_many(
        &self,
        executor: &Self::Executor,
        jobs: impl Iterator<Item = Job>,
        handles: &mut Vec<Self::Handle>,
    ) -> Option<()> {
        let _ = (executor, jobs, handles);
        None
    }

    /// Leaves a task to itself: it goes on.
    fn detach(&self, handle: Self::Handle);

    /// A future that runs tasks for as long as it is polled, or until all have ended.
    fn drive(&self, executor: &Self::Executor) -> Option<impl Future<Output = ()>> {
        let _ = executor;
        None::<Pending<()>>
    }

    /// Runs a task, or several, that can go on; whether another one may be able to.
    fn tick(&self, executor: &Self::Executor) -> Option<bool> {
        let _ = executor;
        None
    }

    /// Waits for the end of a task: its output, or none if it was cancelled or has panicked,
    /// or the executor is gone. The panic of the task may come through.
    fn join(&self, handle: &mut Self::Handle) -> Option<impl Future<Output = Option<Item>>> {
        let _ = handle;
        None::<Pending<Option<Item>>>
    }

    /// Cancels a task: it is polled no more, and dropped the next time that the executor is
    /// driven at the latest. The handle is still [joined](Self::join), which may give none.
    /// Some if it can be done.
    fn cancel(&self, handle: &mut Self::Handle) -> Option<()> {
        let _ = handle;
        None
    }

    /// Whether several may drive it at the same time. By default they do.
    fn is_shared(&self) -> bool {
        true
    }

    /// Whether all tasks are dropped with the executor. By default they are.
    fn drops_tasks(&self) -> bool {
        true
    }

    /// Whether a task may panic: the panic is caught, or it comes through `drive`, `tick` or
    /// `join`, and the other tasks go on when the executor is driven again. By default that is not
    /// tested.
    fn bears_panics(&self) -> bool {
        false
    }

    /// Whether a join ends when the executor is gone. By default it does.
    fn ends_joins(&self) -> bool {
        true
    }
}

/// The laws of an executor: a task that was spawned or woken is run as long as somebody drives
/// the executor, whoever that is; none is polled by two at once or after its end; each is
/// dropped once: when it has ended, when it was cancelled, or with the executor; who joins a
/// task is woken by its end and gets its output; and a waker that lives on is harmless.
///
/// See [`Executor`] for what to tell of one, with an example.
pub fn executor<E: Executor>(executor: E) -> Suite<impl Laws> {
    Suite::new(ExecutorLaws(executor))
}

struct ExecutorLaws<E>(E);

impl<E> sealed::Sealed for ExecutorLaws<E> {}

impl<E: Executor> Laws for ExecutorLaws<E> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let steps = (sizes.operations / 2).max(1);
        let arguments = plan::arguments(steps, self.0.bears_panics());
        checker.try_check_with(arguments, |(jobs, hands, drivers, is_driven_on)| {
            run::run(self.0.clone(), jobs, hands, drivers, is_driven_on)
        })
    }
}
