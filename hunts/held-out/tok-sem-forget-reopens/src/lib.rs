//! tokio 1.51.0: `Semaphore::forget_permits` of a closed semaphore opens it again, and who asks
//! for a permit waits for ever. Fixed in 1.51.1 (pull request 8021).
#![cfg(test)]

use reveille::laws::{self, Fairness, Semaphore, TryAcquireError};

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

    fn forget_permits(&self, permits: &Self::Permits, count: usize) -> Option<usize> {
        Some(permits.forget_permits(count))
    }

    fn close(&self, permits: &Self::Permits) -> Option<()> {
        permits.close();
        Some(())
    }

    fn forget<'a>(&self, guard: Self::Guard<'a>) -> Result<(), Self::Guard<'a>> {
        guard.forget();
        Ok(())
    }

    fn split<'a>(
        &self,
        mut guard: Self::Guard<'a>,
    ) -> Result<(Self::Guard<'a>, Self::Guard<'a>), Self::Guard<'a>> {
        match guard.split(1) {
            Some(one) => Ok((one, guard)),
            None => Err(guard),
        }
    }

    fn merge<'a>(
        &self,
        mut one: Self::Guard<'a>,
        other: Self::Guard<'a>,
    ) -> Result<Self::Guard<'a>, (Self::Guard<'a>, Self::Guard<'a>)> {
        one.merge(other);
        Ok(one)
    }
}

#[test]
fn keeps_the_laws_of_semaphores() {
    laws::semaphore(Tokio).check();
}
