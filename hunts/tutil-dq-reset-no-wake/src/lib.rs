//! tokio-util 0.7.18: `DelayQueue::reset_at` to a time that has passed makes the item due
//! at once and does not wake the task that waits for the queue. Fixed in 0.7.19 (tokio
//! pull request 8274).

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::time::{Instant, sleep};
use tokio_util::time::DelayQueue;

/// Leases of several lengths; one is given back before it runs out, and counts from then
/// on as run out when it was granted.
pub async fn leases() {
    let granted = Instant::now();
    let queue = Arc::new(Mutex::new(DelayQueue::new()));
    let lengths = [5, 10, 60];
    let keys = lengths.map(|seconds| {
        queue.lock().unwrap().insert(seconds, Duration::from_secs(seconds))
    });
    let ended = Arc::new(Mutex::new(Vec::new()));
    let seen = ended.clone();
    let all_ended = reveille::eventually(
        Duration::from_secs(30),
        "leases end when they are given back",
        move || seen.lock().unwrap().len() == lengths.len(),
    );
    let reaper = {
        let queue = queue.clone();
        tokio::spawn(async move {
            while let Some(lease) = poll_fn(|cx| queue.lock().unwrap().poll_expired(cx)).await {
                ended.lock().unwrap().push(lease.into_inner());
            }
        })
    };
    sleep(Duration::from_secs(20)).await;
    queue.lock().unwrap().reset_at(&keys[2], granted);
    reaper.await.unwrap();
    drop(all_ended);
}

#[cfg(test)]
#[reveille::test(tokio = true)]
async fn leases_end_when_they_are_given_back() {
    leases().await;
}
