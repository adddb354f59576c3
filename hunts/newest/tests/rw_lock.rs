//! Readers-writer locks.

use reveille::Law;
use reveille::laws::{self, Item, Precedence, RwLock, TryUpgrade};

/// See `hunts/FINDINGS.md`.
fn readers_wake_each_other(lock: impl RwLock) {
    newest::alarms(laws::rw_lock(lock), Law::SuspectedLivelock, "");
}

#[derive(Clone)]
struct Tokio;

#[expect(dead_code, reason = "a guard is held and dropped, not read")]
enum OfTokio<'a> {
    Read(tokio::sync::RwLockReadGuard<'a, Item>),
    Write(tokio::sync::RwLockWriteGuard<'a, Item>),
}

impl RwLock for Tokio {
    type Lock = tokio::sync::RwLock<Item>;
    type Guard<'a> = OfTokio<'a>;

    fn make(&self, content: Item) -> Self::Lock {
        tokio::sync::RwLock::with_max_readers(content, 2)
    }

    async fn read<'a>(&self, lock: &'a Self::Lock) -> OfTokio<'a> {
        OfTokio::Read(lock.read().await)
    }

    async fn write<'a>(&self, lock: &'a Self::Lock) -> OfTokio<'a> {
        OfTokio::Write(lock.write().await)
    }

    fn most_readers(&self) -> Option<usize> {
        Some(2)
    }

    fn precedence(&self) -> Precedence {
        Precedence::FirstCome
    }

    fn try_read<'a>(&self, lock: &'a Self::Lock) -> Option<Option<OfTokio<'a>>> {
        Some(lock.try_read().ok().map(OfTokio::Read))
    }

    fn try_write<'a>(&self, lock: &'a Self::Lock) -> Option<Option<OfTokio<'a>>> {
        Some(lock.try_write().ok().map(OfTokio::Write))
    }

    fn downgrade<'a>(&self, guard: Self::Guard<'a>) -> Result<Self::Guard<'a>, Self::Guard<'a>> {
        match guard {
            OfTokio::Write(guard) => Ok(OfTokio::Read(guard.downgrade())),
            read => Err(read),
        }
    }
}

#[test]
fn tokio_rw_lock() {
    laws::rw_lock(Tokio).check();
}

#[derive(Clone)]
struct AsyncLock;

#[expect(dead_code, reason = "a guard is held and dropped, not read")]
enum OfAsyncLock<'a> {
    Read(async_lock::RwLockReadGuard<'a, Item>),
    Upgradable(async_lock::RwLockUpgradableReadGuard<'a, Item>),
    Write(async_lock::RwLockWriteGuard<'a, Item>),
}

impl RwLock for AsyncLock {
    type Lock = async_lock::RwLock<Item>;
    type Guard<'a> = OfAsyncLock<'a>;

    fn make(&self, content: Item) -> Self::Lock {
        async_lock::RwLock::new(content)
    }

    async fn read<'a>(&self, lock: &'a Self::Lock) -> OfAsyncLock<'a> {
        OfAsyncLock::Read(lock.read().await)
    }

    async fn write<'a>(&self, lock: &'a Self::Lock) -> OfAsyncLock<'a> {
        OfAsyncLock::Write(lock.write().await)
    }

    fn try_read<'a>(&self, lock: &'a Self::Lock) -> Option<Option<OfAsyncLock<'a>>> {
        Some(lock.try_read().map(OfAsyncLock::Read))
    }

    fn try_write<'a>(&self, lock: &'a Self::Lock) -> Option<Option<OfAsyncLock<'a>>> {
        Some(lock.try_write().map(OfAsyncLock::Write))
    }

    fn upgradable_read<'a>(
        &self,
        lock: &'a Self::Lock,
    ) -> Option<impl Future<Output = OfAsyncLock<'a>>> {
        Some(async { OfAsyncLock::Upgradable(lock.upgradable_read().await) })
    }

    fn try_upgradable_read<'a>(&self, lock: &'a Self::Lock) -> Option<Option<OfAsyncLock<'a>>> {
        Some(lock.try_upgradable_read().map(OfAsyncLock::Upgradable))
    }

    fn upgrade<'a>(
        &self,
        guard: Self::Guard<'a>,
    ) -> Result<impl Future<Output = Self::Guard<'a>>, Self::Guard<'a>> {
        match guard {
            OfAsyncLock::Upgradable(guard) => {
                let upgrade = async_lock::RwLockUpgradableReadGuard::upgrade(guard);
                Ok(async { OfAsyncLock::Write(upgrade.await) })
            }
            other => Err(other),
        }
    }

    fn try_upgrade<'a>(&self, guard: Self::Guard<'a>) -> TryUpgrade<Self::Guard<'a>> {
        match guard {
            OfAsyncLock::Upgradable(guard) => {
                match async_lock::RwLockUpgradableReadGuard::try_upgrade(guard) {
                    Ok(guard) => TryUpgrade::Upgraded(OfAsyncLock::Write(guard)),
                    Err(guard) => TryUpgrade::Refused(OfAsyncLock::Upgradable(guard)),
                }
            }
            other => TryUpgrade::NotOffered(other),
        }
    }

    fn downgrade<'a>(&self, guard: Self::Guard<'a>) -> Result<Self::Guard<'a>, Self::Guard<'a>> {
        use async_lock::{RwLockUpgradableReadGuard as Upgradable, RwLockWriteGuard as Write};
        match guard {
            OfAsyncLock::Write(guard) => Ok(OfAsyncLock::Read(Write::downgrade(guard))),
            OfAsyncLock::Upgradable(guard) => Ok(OfAsyncLock::Read(Upgradable::downgrade(guard))),
            read => Err(read),
        }
    }

    fn downgrade_to_upgradable<'a>(
        &self,
        guard: Self::Guard<'a>,
    ) -> Result<Self::Guard<'a>, Self::Guard<'a>> {
        match guard {
            OfAsyncLock::Write(guard) => Ok(OfAsyncLock::Upgradable(
                async_lock::RwLockWriteGuard::downgrade_to_upgradable(guard),
            )),
            other => Err(other),
        }
    }
}

