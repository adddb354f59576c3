//! A future with a deadline.

use super::error::Elapsed;
use super::{Instant, Sleep, sleep_until};
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// Gives `future` the time `duration`, and drops it no earlier than with the
/// returned future.
///
/// # Errors
///
/// The output is [`Elapsed`] if the deadline comes first; a future that is ready
/// at the deadline itself counts as in time.
///
/// ```
/// # use reveille_sim as reveille;
/// # use std::time::Duration;
/// # reveille::doc(|| async {
/// let never = std::future::pending::<()>();
/// assert!(reveille::time::timeout(Duration::from_secs(1), never).await.is_err());
/// # });
/// ```
pub fn timeout<F: IntoFuture>(duration: Duration, future: F) -> Timeout<F::IntoFuture> {
    timeout_at(Instant::now() + duration, future)
}

/// Gives `future` the time until `deadline`; see [`timeout`].
pub fn timeout_at<F: IntoFuture>(deadline: Instant, future: F) -> Timeout<F::IntoFuture> {
    Timeout { future: future.into_future(), sleep: sleep_until(deadline) }
}

pin_project! {
    /// The future of [`timeout`] and [`timeout_at`].
    #[must_use = "futures do nothing unless polled"]
    #[derive(Debug)]
    pub struct Timeout<F> {
        #[pin]
        future: F,
        sleep: Sleep,
    }
}

impl<F> Timeout<F> {
    /// The future that is given the time.
    pub fn get_ref(&self) -> &F {
        &self.future
    }

    /// The same, to change.
    pub fn get_mut(&mut self) -> &mut F {
        &mut self.future
    }

    /// The future, without its deadline.
    pub fn into_inner(self) -> F {
        self.future
    }
}

impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, Elapsed>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.sleep.fetch();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        Pin::new(this.sleep).poll(cx).map(|()| Err(Elapsed(())))
    }
}
