//! The laws of barriers: whoever waits goes on when so many wait.

mod model;
mod run;

use super::play::patience::{Patience, patience};
use super::play::script::scripts;
use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use proptest::prelude::*;
use proptest::sample::select;
use run::Wait;

/// A barrier for the suite [`barrier`]: how to make one, how to wait at it, and what is
/// promised of that.
///
/// ```
/// use reveille::laws::{self, Barrier};
///
/// #[derive(Clone)]
/// struct AsyncLock;
///
/// impl Barrier for AsyncLock {
///     type Barrier = async_lock::Barrier;
///
///     fn barrier(&self, size: usize) -> Self::Barrier {
///         async_lock::Barrier::new(size)
///     }
///
///     async fn wait(&self, barrier: &Self::Barrier) -> bool {
///         barrier.wait().await.is_leader()
///     }
/// }
///
/// laws::barrier(AsyncLock).runs(100).check();
/// ```
pub trait Barrier: Clone + 'static {
    /// The barrier.
    type Barrier: 'static;

    /// Makes a barrier where so many have to wait, one or more.
    fn barrier(&self, size: usize) -> Self::Barrier;

    /// Waits, from the first poll on; whether this one leads. A barrier without leaders says
    /// `false`; see [`has_leaders`](Self::has_leaders).
    fn wait(&self, barrier: &Self::Barrier) -> impl Future<Output = bool>;

    /// How many have to wait: by default 1, 2 or 3.
    fn sizes(&self) -> Vec<usize> {
        vec![2, 1, 3]
    }

    /// Whether of those who go on together just one is told that it leads. By default it is.
    fn has_leaders(&self) -> bool {
        true
    }

    /// Whether one that waits and is dropped counts no more. By default it does still count.
    fn withdraws_on_cancel(&self) -> bool {
        false
    }
}

/// The laws of a barrier: nobody goes on before so many wait, then all of them do and one
/// leads, and so again and again.
///
/// See [`Barrier`] for what to tell of a barrier, with an example.
pub fn barrier<B: Barrier>(barrier: B) -> Suite<impl Laws> {
    Suite::new(BarrierLaws(barrier))
}

struct BarrierLaws<B>(B);

impl<B> sealed::Sealed for BarrierLaws<B> {}

impl<B: Barrier> Laws for BarrierLaws<B> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let counts = self.0.sizes();
        if counts.is_empty() || counts.contains(&0) {
            let why = "`Barrier::sizes` gave none, or 0: expected one or more, each at least 1";
            return Err(CheckError::NoRun(why.to_owned()));
        }
        let steps = (sizes.operations / 2).max(1);
        let waits = scripts(patience().prop_map(Wait), Wait(Patience::Endless), steps);
        let arguments = argument("size", select(counts)).and("waiters", waits);
        checker.try_check_with(arguments, |(size, waiters)| run::run(self.0.clone(), size, waiters))
    }
}
