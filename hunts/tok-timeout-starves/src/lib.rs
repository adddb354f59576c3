//! tokio 1.14.1: `timeout` polls its future first. If that one uses up the budget of its task
//! at every poll, there is none left for the timer, and the timeout never comes. Fixed in
//! 1.15.0 (pull request 4314).
//!
//! `#[reveille::test(tokio = true)]` takes a tokio from 1.48 on, so the program has a runtime
//! of its own, whose time is that of the run.

use reveille::time::sleep;
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::Semaphore;
use tokio::task::LocalSet;
use tokio::time::{advance, timeout};

/// A worker does jobs one after another for a while, each with a permit.
pub async fn shift() {
    let runtime: Runtime =
        Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let tasks = LocalSet::new();
    let is_over = Rc::new(Cell::new(false));
    let over = is_over.clone();
    tasks.spawn_local(async move {
        let permits = Semaphore::new(1);
        let jobs = async {
            loop {
                drop(permits.acquire().await.unwrap());
            }
        };
        let _: Result<(), _> = timeout(Duration::from_millis(2), jobs).await;
        over.set(true);
    });
    for _ in 0..5 {
        sleep(Duration::from_millis(1)).await;
        tasks.block_on(&runtime, advance(Duration::from_millis(1)));
    }
    assert!(is_over.get(), "the shift is over after 2 ms, and 5 have passed");
}

#[cfg(test)]
#[reveille::test]
async fn the_shift_is_over_in_time() {
    shift().await;
}
