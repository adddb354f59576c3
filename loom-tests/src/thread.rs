//! What [`std::thread`] has, as loom's.
//!
//! [`park`] differs from loom's own: a token that comes while its thread yields is kept, and
//! each thread's park returns without one once, in some iterations, as that of std may.

use crate::recorder::{self, ObjectId, Operation, new_object};
use std::cell::RefCell;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

/// The threads that a model may have, with that in which it begins.
pub const MAX_THREADS: usize = loom::MAX_THREADS;

/// As [`std::thread::Thread`].
#[derive(Clone)]
pub struct Thread {
    name: Option<String>,
    token: Arc<loom::sync::Notify>,
    object: ObjectId,
}

impl Thread {
    fn new(name: Option<String>, at: &'static Location<'static>) -> Thread {
        Thread {
            name,
            token: Arc::new(loom::sync::Notify::new()),
            object: new_object("Thread", at),
        }
    }

    /// The name that it was given.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Gives the thread its token: the next [`park`], or the one that it is in, returns.
    #[track_caller]
    pub fn unpark(&self) {
        let operation = Operation::begin(Some(self.object), || "unpark".into());
        self.token.notify();
        operation.end();
    }
}

impl fmt::Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread").field("name", &self.name).finish_non_exhaustive()
    }
}

loom::thread_local! {
    static CURRENT: RefCell<Option<Thread>> = RefCell::new(None);
}

/// The thread that runs.
#[track_caller]
#[must_use]
pub fn current() -> Thread {
    let at = Location::caller();
    // Not made with the cell borrowed: that is a point at which loom may switch.
    let known = CURRENT.with(|current| current.borrow().clone());
    known.unwrap_or_else(|| {
        let main = Thread::new(Some("main".into()), at);
        CURRENT.with(|current| current.replace(Some(main.clone())));
        main
    })
}

/// Waits for the thread's token, and takes it; or returns for no reason.
#[track_caller]
pub fn park() {
    let this = current();
    let operation = Operation::begin(Some(this.object), || "park".into());
    this.token.wait();
    operation.end();
}

/// Lets other threads go on.
#[track_caller]
pub fn yield_now() {
    let operation = Operation::begin(None, || "yield_now".into());
    loom::thread::yield_now();
    operation.end();
}

/// As [`std::thread::JoinHandle`].
pub struct JoinHandle<T> {
    handle: loom::thread::JoinHandle<T>,
    thread: Thread,
}

impl<T> JoinHandle<T> {
    /// Waits for the thread to end.
    ///
    /// # Errors
    ///
    /// None: a model ends at the first panic.
    #[track_caller]
    pub fn join(self) -> std::thread::Result<T> {
        let operation = Operation::begin(Some(self.thread.object), || "join".into());
        let result = self.handle.join();
        operation.end();
        result
    }

    /// The thread.
    #[must_use]
    pub fn thread(&self) -> &Thread {
        &self.thread
    }
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("thread", &self.thread).finish_non_exhaustive()
    }
}

/// Starts a thread.
///
/// # Panics
///
/// If the model has [`MAX_THREADS`] already.
#[track_caller]
pub fn spawn<F, T>(f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    start(None, f)
}

/// As [`std::thread::Builder`].
#[derive(Debug, Default)]
#[must_use = "nothing is started yet"]
pub struct Builder {
    name: Option<String>,
}

impl Builder {
    /// A thread without a name.
    pub fn new() -> Builder {
        Builder::default()
    }

    /// Gives it a name, by which it is told of.
    pub fn name(self, name: impl Into<String>) -> Builder {
        Builder { name: Some(name.into()) }
    }

    /// Starts the thread.
    ///
    /// # Errors
    ///
    /// None.
    ///
    /// # Panics
    ///
    /// If the model has [`MAX_THREADS`] already.
    #[track_caller]
    pub fn spawn<F, T>(self, f: F) -> std::io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        Ok(start(self.name, f))
    }
}

#[track_caller]
fn start<F, T>(name: Option<String>, f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + 'static,
    T: 'static,
{
    let number = recorder::new_thread(name.as_deref());
    if number >= MAX_THREADS {
        crate::child::tell_too_many_threads(Location::caller());
    }
    let operation = Operation::begin(None, || format!("spawn {}", recorder::name_of(number)));
    let thread = Thread::new(name, Location::caller());
    let current = thread.clone();
    let handle = loom::thread::spawn(move || {
        recorder::enter_thread(number);
        CURRENT.with(|slot| slot.replace(Some(current)));
        f()
    });
    operation.end();
    JoinHandle { handle, thread }
}
