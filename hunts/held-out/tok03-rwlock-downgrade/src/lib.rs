//! tokio 0.3.1: `RwLockWriteGuard::downgrade` drops the guard that it was made of as well, so
//! somebody may write beside who reads. Fixed in 0.3.2 (pull request 2957).
#![cfg(test)]

use reveille::laws::{self, Item, Precedence, RwLock};

#[derive(Clone)]
struct Tokio;

#[expect(dead_code, reason = "a guard is held and dropped, not read")]
enum Guard<'a> {
    Read(tokio::sync::RwLockReadGuard<'a, Item>),
    Write(tokio::sync::RwLockWriteGuard<'a, Item>),
}

impl RwLock for Tokio {
    type Lock = tokio::sync::RwLock<Item>;
    type Guard<'a> = Guard<'a>;

    fn make(&self, content: Item) -> Self::Lock {
        tokio::sync::RwLock::new(content)
    }

    async fn read<'a>(&self, lock: &'a Self::Lock) -> Guard<'a> {
        Guard::Read(lock.read().await)
    }

    async fn write<'a>(&self, lock: &'a Self::Lock) -> Guard<'a> {
        Guard::Write(lock.write().await)
    }

    fn precedence(&self) -> Precedence {
        Precedence::FirstCome
    }

    fn downgrade<'a>(&self, guard: Self::Guard<'a>) -> Result<Self::Guard<'a>, Self::Guard<'a>> {
        match guard {
            Guard::Write(guard) => Ok(Guard::Read(guard.downgrade())),
            read => Err(read),
        }
    }
}

#[test]
fn keeps_the_laws_of_locks() {
    laws::rw_lock(Tokio).check();
}
