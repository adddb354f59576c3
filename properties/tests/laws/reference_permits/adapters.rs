//! The reference as a mutex, a readers-writer lock and a semaphore.

use super::*;

impl Mutex for Reference {
    type Lock = Shared;
    type Guard<'a> = Guard;

    fn make(&self, content: Item) -> Shared {
        make(self.0, 1, Some(content))
    }

    async fn lock(&self, lock: &Shared) -> Guard {
        enter(lock, Share::of(1)).await.expect("never closed")
    }

    fn try_lock(&self, lock: &Shared) -> Option<Option<Guard>> {
        Some(try_enter(lock, Share::of(1)).ok())
    }

    fn is_fair(&self) -> bool {
        true
    }

    fn map<'a>(&self, guard: OfMutex<'a>) -> Result<OfMutex<'a>, OfMutex<'a>> {
        Ok(guard.map())
    }
}

impl RwLock for Reference {
    type Lock = Shared;
    type Guard<'a> = Guard;

    fn make(&self, content: Item) -> Shared {
        make(self.0, ALL, Some(content))
    }

    async fn read(&self, lock: &Shared) -> Guard {
        enter(lock, Share::of(1)).await.expect("never closed")
    }

    async fn write(&self, lock: &Shared) -> Guard {
        enter(lock, Share::of(ALL)).await.expect("never closed")
    }

    fn precedence(&self) -> Precedence {
        Precedence::FirstCome
    }

    fn try_read(&self, lock: &Shared) -> Option<Option<Guard>> {
        Some(try_enter(lock, Share::of(1)).ok())
    }

    fn try_write(&self, lock: &Shared) -> Option<Option<Guard>> {
        Some(try_enter(lock, Share::of(ALL)).ok())
    }

    fn upgradable_read(&self, lock: &Shared) -> Option<impl Future<Output = Guard>> {
        Some(async { enter(lock, Share::UPGRADABLE).await.expect("never closed") })
    }

    fn try_upgradable_read(&self, lock: &Shared) -> Option<Option<Guard>> {
        Some(try_enter(lock, Share::UPGRADABLE).ok())
    }

    fn upgrade<'a>(
        &self,
        guard: OfRwLock<'a>,
    ) -> Result<impl Future<Output = OfRwLock<'a>>, OfRwLock<'a>> {
        Ok(Upgrade { guard: Some(guard), is_waiting: false })
    }

    fn try_upgrade<'a>(&self, guard: OfRwLock<'a>) -> TryUpgrade<OfRwLock<'a>> {
        let shared = guard.shared.clone();
        let mut state = shared.borrow_mut();
        if !state.can_upgrade() && state.mistake != TryUpgradesBesideReaders {
            return TryUpgrade::Refused(guard);
        }
        state.free = 0;
        state.is_upgradable_taken = false;
        TryUpgrade::Upgraded(guard.with(Share::of(ALL)))
    }

    fn downgrade<'a>(&self, guard: OfRwLock<'a>) -> Result<OfRwLock<'a>, OfRwLock<'a>> {
        Ok(downgrade(guard, Share::of(1)))
    }

    fn downgrade_to_upgradable<'a>(
        &self,
        guard: OfRwLock<'a>,
    ) -> Result<OfRwLock<'a>, OfRwLock<'a>> {
        Ok(downgrade(guard, Share::UPGRADABLE))
    }

    fn map<'a>(&self, guard: OfRwLock<'a>) -> Result<OfRwLock<'a>, OfRwLock<'a>> {
        Ok(guard.map())
    }
}

fn downgrade(guard: Guard, to: Share) -> Guard {
    let shared = guard.shared.clone();
    let mut state = shared.borrow_mut();
    let mut wakers = Vec::new();
    state.put(guard.share);
    if state.mistake == DowngradeLetsAWriterIn {
        wakers = state.give(usize::MAX);
    }
    state.take(to);
    if state.mistake != DowngradeWakesNobody {
        wakers.extend(state.give(usize::MAX));
    }
    drop(state);
    wake(wakers);
    guard.with(to)
}

impl Semaphore for Reference {
    type Permits = Shared;
    type Guard<'a> = Guard;

    fn make(&self, count: usize) -> Shared {
        make(self.0, count, None)
    }

    async fn acquire(&self, permits: &Shared, count: usize) -> Option<Guard> {
        enter(permits, Share::of(count)).await
    }

    fn most_at_once(&self) -> usize {
        3
    }

    fn fairness(&self) -> Fairness {
        Fairness::FirstCome
    }

    fn try_acquire(
        &self,
        permits: &Shared,
        count: usize,
    ) -> Option<Result<Guard, TryAcquireError>> {
        Some(try_enter(permits, Share::of(count)))
    }

    fn add_permits(&self, permits: &Shared, count: usize) -> Option<()> {
        let mut state = permits.borrow_mut();
        state.put(Share::of(count));
        let wakers = match state.mistake {
            AddWakesNobody => Vec::new(),
            AddWakesOne => state.give(1),
            _ => state.give(usize::MAX),
        };
        drop(state);
        wake(wakers);
        Some(())
    }

    fn forget_permits(&self, permits: &Shared, count: usize) -> Option<usize> {
        let mut state = permits.borrow_mut();
        let gone = state.free.min(count);
        if state.mistake != ForgetsNoneThatIsFree {
            state.free -= gone;
        }
        state.is_closed &= state.mistake != ForgetReopens;
        Some(gone)
    }

    fn close(&self, permits: &Shared) -> Option<()> {
        let mut state = permits.borrow_mut();
        state.is_closed = true;
        let most = match state.mistake {
            CloseWakesOne => 1,
            CloseWakesNobody => 0,
            _ => usize::MAX,
        };
        let wakers = state.line.iter().take(most).map(|waiting| waiting.waker.clone()).collect();
        drop(state);
        wake(wakers);
        Some(())
    }

    fn forget<'a>(&self, guard: OfSemaphore<'a>) -> Result<(), OfSemaphore<'a>> {
        if self.0 != ForgetGivesBack {
            guard.into_share();
        }
        Ok(())
    }

    fn split<'a>(
        &self,
        guard: OfSemaphore<'a>,
    ) -> Result<(OfSemaphore<'a>, OfSemaphore<'a>), OfSemaphore<'a>> {
        let shared = guard.shared.clone();
        let count = guard.share.count - usize::from(self.0 != SplitGivesOneTwice);
        Ok((Guard::new(&shared, Share::of(1)), guard.with(Share::of(count))))
    }

    fn merge<'a>(
        &self,
        one: OfSemaphore<'a>,
        other: OfSemaphore<'a>,
    ) -> Result<OfSemaphore<'a>, (OfSemaphore<'a>, OfSemaphore<'a>)> {
        let other = other.into_share().count;
        let count = one.share.count + if self.0 == MergeLosesOne { 0 } else { other };
        Ok(one.with(Share::of(count)))
    }
}
