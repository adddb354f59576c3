//! tokio 1.25.0: an `acquire` that is polled again by another waker drops the one that it had with
//! the lock of the waiters held. Fixed in 1.26.0 (pull request 5475).
#![cfg(test)]

use reveille::laws::{self, Fairness, Semaphore, TryAcquireError};
use reveille::{Checker, Kind};
use std::time::Duration;

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
        permits.acquire_many(count as u32).await.ok()
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
    let checker = Checker::new().with(Kind::ReentrantWaker).watchdog(Duration::from_secs(1));
    laws::semaphore(Tokio).checker(checker).check();
}
