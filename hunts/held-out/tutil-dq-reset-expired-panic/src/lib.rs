//! tokio-util 0.6.1: an item of a `DelayQueue` that is due and not yet taken out, and is reset,
//! still counts as due: a panic when it is reset again. Fixed in 0.6.2 (tokio pull request 3270).
#![cfg(test)]

use reveille::Checker;
use reveille::laws::{self, DelayQueue, Item};
use reveille::time::Instant;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio_util::time::{DelayQueue as Queue, delay_queue::Key};

/// Without `remove`, which has a bug of its own until 0.6.9.
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
        queue.poll_expired(cx).map(|expired| Some(expired?.ok()?.into_inner()))
    }

    /// After about two years it panics: `held-out/tutil-dq-far-panic`.
    fn may_grow_old(&self) -> bool {
        false
    }

    fn granularity(&self) -> Duration {
        Duration::from_millis(1)
    }

    /// Not to the past, which wakes nobody until 0.7.19.
    fn reset(&self, queue: &mut Queue<Item>, key: &Key, due: Instant) -> Option<()> {
        queue.reset_at(key, moment(due.max(Instant::now() + Duration::from_millis(1))));
        Some(())
    }

    fn len(&self, queue: &Queue<Item>) -> Option<usize> {
        Some(queue.len())
    }
}

#[test]
fn keeps_the_laws_of_delay_queues() {
    laws::delay_queue(TokioUtil).checker(Checker::new().tokio(true)).check();
}