#[test]
fn async_lock_rw_lock() {
    readers_wake_each_other(AsyncLock);
}

#[derive(Clone)]
struct AsyncRwLock;

#[expect(dead_code, reason = "a guard is held and dropped, not read")]
enum OfAsyncRwLock<'a> {
    Read(async_rwlock::RwLockReadGuard<'a, Item>),
    Upgradable(async_rwlock::RwLockUpgradableReadGuard<'a, Item>),
    Write(async_rwlock::RwLockWriteGuard<'a, Item>),
}

impl RwLock for AsyncRwLock {
    type Lock = async_rwlock::RwLock<Item>;
    type Guard<'a> = OfAsyncRwLock<'a>;

    fn make(&self, content: Item) -> Self::Lock {
        async_rwlock::RwLock::new(content)
    }

    async fn read<'a>(&self, lock: &'a Self::Lock) -> OfAsyncRwLock<'a> {
        OfAsyncRwLock::Read(lock.read().await)
    }

    async fn write<'a>(&self, lock: &'a Self::Lock) -> OfAsyncRwLock<'a> {
        OfAsyncRwLock::Write(lock.write().await)
    }

    fn try_read<'a>(&self, lock: &'a Self::Lock) -> Option<Option<OfAsyncRwLock<'a>>> {
        Some(lock.try_read().map(OfAsyncRwLock::Read))
    }

    fn try_write<'a>(&self, lock: &'a Self::Lock) -> Option<Option<OfAsyncRwLock<'a>>> {
        Some(lock.try_write().map(OfAsyncRwLock::Write))
    }

    fn upgradable_read<'a>(
        &self,
        lock: &'a Self::Lock,
    ) -> Option<impl Future<Output = OfAsyncRwLock<'a>>> {
        Some(async { OfAsyncRwLock::Upgradable(lock.upgradable_read().await) })
    }

    fn upgrade<'a>(
        &self,
        guard: Self::Guard<'a>,
    ) -> Result<impl Future<Output = Self::Guard<'a>>, Self::Guard<'a>> {
        match guard {
            OfAsyncRwLock::Upgradable(guard) => {
                let upgrade = async_rwlock::RwLockUpgradableReadGuard::upgrade(guard);
                Ok(async { OfAsyncRwLock::Write(upgrade.await) })
            }
            other => Err(other),
        }
    }

    fn downgrade<'a>(&self, guard: Self::Guard<'a>) -> Result<Self::Guard<'a>, Self::Guard<'a>> {
        match guard {
            OfAsyncRwLock::Write(guard) => {
                Ok(OfAsyncRwLock::Read(async_rwlock::RwLockWriteGuard::downgrade(guard)))
            }
            other => Err(other),
        }
    }
}

#[test]
fn async_rwlock_rw_lock() {
    readers_wake_each_other(AsyncRwLock);
}

/// A lock that reads and writes, and no more.
macro_rules! rw_lock {
    ($test:ident, $lock:ty, $read:ty, $write:ty, $precedence:ident, $new:expr) => {
        #[test]
        fn $test() {
            #[derive(Clone)]
            struct Adapter;

            #[expect(dead_code, reason = "a guard is held and dropped, not read")]
            enum Guard<'a> {
                Read($read),
                Write($write),
            }

            impl RwLock for Adapter {
                type Lock = $lock;
                type Guard<'a> = Guard<'a>;

                fn make(&self, content: Item) -> $lock {
                    $new(content)
                }

                async fn read<'a>(&self, lock: &'a $lock) -> Guard<'a> {
                    Guard::Read(lock.read().await)
                }

                async fn write<'a>(&self, lock: &'a $lock) -> Guard<'a> {
                    Guard::Write(lock.write().await)
                }

                fn precedence(&self) -> Precedence {
                    Precedence::$precedence
                }
            }

            laws::rw_lock(Adapter).check();
        }
    };
}

rw_lock!(
    mea_rw_lock,
    mea::rwlock::RwLock<Item>,
    mea::rwlock::RwLockReadGuard<'a, Item>,
    mea::rwlock::RwLockWriteGuard<'a, Item>,
    FirstCome,
    mea::rwlock::RwLock::new
);

rw_lock!(
    maitake_rw_lock,
    maitake_sync::RwLock<Item>,
    maitake_sync::RwLockReadGuard<'a, Item>,
    maitake_sync::RwLockWriteGuard<'a, Item>,
    FirstCome,
    maitake_sync::RwLock::new
);
