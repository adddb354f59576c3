//! tokio-util 0.7.19: `DelayQueue::clear` does not wake who waits, who is to learn that nothing
//! is left. Fixed in 0.7.20 (tokio pull request 8320).
#![cfg(test)]

use reveille::Checker;
use reveille::laws::{self, DelayQueue, Item};
use reveille::time::Instant;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio_util::time::{DelayQueue as Queue, delay_queue::Key};

#[derive(Clone)]
struct TokioUtil;

/// The same moment by tokio's clock.
fn moment(due: Instant) -> tokio::time::Instant {
    let now = Instant::now();
    tokio::time::Instant::now() + due.duration_since(now) - now.duration_since(due)
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

    /// After a clear it panics (`FINDINGS.md`), in the fixed version as well.
    fn may_grow_old(&self) -> bool {
        false
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

    fn clear(&self, queue: &mut Queue<Item>) -> Option<()> {
        queue.clear();
        Some(())
    }

    fn len(&self, queue: &Queue<Item>) -> Option<usize> {
        Some(queue.len())
    }
}

#[test]
fn keeps_the_laws_of_delay_queues() {
    laws::delay_queue(TokioUtil).checker(Checker::new().tokio(true).runs(10_000)).check();
}
