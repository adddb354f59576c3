//! A future that may be cancelled at any of its awaits: the faults `cancellation`
//! and `forgotten-future`.
//!
//! Whatever is under `select!`, a timeout or an abort is dropped at some `.await`,
//! and the test says where that has to be borne by writing `cancellable(fut)`. A
//! future that is polled k + 1 times has 2k + 1 places for it: before each poll (the
//! first, so that it never began, or one that answers a wake), and after each
//! `Pending`.
//!
//! Forgetting in place of dropping is what `mem::forget` of a boxed future does, or a
//! cycle of `Rc`: safe code must not rely on its destructor. The future stands in a
//! box of its own, so that its memory is never used again and the promise of `Pin` is
//! kept. What it holds stays alive: the wakers that it registered somewhere, and those
//! of others in what it owns. Nobody can tell whose, so a run in which a future was
//! forgotten does not judge `waker-leak`; the other laws hold as ever.

use crate::choice::Kind;
use crate::finding::Detail;
use crate::law::Law;
use crate::task::TaskRef;
use crate::trace::{Owner, TaskId, What};
use crate::world::{self, Core};
use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Lets a run drop `future` at any of its awaits, in place of polling it on.
///
/// The output is that of the future, or [`Cancelled`] where the fault `cancellation`
/// struck; so the test can look whether anything was lost with it. Outside a run, and
/// where the fault is off, it polls the future and nothing else.
///
/// ```
/// # use reveille_sim as reveille;
/// # reveille::doc(|| async {
/// let answer = reveille::cancellable(async { 42 }).await;
/// assert!(answer.is_ok_and(|answer| answer == 42) || answer.is_err());
/// # });
/// ```
///
/// The future is boxed, and with the fault `forgotten-future`, which a test has to
/// ask for, it may be forgotten in place of being dropped.
#[track_caller]
pub fn cancellable<F: Future>(future: F) -> Cancellable<F> {
    Cancellable { future: Some(Box::pin(future)), is_over: false, made_at: Location::caller() }
}

/// The future of [`cancellable`].
#[must_use = "futures do nothing unless polled"]
pub struct Cancellable<F> {
    future: Option<Pin<Box<F>>>,
    /// It has returned `Ready`.
    is_over: bool,
    made_at: &'static Location<'static>,
}

impl<F> Cancellable<F> {
    /// Drops or forgets the future, if the sampler wants it to end here.
    fn is_struck(&mut self, core: &Core) -> bool {
        if !core.faults.get().has(Kind::Cancellation) || core.choose(Kind::Cancellation, 2) == 0 {
            return false;
        }
        let forgets = core.faults.get().has(Kind::ForgottenFuture)
            && core.choose(Kind::ForgottenFuture, 2) == 1;
        let at = self.made_at;
        core.record(|| What::Cancelled { at, forgotten: forgets });
        self.is_over = true;
        let future = self.future.take();
        if forgets {
            core.forgot.set(true);
            std::mem::forget(future);
        } else {
            // A panic of its destructor is one of this poll.
            drop(future);
        }
        true
    }
}

impl<F: Future> Future for Cancellable<F> {
    type Output = Result<F::Output, Cancelled>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let core = world::current();
        if let Some(core) = core {
            if this.is_over {
                let task = core.running.get().map_or(TaskId::ROOT, TaskRef::id);
                let detail = Detail::MadeAt(this.made_at);
                core.find(Law::PollAfterReady, Owner::Task(task), Vec::new(), detail);
                core.alarm.set(true);
                return Poll::Pending;
            }
            if this.is_struck(core) {
                return Poll::Ready(Err(Cancelled(())));
            }
        }
        let Some(future) = &mut this.future else { return Poll::Ready(Err(Cancelled(()))) };
        match future.as_mut().poll(cx) {
            Poll::Ready(output) => {
                this.is_over = true;
                Poll::Ready(Ok(output))
            }
            Poll::Pending if core.is_some_and(|core| this.is_struck(core)) => {
                Poll::Ready(Err(Cancelled(())))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<F> fmt::Debug for Cancellable<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cancellable")
            .field("made_at", &self.made_at)
            .field("is_over", &self.is_over)
            .finish_non_exhaustive()
    }
}

/// A future under [`cancellable`] was dropped, or forgotten, before it was ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cancelled(());

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the future was cancelled by a fault")
    }
}

impl std::error::Error for Cancelled {}
