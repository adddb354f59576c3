//! tokio 1.25.0: an `acquire` that is polled again by another waker drops the one that it had with
//! the lock of the waiters held. Fixed in 1.26.0 (pull request 5475).
#![cfg(test)]

use reveille::laws::{self, Fairness, Semaphore, TryAcquireError};
use reveille::{Checker, Kind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

/// Polls with a waker whose clones call nobody: the semaphore clones what it is given with its
/// lock held, in all versions.
struct Relayed<F> {
    future: Pin<Box<F>>,
    relay: Option<Arc<Relay>>,
}

struct Relay(Waker);

impl Wake for Relay {
    fn wake(self: Arc<Self>) {
        self.0.wake_by_ref();
    }
}

impl<F: Future> Future for Relayed<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let known = self.relay.take().filter(|relay| relay.0.will_wake(cx.waker()));
        let relay = known.unwrap_or_else(|| Arc::new(Relay(cx.waker().clone())));
        self.relay = Some(relay.clone());
        self.future.as_mut().poll(&mut Context::from_waker(&Waker::from(relay)))
    }
}

/// Without `close`, which wakes with the lock held until 1.53.3.
#[derive(Clone)]
struct Tokio;

impl Semaphore for Tokio {
    type Permits = tokio::sync::Semaphore;
    type Guard<'a> = tokio::sync::SemaphorePermit<'a>;

    fn make(&self, count: usize) -> Self::Permits {
        tokio::sync::Semaphore::new(count)
    }

    async fn acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        count: usize,
    ) -> Option<Self::Guard<'a>> {
        let future = Box::pin(permits.acquire_many(count as u32));
        Relayed { future, relay: None }.await.ok()
    }

    fn most_at_once(&self) -> usize {
        3
    }

    fn fairness(&self) -> Fairness {
        Fairness::FirstCome
    }

    fn try_acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        count: usize,
    ) -> Option<Result<Self::Guard<'a>, TryAcquireError>> {
        Some(permits.try_acquire_many(count as u32).map_err(|error| match error {
            tokio::sync::TryAcquireError::Closed => TryAcquireError::Closed,
            tokio::sync::TryAcquireError::NoPermits => TryAcquireError::NoPermits,
        }))
    }

    fn add_permits(&self, permits: &Self::Permits, count: usize) -> Option<()> {
        permits.add_permits(count);
        Some(())
    }

    fn forget<'a>(&self, guard: Self::Guard<'a>) -> Result<(), Self::Guard<'a>> {
        guard.forget();
        Ok(())
    }
}

/// A waker that is dropped may run what somebody else is about to do.
#[test]
fn keeps_the_laws_of_semaphores() {
    let checker = Checker::new().runs(10_000).with(Kind::ReentrantWaker);
    let checker = checker.watchdog(Duration::from_secs(1));
    laws::semaphore(Tokio).checker(checker).check();
}
