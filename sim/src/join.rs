//! Handles of tasks: waiting for the output, and asking a task to end.
//!
//! Names and meaning are tokio's. A handle belongs to the run that made it. On
//! the thread of that run every call is plain; a handle that is dropped or
//! aborted elsewhere writes a letter; one that outlives the run owns what is left
//! of its task and frees it.

use crate::ledger::flag::*;
use crate::letters::Letter;
use crate::reentry::PanickedClone;
use crate::task::TaskRef;
use crate::trace::{TaskId, What};
use crate::world::{self, Core};
use std::any::Any;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::Mutex;
use std::task::{Context, Poll};

/// Waits for the output of a spawned task.
///
/// Dropping it detaches the task, which goes on. Awaiting it gives
/// `Err(`[`JoinError`]`)` if the task panicked or was aborted, and also if it is
/// awaited outside the run that spawned the task.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// let handle = reveille::spawn(async { 6 * 7 });
/// assert_eq!(handle.await.unwrap(), 42);
/// # });
/// ```
#[must_use = "a task whose handle is dropped goes on unobserved"]
pub struct JoinHandle<T> {
    raw: RawHandle,
    output: PhantomData<fn() -> T>,
}

// SAFETY: a handle reaches the task's output on the thread of its run only, or
// when it is the last owner of it; either way the output moves to the thread of
// the handle, which `T: Send` allows.
unsafe impl<T: Send> Send for JoinHandle<T> {}
// SAFETY: through a shared handle nothing but `abort` and `is_finished` can be
// called, which touch no output.
unsafe impl<T: Send> Sync for JoinHandle<T> {}

impl<T> Unpin for JoinHandle<T> {}
impl<T> std::panic::UnwindSafe for JoinHandle<T> {}
impl<T> std::panic::RefUnwindSafe for JoinHandle<T> {}

/// Asks a task to end; see [`JoinHandle::abort_handle`].
pub struct AbortHandle(RawHandle);

// SAFETY: it never reaches the output.
unsafe impl Send for AbortHandle {}
// SAFETY: as above.
unsafe impl Sync for AbortHandle {}

/// A counted reference to a task.
struct RawHandle(TaskRef);

impl<T> JoinHandle<T> {
    /// For a task that was born with one handle.
    pub(crate) fn new(task: TaskRef) -> Self {
        JoinHandle { raw: RawHandle(task), output: PhantomData }
    }

    /// Asks the task to end. Its future is dropped when it is next scheduled, and
    /// awaiting the handle then gives an error that [is a
    /// cancellation](JoinError::is_cancelled); a task that is finished by then
    /// stays finished.
    pub fn abort(&self) {
        self.raw.abort();
    }

    /// Whether the task is over.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.raw.is_finished()
    }

    /// Another handle of the same task that can only abort it.
    #[must_use]
    pub fn abort_handle(&self) -> AbortHandle {
        AbortHandle(self.raw.clone())
    }

    /// The number of the task in its run.
    #[must_use]
    pub fn id(&self) -> TaskId {
        self.raw.0.id()
    }

    /// The task, if this is its thread and its run goes on.
    pub(crate) fn task_at_home(&self) -> Option<TaskRef> {
        self.raw.home().map(|_| self.raw.0)
    }
}

impl AbortHandle {
    /// Asks the task to end; see [`JoinHandle::abort`].
    pub fn abort(&self) {
        self.0.abort();
    }

    /// Whether the task is over.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }

    /// The number of the task in its run.
    #[must_use]
    pub fn id(&self) -> TaskId {
        self.0.0.id()
    }
}

impl Clone for AbortHandle {
    fn clone(&self) -> Self {
        AbortHandle(self.0.clone())
    }
}

impl<T> Future for JoinHandle<T> {
    type Output = Result<T, JoinError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let task = self.raw.0;
        let Some(core) = self.raw.home() else {
            return Poll::Ready(Err(JoinError::outside(task.id())));
        };
        core.record(|| What::HandlePolled { task: task.id() });
        let header = task.header();
        if !header.ledger.is_done() {
            // `clone_from` keeps a waker of the same identity and replaces any other.
            let mut joiner = task.record().joiner.take();
            match &mut joiner {
                Some(waker) => waker.clone_from(cx.waker()),
                None => joiner = Some(cx.waker().clone()),
            }
            // A clone may run the task to its end, which found nobody to wake then.
            if !header.ledger.is_done() {
                task.record().joiner.set(joiner);
                core.doubt(&header.ledger);
                return Poll::Pending;
            }
        }
        if header.ledger.has(TAKEN) {
            core.polled_after_ready(task);
            return Poll::Pending;
        }
        header.ledger.set(TAKEN);
        #[cfg(feature = "threads")]
        core.happens_after(task.id());
        if header.ledger.has(PANICKED) {
            core.panic_read(task);
        }
        let mut output = None;
        // SAFETY: the task is over and its output was not taken; `T` is its type.
        unsafe { task.take_output(NonNull::from(&mut output).cast()) };
        match output {
            Some(output) => Poll::Ready(output),
            None => Poll::Ready(Err(JoinError::cancelled(task.id()))),
        }
    }
}

