//! Futures that say whether they are terminated: `select!` goes by it.

use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Has a future tell the truth about whether it is terminated: it is not before it has
/// returned `Ready`, since `select!` polls a terminated future no more, and it is then.
///
/// For what an adapter of a suite waits for, if it is a `FusedFuture`:
///
/// ```
/// use futures::future::{FusedFuture, FutureExt};
/// use reveille::laws::fused;
///
/// # reveille::Checker::new().runs(1).check(|| async {
/// let answer = fused(async { 42 }.fuse(), FusedFuture::is_terminated);
/// assert_eq!(answer.await, 42);
/// # });
/// ```
///
/// # Panics
///
/// The future that is returned panics when it is polled and the other one lies.
#[track_caller]
pub fn fused<F: Future, T: Fn(&F) -> bool>(future: F, is_terminated: T) -> Fused<F, T> {
    Fused { future: Box::pin(future), is_terminated, made_at: Location::caller() }
}

/// The future of [`fused`].
#[must_use = "futures do nothing unless polled"]
pub struct Fused<F, T> {
    future: Pin<Box<F>>,
    is_terminated: T,
    made_at: &'static Location<'static>,
}

impl<F: Future, T: Fn(&F) -> bool + Unpin> Future for Fused<F, T> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = &mut *self;
        let at = this.made_at;
        assert!(
            !(this.is_terminated)(&this.future),
            "the future at {at} says that it is terminated, and has not returned Ready: `select!` \
             polls it no more"
        );
        let polled = this.future.as_mut().poll(cx);
        assert!(
            polled.is_pending() || (this.is_terminated)(&this.future),
            "the future at {at} has returned Ready, and does not say that it is terminated: \
             `select!` polls it again"
        );
        polled
    }
}

impl<F, T> fmt::Debug for Fused<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fused").field("made_at", &self.made_at).finish_non_exhaustive()
    }
}
