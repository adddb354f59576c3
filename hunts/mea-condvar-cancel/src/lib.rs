//! mea 0.6.5: a condition variable keeps a notification for which nobody waits, and one that
//! `notify_one` chose, and that is dropped while it waits for the mutex, takes the notification
//! along. Fixed in 0.6.6 (pull request 132).
#![cfg(test)]

use mea::mutex::{Mutex, MutexGuard};
use reveille::laws::{self, Condvar};

#[derive(Clone)]
struct Mea;

impl Condvar for Mea {
    type Pair = (Mutex<()>, mea::condvar::Condvar);
    type Guard<'a> = MutexGuard<'a, ()>;

    fn pair(&self) -> Self::Pair {
        (Mutex::new(()), mea::condvar::Condvar::new())
    }

    fn lock<'a>(&self, pair: &'a Self::Pair) -> impl Future<Output = MutexGuard<'a, ()>> {
        pair.0.lock()
    }

    fn wait<'a>(
        &self,
        pair: &'a Self::Pair,
        guard: MutexGuard<'a, ()>,
    ) -> impl Future<Output = MutexGuard<'a, ()>> {
        pair.1.wait(guard)
    }

    fn notify_one(&self, pair: &Self::Pair) -> Option<()> {
        pair.1.notify_one();
        Some(())
    }

    fn notify_all(&self, pair: &Self::Pair) -> Option<()> {
        pair.1.notify_all();
        Some(())
    }
}

#[test]
fn keeps_the_laws_of_condition_variables() {
    laws::condvar(Mea).check();
}
