//! tokio 0.2.3: a `lock` that is dropped while it waits leaves the mutex locked once its turn
//! has come. Fixed in 0.2.4 (pull request 1902).
#![cfg(test)]

use reveille::laws::{self, Item, Mutex};

#[derive(Clone)]
struct Tokio;

impl Mutex for Tokio {
    type Lock = tokio::sync::Mutex<Item>;
    type Guard<'a> = tokio::sync::MutexGuard<'a, Item>;

    fn make(&self, content: Item) -> Self::Lock {
        tokio::sync::Mutex::new(content)
    }

    fn lock<'a>(&self, lock: &'a Self::Lock) -> impl Future<Output = Self::Guard<'a>> {
        lock.lock()
    }

    fn is_fair(&self) -> bool {
        true
    }
}

#[test]
fn keeps_the_laws_of_mutexes() {
    laws::mutex(Tokio).check();
}
