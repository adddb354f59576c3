//! tokio-util 0.7.19: `DelayQueue::peek` gives some item of those that come next by its coarse
//! count, and not the first of them. Fixed in 0.7.20 (tokio pull request 8402).
#![cfg(test)]

use reveille::Checker;
use reveille::laws::{self, DelayQueue, Item};
use reveille::time::Instant;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio_util::time::{DelayQueue as Queue, delay_queue::Key};

/// Without `clear`, which has a bug of its own until 0.7.20.
#[derive(Clone)]
struct TokioUtil;

/// The same moment by tokio's clock.
fn moment(due: Instant) -> tokio::time::Instant {
    let now = Instant::now();
    tokio::time::Instant::now() + due.duration_since(now) - now.duration_since(due)
}

/// The same moment by ours.
fn instant(due: tokio::time::Instant) -> Instant {
    let now = tokio::time::Instant::now();
    Instant::now() + due.duration_since(now) - now.duration_since(due)
}

impl DelayQueue for TokioUtil {
    type Queue = Queue<Item>;
    type Key = Key;

    fn open(&self) -> Queue<Item> {
        Queue::new()
    }

    fn insert(&self, queue: &mut Queue<Item>, item: Item, due: Instant) -> Key {
        queue.insert_at(item, moment(due))
    }

    fn poll_expired(&self, queue: &mut Queue<Item>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        queue.poll_expired(cx).map(|expired| Some(expired?.into_inner()))
    }

    fn granularity(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn remove(&self, queue: &mut Queue<Item>, key: &Key) -> Option<Option<Item>> {
        Some(queue.try_remove(key).map(|expired| expired.into_inner()))
    }

    fn reset(&self, queue: &mut Queue<Item>, key: &Key, due: Instant) -> Option<()> {
        queue.reset_at(key, moment(due));
        Some(())
    }

    fn next_due(&self, queue: &Queue<Item>) -> Option<Option<Instant>> {
        Some(queue.peek().map(|key| instant(queue.deadline(&key))))
    }

    fn len(&self, queue: &Queue<Item>) -> Option<usize> {
        Some(queue.len())
    }
}

#[test]
fn keeps_the_laws_of_delay_queues() {
    laws::delay_queue(TokioUtil).checker(Checker::new().tokio(true).runs(10_000)).check();
}
