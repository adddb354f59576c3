//! async-channel 1.4.1: a receiver that was notified passes the notification on
//! before it knows whether there is a message. Two receivers of an empty channel
//! wake each other for ever. Fixed in 1.4.2 (pull request 14).
#![cfg(test)]

use reveille::time::sleep;
use std::time::Duration;

/// A pool with little to do: a small job every ten minutes for an hour.
#[reveille::test]
async fn an_idle_pool_sleeps() {
    let (jobs, queue) = async_channel::unbounded();
    let workers = [(); 2].map(|()| {
        let queue = queue.clone();
        reveille::spawn(async move {
            let mut sum = 0;
            while let Ok(job) = queue.recv().await {
                sum += job;
            }
            sum
        })
    });
    for job in 0..6 {
        jobs.send(job).await.unwrap();
        sleep(Duration::from_secs(600)).await;
    }
    drop(jobs);
    let mut sum = 0;
    for worker in workers {
        sum += worker.await.unwrap();
    }
    assert_eq!(sum, (0..6).sum());
}
