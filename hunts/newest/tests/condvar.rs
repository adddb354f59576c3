//! Condition variables.

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
fn mea_condvar() {
    laws::condvar(Mea).check();
}
