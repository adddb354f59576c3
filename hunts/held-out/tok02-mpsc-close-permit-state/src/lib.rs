//! tokio 0.2.23: a sender that waits for room and is dropped when the channel is closed gives back
//! room that it never had, and the receiver then never comes to the end. Fixed in 0.2.24 (pull
//! request 3215).
#![cfg(test)]

use reveille::time::{sleep, timeout};
use std::future::poll_fn;
use std::time::Duration;
use tokio::sync::mpsc::{self, Sender};

/// Sends numbers until the channel is closed, or takes too long.
async fn produce(mut sender: Sender<u64>, pause: u64) {
    for number in 0..4 {
        let ready = poll_fn(|cx| sender.poll_ready(cx));
        if !matches!(timeout(Duration::from_millis(3), ready).await, Ok(Ok(()))) {
            return;
        }
        sleep(Duration::from_millis(pause)).await;
        if sender.try_send(number).is_err() {
            return;
        }
    }
}

/// With a suite it is another bug that shows, that of the hunt `tok-mpsc-reserve-no-wake`, which is
/// in both versions: a receiver of a closed channel waits for ever while senders are there. Here
/// they all leave.
#[reveille::test]
async fn a_closed_channel_comes_to_its_end() {
    let (sender, mut receiver) = mpsc::channel(1);
    let producers: Vec<_> =
        (0..3).map(|pause| reveille::spawn(produce(sender.clone(), pause))).collect();
    drop(sender);
    let mut sum = 0;
    for _ in 0..2 {
        sum += receiver.recv().await.unwrap_or(0);
    }
    receiver.close();
    while let Some(number) = receiver.recv().await {
        sum += number;
    }
    for producer in producers {
        producer.await.unwrap();
    }
    assert!(sum <= 3 * (1 + 2 + 3));
}
