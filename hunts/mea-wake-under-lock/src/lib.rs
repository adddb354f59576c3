//! mea 0.6.5: a barrier wakes those who wait with its lock held. Who is run by the wake at once
//! asks for the lock as well, and the thread hangs. The wakes were mended in 0.6.6 (pull request
//! 125). That version still clones wakers with the lock held, which the suite finds as well, so
//! none is taken for mended.
#![cfg(test)]

use reveille::laws::{self, Barrier};
use reveille::{Checker, Kind};
use std::time::Duration;

#[derive(Clone)]
struct Mea;

impl Barrier for Mea {
    type Barrier = mea::barrier::Barrier;

    fn barrier(&self, size: usize) -> Self::Barrier {
        mea::barrier::Barrier::new(size as _)
    }

    async fn wait(&self, barrier: &Self::Barrier) -> bool {
        barrier.wait().await.is_leader()
    }
}

#[test]
fn keeps_the_laws_of_barriers() {
    let checker = Checker::new().with(Kind::ReentrantWaker).watchdog(Duration::from_secs(1));
    laws::barrier(Mea).checker(checker).check();
}
