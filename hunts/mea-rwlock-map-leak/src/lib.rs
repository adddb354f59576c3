//! mea 0.4.0: a guard of a `RwLock` that owns it leaks the lock when it is mapped. Fixed in
//! 0.4.1.
#![cfg(test)]

use mea::rwlock::{
    OwnedMappedRwLockReadGuard, OwnedMappedRwLockWriteGuard, OwnedRwLockReadGuard,
    OwnedRwLockWriteGuard,
};
use reveille::laws::{self, Item, Precedence, RwLock};
use std::sync::Arc;

#[derive(Clone)]
struct Mea;

#[allow(dead_code, reason = "a guard is held and dropped, not read")]
enum Guard {
    Read(OwnedRwLockReadGuard<Item>),
    Write(OwnedRwLockWriteGuard<Item>),
    MappedRead(OwnedMappedRwLockReadGuard<Item, Item>),
    MappedWrite(OwnedMappedRwLockWriteGuard<Item, Item>),
}

impl RwLock for Mea {
    type Lock = Arc<mea::rwlock::RwLock<Item>>;
    type Guard<'a> = Guard;

    fn make(&self, content: Item) -> Self::Lock {
        Arc::new(mea::rwlock::RwLock::new(content))
    }

    async fn read<'a>(&self, lock: &'a Self::Lock) -> Self::Guard<'a> {
        Guard::Read(lock.clone().read_owned().await)
    }

    async fn write<'a>(&self, lock: &'a Self::Lock) -> Self::Guard<'a> {
        Guard::Write(lock.clone().write_owned().await)
    }

    fn precedence(&self) -> Precedence {
        Precedence::FirstCome
    }

    fn try_read<'a>(&self, lock: &'a Self::Lock) -> Option<Option<Self::Guard<'a>>> {
        Some(lock.clone().try_read_owned().map(Guard::Read))
    }

    fn try_write<'a>(&self, lock: &'a Self::Lock) -> Option<Option<Self::Guard<'a>>> {
        Some(lock.clone().try_write_owned().map(Guard::Write))
    }

    fn map<'a>(&self, guard: Self::Guard<'a>) -> Result<Self::Guard<'a>, Self::Guard<'a>> {
        match guard {
            Guard::Read(guard) => {
                Ok(Guard::MappedRead(OwnedRwLockReadGuard::map(guard, |item| item)))
            }
            Guard::Write(guard) => {
                Ok(Guard::MappedWrite(OwnedRwLockWriteGuard::map(guard, |item| item)))
            }
            mapped => Err(mapped),
        }
    }
}

#[test]
fn keeps_the_laws_of_rw_locks() {
    laws::rw_lock(Mea).check();
}
