//! async-channel 1.4.1: a receiver that was notified passes the notification on
//! before it knows whether there is a message. Two receivers of an empty channel
//! wake each other for ever. Fixed in 1.4.2 (pull request 14).
#![cfg(test)]

use reveille::time::sleep;
use std::time::Duration;

/// A pool of workers that has little to do: one job a minute for an hour.
#[reveille::test(max_steps = 10_000)]
async fn an_idle_pool_sleeps() {
    let (jobs, queue) = async_channel::unbounded();
    let mut workers = Vec::new();
    for _ in 0..2 {
        let queue = queue.clone();
        workers.push(reveille::spawn(async move {
            let mut done = 0;
            while let Ok(_minute) = queue.recv().await {
                reveille::yield_now().await;
                done += 1;
            }
            done
        }));
    }
    for minute in 0..60_u64 {
        jobs.send(minute).await.unwrap();
        sleep(Duration::from_secs(60)).await;
    }
    drop(jobs);
    let mut done = 0;
    for worker in workers {
        done += worker.await.unwrap();
    }
    assert_eq!(done, 60);
}
