//! Published delay queues of their newest versions.

use delay_map::HashMapDelay;
use newest::alarms;
use reveille::laws::{self, DelayQueue, Item};
use reveille::time::Instant;
use reveille::{Checker, Law};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio_stream::Stream;
use tokio_util::time::{DelayQueue as Queue, delay_queue::Key};

fn passes<D: DelayQueue>(queue: D) {
    laws::delay_queue(queue).checker(Checker::new().tokio(true)).check();
}

/// See `hunts/FINDINGS.md`.
fn panics_when_it_is_old<D: DelayQueue>(queue: D) {
    let suite = laws::delay_queue(queue).checker(Checker::new().tokio(true));
    alarms(suite, Law::Panic, "invalid deadline");
}

/// Whether it may be in use for years.
type MayGrowOld = bool;

/// The same moment by tokio's clock.
fn moment(due: Instant) -> tokio::time::Instant {
    let now = Instant::now();
    tokio::time::Instant::now() + due.duration_since(now) - now.duration_since(due)
}

#[derive(Clone)]
struct TokioUtil(MayGrowOld);

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

    fn may_grow_old(&self) -> bool {
        self.0
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
fn tokio_util_delay_queue() {
    passes(TokioUtil(false));
}

#[test]
fn an_old_delay_queue_of_tokio_util_panics_after_a_clear() {
    panics_when_it_is_old(TokioUtil(true));
}

/// Its keys are ours. It takes durations only, and so knows no past.
#[derive(Clone)]
struct DelayMap(MayGrowOld);

impl DelayQueue for DelayMap {
    type Queue = (usize, HashMapDelay<usize, Item>);
    type Key = usize;

    fn open(&self) -> Self::Queue {
        (0, HashMapDelay::new(Duration::from_secs(1)))
    }

    fn insert(&self, (next, map): &mut Self::Queue, item: Item, due: Instant) -> usize {
        *next += 1;
        map.insert_at(*next, item, due.duration_since(Instant::now()));
        *next
    }

    fn poll_expired(&self, (_, map): &mut Self::Queue, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        Pin::new(map).poll_next(cx).map(|entry| Some(entry?.ok()?.1))
    }

    fn granularity(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn may_grow_old(&self) -> bool {
        self.0
    }

    fn remove(&self, (_, map): &mut Self::Queue, key: &usize) -> Option<Option<Item>> {
        Some(map.remove(key))
    }

    fn reset(&self, (_, map): &mut Self::Queue, key: &usize, due: Instant) -> Option<()> {
        map.update_timeout(key, due.duration_since(Instant::now()));
        Some(())
    }

    fn clear(&self, (_, map): &mut Self::Queue) -> Option<()> {
        map.clear();
        Some(())
    }

    fn len(&self, (_, map): &Self::Queue) -> Option<usize> {
        Some(map.len())
    }
}

#[test]
fn delay_map_hash_map() {
    passes(DelayMap(false));
}

#[test]
fn an_old_delay_map_panics_after_a_clear() {
    panics_when_it_is_old(DelayMap(true));
}
