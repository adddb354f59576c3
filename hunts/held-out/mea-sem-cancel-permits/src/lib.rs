//! mea 0.3.0: an `acquire` that is dropped while it waits gives back what it still lacks, and
//! not what it had taken: permits from nothing. Fixed in 0.3.1 (pull request 39).
#![cfg(test)]

use reveille::laws::{self, Fairness, Semaphore, TryAcquireError};

#[derive(Clone)]
struct Mea;

impl Semaphore for Mea {
    type Permits = mea::semaphore::Semaphore;
    type Guard<'a> = mea::semaphore::SemaphorePermit<'a>;

    fn make(&self, count: usize) -> Self::Permits {
        mea::semaphore::Semaphore::new(count)
    }

    async fn acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        count: usize,
    ) -> Option<Self::Guard<'a>> {
        Some(permits.acquire(count).await)
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
        Some(permits.try_acquire(count).ok_or(TryAcquireError::NoPermits))
    }

    fn add_permits(&self, permits: &Self::Permits, count: usize) -> Option<()> {
        permits.release(count);
        Some(())
    }

    fn forget<'a>(&self, guard: Self::Guard<'a>) -> Result<(), Self::Guard<'a>> {
        guard.forget();
        Ok(())
    }
}

#[test]
fn keeps_the_laws_of_semaphores() {
    laws::semaphore(Mea).check();
}
