//! The laws of wakers that are made of something of one's own.

mod plan;
mod run;

use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use reveille_sim::Law;
pub use run::Callback;
use std::task::Waker;

/// What makes a waker, for the suite [`waker`]. A closure is one:
///
/// ```
/// use reveille::laws::{self, Callback};
/// use std::sync::Arc;
/// use std::task::{Wake, Waker};
///
/// struct Calls(Callback);
///
/// impl Wake for Calls {
///     fn wake(self: Arc<Self>) {
///         self.0.call();
///     }
/// }
///
/// laws::waker(|callback| Waker::from(Arc::new(Calls(callback)))).runs(100).check();
/// ```
pub trait MakeWaker: Clone + 'static {
    /// Makes a waker that calls `callback` when it is woken, and drops it with its last clone.
    fn waker(&self, callback: Callback) -> Waker;

    /// Whether a wake need not call when one has called before. By default each calls.
    fn coalesces(&self) -> bool {
        false
    }
}

impl<F: Fn(Callback) -> Waker + Clone + 'static> MakeWaker for F {
    fn waker(&self, callback: Callback) -> Waker {
        self(callback)
    }
}

/// The laws of a waker: each wake calls once, and nothing else does; what it calls is dropped
/// once, with the last clone and not before, on whatever thread, and when a call panics, too;
/// two wakers that are no clones are not taken for the same; and it can be taken apart and put
/// together again.
///
/// See [`MakeWaker`] for what to tell of one, with an example.
pub fn waker<M: MakeWaker>(make: M) -> Suite<impl Laws> {
    Suite::new(WakerLaws(make))
}

struct WakerLaws<M>(M);

impl<M> sealed::Sealed for WakerLaws<M> {}

impl<M: MakeWaker> Laws for WakerLaws<M> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        // Some of it is done on other threads, one step after the other.
        let checker = checker.clone().allow(Law::OutsideWorld);
        let steps = plan::steps(sizes.operations);
        checker.try_check_with(argument("operations", steps), |steps| {
            let make = self.0.clone();
            async move { run::run(&make, steps) }
        })
    }
}
