//! tokio 1.18: `join!` always polls its branches in the same order, so that one which uses up the
//! budget of every poll leaves none to those after it. Fixed in 1.19.0 (issue 4612, pull request
//! 4624).

use std::cell::Cell;
use tokio::sync::Semaphore;
use tokio::task::LocalSet;

/// A worker does jobs until it is told to stop, and who tells it needs a permit, too.
pub async fn works_until_it_is_told_to_stop() {
    let permits = Semaphore::new(2);
    let stops = Cell::new(false);
    let worker = async {
        let mut jobs = 0_u64;
        while !stops.get() {
            let _permit = permits.acquire().await.unwrap();
            jobs += 1;
        }
        jobs
    };
    let stop = async {
        let _permit = permits.acquire().await.unwrap();
        stops.set(true);
    };
    LocalSet::new().run_until(async { tokio::join!(worker, stop) }).await;
}

#[cfg(test)]
#[reveille::test(max_steps = 10_000)]
async fn stops() {
    works_until_it_is_told_to_stop().await;
}
