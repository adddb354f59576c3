//! Where in the body of a test a task waits.
//!
//! The attribute macro writes `.__reveille_at()` before every `.await`, so that a
//! replay can name the line and the type of what is awaited. While searching this
//! costs a load per poll that is pending.

use pin_project_lite::pin_project;
use std::future::IntoFuture;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Written into tests by `#[reveille::test]`.
#[doc(hidden)]
pub trait AwaitAt: IntoFuture + Sized {
    #[track_caller]
    fn __reveille_at(self) -> At<Self::IntoFuture> {
        At { future: self.into_future(), at: Location::caller() }
    }
}

impl<F: IntoFuture> AwaitAt for F {}

pin_project! {
    #[doc(hidden)]
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct At<F> {
        #[pin]
        future: F,
        at: &'static Location<'static>,
    }
}

impl<F: Future> Future for At<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        let polled = this.future.poll(cx);
        if polled.is_pending() {
            reveille_sim::note_await(this.at, std::any::type_name::<F>());
        }
        polled
    }
}
