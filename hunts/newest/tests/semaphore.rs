//! Semaphores.

use reveille::laws::{self, Fairness, Semaphore, TryAcquireError};
use reveille::{Checker, Kind, Law};
use std::ops::RangeInclusive;

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
fn tokio_semaphore() {
    laws::semaphore(Tokio).check();
}

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
fn mea_semaphore() {
    laws::semaphore(Mea).check();
}

#[derive(Clone)]
struct AsyncLock;

impl Semaphore for AsyncLock {
    type Permits = async_lock::Semaphore;
    type Guard<'a> = async_lock::SemaphoreGuard<'a>;

    fn make(&self, count: usize) -> Self::Permits {
        async_lock::Semaphore::new(count)
    }

    async fn acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        _count: usize,
    ) -> Option<Self::Guard<'a>> {
        Some(permits.acquire().await)
    }

    fn try_acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        _count: usize,
    ) -> Option<Result<Self::Guard<'a>, TryAcquireError>> {
        Some(permits.try_acquire().ok_or(TryAcquireError::NoPermits))
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

#[test]
fn async_lock_semaphore() {
    laws::semaphore(AsyncLock).check();
}

#[derive(Clone)]
struct AsyncSemaphore {
    most: usize,
}

impl Semaphore for AsyncSemaphore {
    type Permits = async_semaphore::Semaphore;
    type Guard<'a> = async_semaphore::SemaphoreGuard<'a>;

    fn make(&self, count: usize) -> Self::Permits {
        async_semaphore::Semaphore::new(count)
    }

    fn counts(&self) -> RangeInclusive<usize> {
        0..=self.most
    }

    async fn acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        _count: usize,
    ) -> Option<Self::Guard<'a>> {
        Some(permits.acquire().await)
    }

    fn try_acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        _count: usize,
    ) -> Option<Result<Self::Guard<'a>, TryAcquireError>> {
        Some(permits.try_acquire().ok_or(TryAcquireError::NoPermits))
    }
}

#[test]
fn async_semaphore_of_one_permit() {
    laws::semaphore(AsyncSemaphore { most: 1 }).check();
}

/// See `hunts/FINDINGS.md`.
#[test]
fn async_semaphore_wakes_one_for_two_permits() {
    let suite = laws::semaphore(AsyncSemaphore { most: 3 }).runs(10_000);
    newest::alarms(suite, Law::Stuck, "waits for ever, and could go on");
}

#[derive(Clone)]
struct AsyncWeighted;

impl Semaphore for AsyncWeighted {
    type Permits = async_weighted_semaphore::Semaphore;
    type Guard<'a> = async_weighted_semaphore::SemaphoreGuard<'a>;

    fn make(&self, count: usize) -> Self::Permits {
        async_weighted_semaphore::Semaphore::new(count)
    }

    async fn acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        count: usize,
    ) -> Option<Self::Guard<'a>> {
        permits.acquire(count).await.ok()
    }

    fn survives_panics(&self) -> bool {
        false
    }

    fn most_at_once(&self) -> usize {
        3
    }

    fn fairness(&self) -> Fairness {
        Fairness::FirstCome
    }

    fn add_permits(&self, permits: &Self::Permits, count: usize) -> Option<()> {
        permits.release(count);
        Some(())
    }

    fn close(&self, permits: &Self::Permits) -> Option<()> {
        permits.poison();
        Some(())
    }

    fn forget<'a>(&self, guard: Self::Guard<'a>) -> Result<(), Self::Guard<'a>> {
        guard.forget();
        Ok(())
    }
}

#[test]
fn async_weighted_semaphore_semaphore() {
    laws::semaphore(AsyncWeighted).check();
}

#[derive(Clone)]
struct Intrusive {
    is_fair: bool,
    most: usize,
}

impl Semaphore for Intrusive {
    type Permits = futures_intrusive::sync::Semaphore;
    type Guard<'a> = futures_intrusive::sync::SemaphoreReleaser<'a>;

    fn make(&self, count: usize) -> Self::Permits {
        futures_intrusive::sync::Semaphore::new(self.is_fair, count)
    }

