//! Spawning tasks into the run of the calling thread.

use crate::join::JoinHandle;
use crate::ledger::flag::DAEMON;
use crate::world;
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
    add("spawn", future, None, 0)
}

/// Spawns a task that need not be `Send`; a run has one thread only.
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
    add("spawn_local", future, None, 0)
}

/// Spawns a task that may wait for ever, such as a server or a flusher.
///
/// The laws about tasks that are never woken do not apply to it. Its timers may wake
/// others, so a run goes on while they tick, but not for ever: see `suspected-stuck`.
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
    add("spawn_daemon", future, None, DAEMON)
}

#[track_caller]
fn add<F: Future>(what: &str, future: F, name: Option<&str>, flags: u32) -> JoinHandle<F::Output> {
    let core = world::expect_current(what);
    JoinHandle::new(core.add_task(future, name.map(Into::into), flags, Location::caller()))
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
}

impl<'a> Builder<'a> {
    /// A builder of tasks without a name.
    pub fn new() -> Self {
        Builder::default()
    }

    /// Sets the name.
    pub fn name(self, name: &'a str) -> Self {
        Builder { name: Some(name) }
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
        add("Builder::spawn", future, self.name, 0)
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
        add("Builder::spawn_local", future, self.name, 0)
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
        add("Builder::spawn_daemon", future, self.name, DAEMON)
    }
}
