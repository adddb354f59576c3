//! tokio 0.2.22: an item of a `DelayQueue` that was put in when it was due already cannot be
//! reset: a panic. Fixed in 0.2.23 (tokio pull request 2587).
#![cfg(test)]

use reveille::laws::{self, DelayQueue, Item};
use reveille::time::{Instant, sleep_until};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio::time::{DelayQueue as Queue, advance, delay_queue::Key};

/// Without `remove`. An item is reset once: one that was due then still counts as due, and the
/// next time panics in all versions of 0.2, which is `tutil-dq-reset-expired-panic`.
#[derive(Clone)]
struct Tokio;

/// A runtime whose clock stands still until it is told of the time.
struct Clock {
    runtime: RefCell<Runtime>,
    began: (Instant, tokio::time::Instant),
}

impl Clock {
    fn new() -> Clock {
        let mut runtime = Builder::new().basic_scheduler().enable_time().build().unwrap();
        // A runtime with nothing to do would have its clock run on to the next timer.
        runtime.spawn(async {
            loop {
                let _ = yield_now().await;
            }
        });
        let began = runtime.block_on(async {
            tokio::time::pause();
            (Instant::now(), tokio::time::Instant::now())
        });
        Clock { runtime: RefCell::new(runtime), began }
    }

    fn moment(&self, due: Instant) -> tokio::time::Instant {
        let (ours, tokios) = self.began;
        tokios + due.duration_since(ours) - ours.duration_since(due)
    }

    /// Shows the time that it is by ours, and has the timers fire.
    fn catch_up(&self) {
        let now = self.moment(Instant::now());
        self.runtime.borrow_mut().block_on(async {
            advance(now - tokio::time::Instant::now()).await;
            let _ = yield_now().await;
        });
    }

    /// Catches up when it is due.
    fn tick_after(self: &Rc<Clock>, due: Instant) {
        let (ticking, now) = (self.clone(), Instant::now());
        drop(reveille::Builder::new().name("tokio's clock").spawn_local(async move {
            // Every layer of tokio's rounds up to a millisecond.
            for millis in 1..=3 {
                sleep_until(due.max(now) + Duration::from_millis(millis)).await;
                ticking.catch_up();
            }
        }));
    }

    fn within<R>(&self, act: impl FnOnce() -> R) -> R {
        self.catch_up();
        self.runtime.borrow().enter(act)
    }
}

impl DelayQueue for Tokio {
    type Queue = (Rc<Clock>, Queue<Item>);
    type Key = (Key, Cell<bool>);

    fn open(&self) -> Self::Queue {
        let clock = Rc::new(Clock::new());
        let queue = clock.within(Queue::new);
        (clock, queue)
    }

    fn insert(&self, (clock, queue): &mut Self::Queue, item: Item, due: Instant) -> Self::Key {
        clock.tick_after(due);
        let moment = clock.moment(due);
        (clock.within(|| queue.insert_at(item, moment)), Cell::new(false))
    }

    fn poll_expired(
        &self,
        (clock, queue): &mut Self::Queue,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Item>> {
        clock.within(|| queue.poll_expired(cx).map(|expired| Some(expired?.ok()?.into_inner())))
    }

    /// After about two years it panics: `held-out/tutil-dq-far-panic`.
    fn may_grow_old(&self) -> bool {
        false
    }

    fn granularity(&self) -> Duration {
        Duration::from_millis(4)
    }

    /// Not to the past, which wakes nobody.
    fn reset(
        &self,
        (clock, queue): &mut Self::Queue,
        (key, was_reset): &Self::Key,
        due: Instant,
    ) -> Option<()> {
        if was_reset.replace(true) {
            return None;
        }
        let due = due.max(Instant::now() + Duration::from_millis(1));
        clock.tick_after(due);
        clock.within(|| queue.reset_at(key, clock.moment(due)));
        Some(())
    }

    fn len(&self, (_, queue): &Self::Queue) -> Option<usize> {
        Some(queue.len())
    }
}

#[test]
fn keeps_the_laws_of_delay_queues() {
    laws::delay_queue(Tokio).check();
}