    async fn acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        count: usize,
    ) -> Option<Self::Guard<'a>> {
        Some(permits.acquire(count).await)
    }

    fn most_at_once(&self) -> usize {
        self.most
    }

    fn fairness(&self) -> Fairness {
        if self.is_fair { Fairness::FirstCome } else { Fairness::InLine }
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

    fn forget<'a>(&self, mut guard: Self::Guard<'a>) -> Result<(), Self::Guard<'a>> {
        guard.disarm();
        Ok(())
    }
}

#[test]
fn futures_intrusive_fair_semaphore_by_one() {
    laws::semaphore(Intrusive { is_fair: true, most: 1 }).check();
}

#[test]
fn futures_intrusive_unfair_semaphore_by_one() {
    laws::semaphore(Intrusive { is_fair: false, most: 1 }).check();
}

/// See `hunts/FINDINGS.md`.
#[test]
fn futures_intrusive_semaphore_forgets_those_behind_who_gave_up() {
    newest::alarms(laws::semaphore(Intrusive { is_fair: true, most: 3 }), Law::Stuck, "");
}

#[derive(Clone)]
struct Maitake;

impl Semaphore for Maitake {
    type Permits = maitake_sync::Semaphore;
    type Guard<'a> = maitake_sync::semaphore::Permit<'a>;

    fn make(&self, count: usize) -> Self::Permits {
        maitake_sync::Semaphore::new(count)
    }

    async fn acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        count: usize,
    ) -> Option<Self::Guard<'a>> {
        permits.acquire(count).await.ok()
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
        Some(permits.try_acquire(count).map_err(|error| match error {
            maitake_sync::semaphore::TryAcquireError::Closed => TryAcquireError::Closed,
            maitake_sync::semaphore::TryAcquireError::InsufficientPermits => {
                TryAcquireError::NoPermits
            }
        }))
    }

    fn add_permits(&self, permits: &Self::Permits, count: usize) -> Option<()> {
        permits.add_permits(count);
        Some(())
    }

    fn close(&self, permits: &Self::Permits) -> Option<()> {
        permits.close();
        Some(())
    }

    fn forget<'a>(&self, guard: Self::Guard<'a>) -> Result<(), Self::Guard<'a>> {
        guard.forget();
        Ok(())
    }
}

#[test]
fn maitake_semaphore() {
    laws::semaphore(Maitake).check();
}

#[derive(Clone)]
struct AsyncUnsync {
    most: usize,
}

impl Semaphore for AsyncUnsync {
    type Permits = async_unsync::semaphore::Semaphore;
    type Guard<'a> = async_unsync::semaphore::Permit<'a>;

    fn make(&self, count: usize) -> Self::Permits {
        async_unsync::semaphore::Semaphore::new(count)
    }

    async fn acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        count: usize,
    ) -> Option<Self::Guard<'a>> {
        permits.acquire_many(count).await.ok()
    }

    fn most_at_once(&self) -> usize {
        self.most
    }

    fn fairness(&self) -> Fairness {
        Fairness::FirstCome
    }

    fn add_permits(&self, permits: &Self::Permits, count: usize) -> Option<()> {
        permits.add_permits(count);
        Some(())
    }

    fn close(&self, permits: &Self::Permits) -> Option<()> {
        permits.close();
        Some(())
    }

    fn forget<'a>(&self, guard: Self::Guard<'a>) -> Result<(), Self::Guard<'a>> {
        guard.forget();
        Ok(())
    }
}

/// See `hunts/FINDINGS.md`, for the next one as well.
#[test]
fn async_unsync_semaphore_by_one_if_wakers_stay_the_same() {
    let suite = laws::semaphore(AsyncUnsync { most: 1 });
    suite.checker(Checker::new().without(Kind::FreshWaker)).check();
}

#[test]
fn async_unsync_semaphore_miscounts_what_comes_bit_by_bit() {
    let suite = laws::semaphore(AsyncUnsync { most: 3 });
    let suite = suite.checker(Checker::new().without(Kind::FreshWaker));
    newest::alarms_by_one_of(suite, &[Law::Stuck, Law::Panic], "`acquire 3` of");
}
