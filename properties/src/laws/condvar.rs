//! The laws of condition variables: who waits lets go of a lock, and has it again when notified.

mod acting;
mod model;
mod plan;

use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;

/// A condition variable with its mutex, for the suite [`condvar`]: how to make them, how to
/// wait and notify, and what is promised of that.
///
/// ```
/// use async_lock::{Mutex, MutexGuard};
/// use reveille::laws::{self, Condvar};
/// use tokio::sync::Notify;
///
/// #[derive(Clone)]
/// struct OnNotify;
///
/// impl Condvar for OnNotify {
///     type Pair = (Mutex<()>, Notify);
///     type Guard<'a> = MutexGuard<'a, ()>;
///
///     fn pair(&self) -> Self::Pair {
///         (Mutex::new(()), Notify::new())
///     }
///
///     fn lock<'a>(&self, pair: &'a Self::Pair) -> impl Future<Output = MutexGuard<'a, ()>> {
///         pair.0.lock()
///     }
///
///     async fn wait<'a>(
///         &self,
///         pair: &'a Self::Pair,
///         guard: MutexGuard<'a, ()>,
///     ) -> MutexGuard<'a, ()> {
///         let notified = pair.1.notified();
///         drop(guard);
///         notified.await;
///         pair.0.lock().await
///     }
///
///     fn notify_all(&self, pair: &Self::Pair) -> Option<()> {
///         pair.1.notify_waiters();
///         Some(())
///     }
/// }
///
/// laws::condvar(OnNotify).runs(100).check();
/// ```
pub trait Condvar: Clone + 'static {
    /// The condition variable and a mutex.
    type Pair: 'static;
    /// Who has it has the mutex, until it is dropped.
    type Guard<'a>;

    /// Makes both.
    fn pair(&self) -> Self::Pair;

    /// Locks the mutex.
    fn lock<'a>(&self, pair: &'a Self::Pair) -> impl Future<Output = Self::Guard<'a>>;

    /// Unlocks the mutex and waits, both by the first poll; when notified, locks it again.
    fn wait<'a>(
        &self,
        pair: &'a Self::Pair,
        guard: Self::Guard<'a>,
    ) -> impl Future<Output = Self::Guard<'a>>;

    /// Whether those who wait are notified in the order in which they began to. By default it
    /// is not demanded.
    fn is_fair(&self) -> bool {
        false
    }

    /// Whether one that was notified alone, and is dropped before it was ready, passes that on.
    /// By default it does.
    fn passes_on(&self) -> bool {
        true
    }

    /// Whether a wait may end though nobody notified. By default it may not.
    fn is_spurious(&self) -> bool {
        false
    }

    /// Notifies one who waits, if there is one.
    fn notify_one(&self, pair: &Self::Pair) -> Option<()> {
        let _ = pair;
        None
    }

    /// Notifies all who wait.
    fn notify_all(&self, pair: &Self::Pair) -> Option<()> {
        let _ = pair;
        None
    }
}

/// The laws of a condition variable: nobody is between letting go of the mutex and waiting when
/// somebody notifies; who is notified gets the mutex, and who is not does not; a notification is
/// not lost with one that is dropped, and none is kept; two never have the mutex at once.
///
/// See [`Condvar`] for what to tell of a condition variable, with an example.
pub fn condvar<C: Condvar>(condvar: C) -> Suite<impl Laws> {
    Suite::new(CondvarLaws(condvar))
}

struct CondvarLaws<C>(C);

impl<C> sealed::Sealed for CondvarLaws<C> {}

impl<C: Condvar> Laws for CondvarLaws<C> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let steps = (sizes.operations / 2).max(1);
        let arguments =
            argument("waiters", plan::waiters(steps)).and("notifiers", plan::notifiers(steps));
        checker.try_check_with(arguments, |(waiters, notifiers)| {
            acting::run(self.0.clone(), waiters, notifiers)
        })
    }
}
