//! async-lock 2.7.0: `Semaphore::acquire_arc` makes a listener, drops it and begins anew for as
//! long as there is no permit: a poll that never returns. Fixed in 2.8.0 (pull request 42).
#![cfg(test)]

use reveille::laws::{self, Semaphore, TryAcquireError};
use std::sync::Arc;

#[derive(Clone)]
struct AsyncLock;

impl Semaphore for AsyncLock {
    type Permits = Arc<async_lock::Semaphore>;
    type Guard<'a> = async_lock::SemaphoreGuardArc;

    fn make(&self, count: usize) -> Self::Permits {
        Arc::new(async_lock::Semaphore::new(count))
    }

    async fn acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        _count: usize,
    ) -> Option<Self::Guard<'a>> {
        Some(permits.acquire_arc().await)
    }

    fn try_acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        _count: usize,
    ) -> Option<Result<Self::Guard<'a>, TryAcquireError>> {
        Some(permits.try_acquire_arc().ok_or(TryAcquireError::NoPermits))
    }
}

#[test]
fn keeps_the_laws_of_semaphores() {
    laws::semaphore(AsyncLock).check();
}
