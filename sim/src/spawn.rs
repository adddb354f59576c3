//! Spawning tasks into the run of the calling thread.

use crate::join::JoinHandle;
use crate::ledger::flag::{DAEMON, SHARES};
use crate::strand::Touch;
use crate::world::{self, Core};
use std::panic::Location;

/// Spawns a task into the run.
///
/// The task is runnable at once and polled when the sampler chooses it. When the
/// root returns, the run ends and unfinished tasks are dropped.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    add("spawn", future, Builder::new(), 0)
}

/// Spawns a task that need not be `Send`: it stays on the thread of whoever spawns it.
///
/// A run has one thread, unless it is one of the engine of threads. There, tasks that share a
/// thread do not go on within each other's polls.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn spawn_local<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    add("spawn_local", future, Builder::new(), SHARES)
}

/// Spawns a task that may wait for ever, such as a server or a flusher.
///
/// The laws about tasks that are never woken do not apply to it. Its timers may wake
/// others, so a run goes on while they tick, but not for ever: see `suspected-stuck`.
/// It need not be `Send`, and stays where [`spawn_local`] has its tasks.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn spawn_daemon<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    add("spawn_daemon", future, Builder::new(), DAEMON | SHARES)
}

#[track_caller]
fn add<F: Future>(
    what: &str,
    future: F,
    builder: Builder<'_>,
    flags: u32,
) -> JoinHandle<F::Output> {
    let core = world::expect_current(what);
    let name = builder.name.map(Into::into);
    let task = core.add_task(future, name, flags, Location::caller());
    task.strand().set_next(builder.touch);
    let handle = JoinHandle::new(task);
    core.count_unfinished(Location::caller());
    handle
}

/// Spawns the daemon that a guest stands behind.
pub(crate) fn spawn_stepper(core: &Core, name: &str, steps: impl Future<Output = ()>) {
    let task = core.add_task(steps, Some(name.into()), DAEMON, Location::caller());
    drop(JoinHandle::<()>::new(task));
}

/// Spawns a task with a name, by which reports call it.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// let task = reveille::Builder::new().name("producer").spawn(async { 7 });
/// assert_eq!(task.await.unwrap(), 7);
/// # });
/// ```
#[derive(Clone, Copy, Debug, Default)]
#[must_use = "a builder spawns nothing by itself"]
pub struct Builder<'a> {
    name: Option<&'a str>,
    touch: Touch,
}

impl<'a> Builder<'a> {
    /// A builder of tasks without a name.
    pub fn new() -> Self {
        Builder::default()
    }

    /// Sets the name.
    pub fn name(self, name: &'a str) -> Self {
        Builder { name: Some(name), ..self }
    }

    /// Declares what the task touches up to its first point or `.await`, as
    /// [`Point::reads`](crate::Point::reads) does for what follows a point.
    pub fn touches(self, touch: Touch) -> Self {
        Builder { touch, ..self }
    }

    /// As [`spawn`].
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn spawn<F>(self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        add("Builder::spawn", future, self, 0)
    }

    /// As [`spawn_local`].
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn spawn_local<F>(self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        add("Builder::spawn_local", future, self, SHARES)
    }

    /// As [`spawn_daemon`].
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn spawn_daemon<F>(self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        add("Builder::spawn_daemon", future, self, DAEMON | SHARES)
    }
}
