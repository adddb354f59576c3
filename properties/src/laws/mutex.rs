//! The laws of mutexes.

use super::given::item::{Drops, Item};
use super::permits::{
    Entering, Gate, Kind, Line, Menu, Permits, Rules, Scene, Share, TryAcquireError, run, scripts,
};
use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;

/// A mutex for the suite [`mutex`]: how to make one, and how to lock it.
///
/// What a mutex does not have is left as it is, and is not tested; what the runs came by is
/// told when the suite has passed.
///
/// ```
/// use reveille::laws::{self, Item, Mutex};
///
/// #[derive(Clone)]
/// struct Tokio;
///
/// impl Mutex for Tokio {
///     type Lock = tokio::sync::Mutex<Item>;
///     type Guard<'a> = tokio::sync::MutexGuard<'a, Item>;
///
///     fn make(&self, content: Item) -> Self::Lock {
///         tokio::sync::Mutex::new(content)
///     }
///
///     fn lock<'a>(&self, lock: &'a Self::Lock) -> impl Future<Output = Self::Guard<'a>> {
///         lock.lock()
///     }
///
///     fn try_lock<'a>(&self, lock: &'a Self::Lock) -> Option<Option<Self::Guard<'a>>> {
///         Some(lock.try_lock().ok())
///     }
///
///     fn is_fair(&self) -> bool {
///         true
///     }
/// }
///
/// laws::mutex(Tokio).runs(100).check();
/// ```
///
/// In the methods that take a guard write `Self::Guard<'a>` as it stands here; the type that it
/// is makes another signature (E0195).
///
/// Guards that own their lock are for an adapter of their own, with an `Arc` as its `Lock`.
pub trait Mutex: Clone + 'static {
    /// The mutex.
    type Lock: 'static;
    /// What keeps it locked.
    type Guard<'a>;

    /// Makes a mutex with this content, which is dropped when the mutex is.
    fn make(&self, content: Item) -> Self::Lock;

    /// Locks it. If the future is dropped, it must not be locked, nor anybody else be kept from
    /// locking it.
    fn lock<'a>(&self, lock: &'a Self::Lock) -> impl Future<Output = Self::Guard<'a>>;

    /// Locks it if nobody has it locked. Where others wait and it is refused, nothing is
    /// demanded, as it may have been promised to one of them.
    fn try_lock<'a>(&self, lock: &'a Self::Lock) -> Option<Option<Self::Guard<'a>>> {
        let _ = lock;
        None
    }

    /// Whether who waits goes before who comes to wait later. By default it is not demanded.
    /// Of `try_lock` it never is.
    fn is_fair(&self) -> bool {
        false
    }

    /// Maps a guard to one of the same type, for example another variant; gives it back as the
    /// error if there is no such operation.
    ///
    /// # Errors
    ///
    /// The guard, if there is no such operation.
    fn map<'a>(&self, guard: Self::Guard<'a>) -> Result<Self::Guard<'a>, Self::Guard<'a>> {
        Err(guard)
    }
}

/// The laws of a mutex: one at a time has it, in an order that explains what everybody saw
/// (linearizability); who waits when all is at rest has a reason to, whoever gave up or was
/// dropped before; where it is fair nobody is overtaken; a guard that a panic drops unlocks;
/// and the content is dropped once when all are gone.
///
/// See [`Mutex`] for what to tell of a mutex, with an example.
pub fn mutex<M: Mutex>(mutex: M) -> Suite<impl Laws> {
    Suite::new(MutexLaws(mutex))
}

struct MutexLaws<M>(M);

impl<M> sealed::Sealed for MutexLaws<M> {}

impl<M: Mutex> Laws for MutexLaws<M> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let line = if self.0.is_fair() { Line::Fair } else { Line::None };
        let permits = Permits::new(1, Rules { kind: Kind::Mutex, line, all: 1 });
        let menu = Menu { kind: Kind::Mutex, shares: vec![Share::All] };
        let arguments = argument("tasks", scripts(menu, sizes.steps()));
        let forgets = checker.suffers(reveille_sim::Kind::ForgottenFuture);
        checker.try_check_with(arguments, |tasks| {
            let drops = Drops::default();
            let (adapter, permits) = (self.0.clone(), permits.clone());
            let lock = adapter.make(drops.item());
            let last = Share::All;
            let scene = Scene { laws: "mutex", permits, last, forgets, ends: true, drops };
            run(Locked { adapter, lock }, scene, tasks)
        })
    }
}

struct Locked<M: Mutex> {
    adapter: M,
    lock: M::Lock,
}

impl<M: Mutex> Gate for Locked<M> {
    type Guard<'a> = M::Guard<'a>;
    const KIND: Kind = Kind::Mutex;

    fn enter(&self, _share: Share) -> Option<Entering<'_, Self>> {
        let lock = self.adapter.lock(&self.lock);
        Some(Box::pin(async { Some(lock.await) }))
    }

    fn try_enter(&self, _share: Share) -> Option<Result<M::Guard<'_>, TryAcquireError>> {
        let guard = self.adapter.try_lock(&self.lock)?;
        Some(guard.ok_or(TryAcquireError::NoPermits))
    }

    fn map<'a>(&'a self, guard: M::Guard<'a>) -> Result<M::Guard<'a>, M::Guard<'a>> {
        self.adapter.map(guard)
    }
}
