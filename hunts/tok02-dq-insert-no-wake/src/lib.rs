//! tokio 0.2.11: an item that is put into a `DelayQueue` and comes before all others replaces
//! the timer by a new one, which nobody has polled, and wakes nobody. Fixed in 0.2.12 (tokio
//! pull request 2217). There an item that is put in later than all others still replaces the
//! timer when others are due and not yet taken out, which then come when it does; 0.2.22 has
//! neither.
#![cfg(test)]

use reveille::laws::{self, DelayQueue, Item};
use reveille::time::{Instant, sleep_until};
use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio::time::{DelayQueue as Queue, advance, delay_queue::Key};

/// Without what has bugs of its own until later: `remove` and `reset`.
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

    fn within<R>(&self, act: impl FnOnce() -> R) -> R {
        self.catch_up();
        self.runtime.borrow().enter(act)
    }
}

impl DelayQueue for Tokio {
    type Queue = (Rc<Clock>, Queue<Item>);
    type Key = Key;

    fn open(&self) -> Self::Queue {
        let clock = Rc::new(Clock::new());
        let queue = clock.within(Queue::new);
        (clock, queue)
    }

    fn insert(&self, (clock, queue): &mut Self::Queue, item: Item, due: Instant) -> Key {
        let (ticking, now) = (clock.clone(), Instant::now());
        drop(reveille::Builder::new().name("tokio's clock").spawn_local(async move {
            // Every layer of tokio's rounds up to a millisecond.
            for millis in 1..=3 {
                sleep_until(due.max(now) + Duration::from_millis(millis)).await;
                ticking.catch_up();
            }
        }));
        // One that is due at once wakes nobody in 0.2.12 either, which is another bug.
        let moment = clock.moment(due.max(Instant::now() + Duration::from_millis(1)));
        clock.within(|| queue.insert_at(item, moment))
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

    fn len(&self, (_, queue): &Self::Queue) -> Option<usize> {
        Some(queue.len())
    }
}

#[test]
fn keeps_the_laws_of_delay_queues() {
    laws::delay_queue(Tokio).check();
}
