//! Calls into an adapter, by the name of its method: what panics there or does not return is
//! told by that name.

use reveille_sim::within;
use std::pin::Pin;
use std::task::{Context, Poll};

/// The future of the adapter's `method`, polled and dropped under its name.
pub(in crate::laws) struct Called<F: Future> {
    method: &'static str,
    /// None only while it is dropped.
    future: Option<Pin<Box<F>>>,
}

impl<F: Future> Called<F> {
    pub(in crate::laws) fn new(method: &'static str, future: F) -> Called<F> {
        Called { method, future: Some(Box::pin(future)) }
    }
}

impl<F: Future> Future for Called<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let method = self.method;
        let Some(future) = &mut self.future else { return Poll::Pending };
        within(method, || future.as_mut().poll(cx))
    }
}

impl<F: Future> Drop for Called<F> {
    fn drop(&mut self) {
        within(self.method, || self.future = None);
    }
}