impl<T> Drop for JoinHandle<T> {
    fn drop(&mut self) {
        if let Some(core) = self.raw.home() {
            core.join_handle_dropped(self.raw.0);
        }
    }
}

impl RawHandle {
    /// The world of the task, if this is its thread and its run goes on.
    #[inline(always)]
    fn home(&self) -> Option<&'static Core> {
        let world = world::current_address();
        // SAFETY: the task is at home in it, so the thread's world is alive.
        self.0.is_at_home(world).then(|| unsafe { world::at(world) })
    }

    fn abort(&self) {
        match self.home() {
            Some(core) => core.abort(self.0),
            None => {
                let record = self.0.record();
                record.mailbox.post(record.run, Letter::Aborted { task: self.0.id() });
            }
        }
    }

    fn is_finished(&self) -> bool {
        // Elsewhere nobody can tell, except that a run that is over has ended everything.
        self.home().is_some() && self.0.ledger().has(OVER) || self.0.is_orphan()
    }
}

impl Clone for RawHandle {
    fn clone(&self) -> Self {
        match self.home() {
            Some(_) => self.0.record().handles.increment(),
            None => self.0.record().handles.increment_away(),
        }
        RawHandle(self.0)
    }
}

impl Drop for RawHandle {
    fn drop(&mut self) {
        if let Some(core) = self.home() {
            core.handle_dropped(self.0);
            return;
        }
        let record = self.0.record();
        let (mailbox, run, task) = (record.mailbox, record.run, self.0.id());
        if record.handles.decrement_away() {
            // SAFETY: the run is over and this was the last handle.
            unsafe { self.0.free_orphan() }
        } else {
            mailbox.post(run, Letter::HandleDropped { task });
        }
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("task", &self.id()).finish()
    }
}

impl fmt::Debug for AbortHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AbortHandle").field("task", &self.id()).finish()
    }
}

/// Why a task has no output.
pub struct JoinError(Cause);

/// Small, because every task has room for its error.
enum Cause {
    Panicked(TaskId, Box<Panic>),
    Cancelled(TaskId),
    Outside(TaskId),
}

struct Panic {
    message: Option<String>,
    /// In a mutex for the sake of `Sync` alone.
    payload: Mutex<Box<dyn Any + Send>>,
}

impl JoinError {
    pub(crate) fn panicked(task: TaskId, payload: Box<dyn Any + Send>) -> Self {
        let message = message(payload.as_ref()).map(str::to_owned);
        let panic = Panic { message, payload: Mutex::new(payload) };
        JoinError(Cause::Panicked(task, Box::new(panic)))
    }

    pub(crate) fn cancelled(task: TaskId) -> Self {
        JoinError(Cause::Cancelled(task))
    }

    fn outside(task: TaskId) -> Self {
        JoinError(Cause::Outside(task))
    }

    /// Whether the task was aborted.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self.0, Cause::Cancelled(_))
    }

    /// Whether the task panicked.
    #[must_use]
    pub fn is_panic(&self) -> bool {
        matches!(self.0, Cause::Panicked(..))
    }

    /// What the task panicked with.
    ///
    /// # Panics
    ///
    /// If the task did not panic, as tokio's does; see
    /// [`try_into_panic`](Self::try_into_panic).
    #[must_use]
    #[track_caller]
    pub fn into_panic(self) -> Box<dyn Any + Send> {
        self.try_into_panic().expect("`JoinError::into_panic` needs an error that is a panic")
    }

    /// What the task panicked with.
    ///
    /// # Errors
    ///
    /// Gives the error back if the task did not panic.
    pub fn try_into_panic(self) -> Result<Box<dyn Any + Send>, Self> {
        match self.0 {
            Cause::Panicked(_, panic) => {
                Ok(panic.payload.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner()))
            }
            cause => Err(JoinError(cause)),
        }
    }

    /// The number of the task in its run.
    #[must_use]
    pub fn id(&self) -> TaskId {
        match self.0 {
            Cause::Panicked(task, _) | Cause::Cancelled(task) | Cause::Outside(task) => task,
        }
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Cause::Panicked(task, panic) => match &panic.message {
                Some(message) => write!(f, "{task} panicked with message {message:?}"),
                None => write!(f, "{task} panicked"),
            },
            Cause::Cancelled(task) => write!(f, "{task} was cancelled"),
            Cause::Outside(task) => write!(f, "{task} was awaited outside its run"),
        }
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinError({self})")
    }
}

impl std::error::Error for JoinError {}

/// The message of a panic, if its payload is text as with `panic!`.
pub(crate) fn message(payload: &(dyn Any + Send)) -> Option<&str> {
    let text = payload.downcast_ref::<&'static str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    text.or_else(|| payload.is::<PanickedClone>().then_some(PanickedClone::MESSAGE))
}
