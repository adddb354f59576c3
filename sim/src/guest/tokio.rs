//! A real tokio runtime as a guest: of one thread, with its clock paused.
//!
//! Tokio has no call for "run one task", "is anything runnable" or "when is your next
//! timer", so they are made of `block_on`. Its loop polls the root future if it was woken,
//! runs at most `event_interval` tasks (one, as it is set here) and turns the driver; with
//! nothing to do it parks, and a paused clock moves on to the next timer.
//!
//! - A turn: the root future wakes itself at its first poll and ends at its second; in
//!   between goes one task.
//! - Whether anything is runnable: a task of our own, the [`Tail`], is put at the end of the
//!   queue. If it goes twice with nobody in between, there is nobody.
//! - Time passes: the root future sleeps to the bound and is woken by `on_thread_unpark`,
//!   after time has moved and before a task goes. Then a task goes, if one is due.
//!
//! What stays tokio's: the order of its own tasks (first come, first served), the
//! resolution of its timers, a millisecond, and `spawn_blocking`, which is a real thread.

use super::Guest;
use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::{Instant, advance, sleep_until};

const MILLISECOND: u64 = 1_000_000;

/// A sleep that is longer is taken for none; a year.
const FAR: Duration = Duration::from_secs(365 * 24 * 3600);

/// A tokio runtime in the world.
pub(crate) struct Tokio {
    runtime: Runtime,
    tail: Arc<Tail>,
    /// The root future of a runtime that parks.
    parked: Arc<Kept>,
    /// A moment of tokio's clock, and of ours.
    same: Cell<(Instant, u64)>,
}

/// A waker that is kept for others.
#[derive(Default)]
struct Kept(Mutex<Option<Waker>>);

impl Kept {
    fn keep(&self, waker: &Waker) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker.clone());
    }

    fn wake(&self) {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        kept.into_iter().for_each(Waker::wake);
    }
}

/// The task that shows where the queue ends.
#[derive(Default)]
struct Tail {
    waker: Kept,
    is_queued: AtomicBool,
}

impl Tail {
    /// Stands at the end of the queue, unless it stands there already. To be called from
    /// within the runtime: from outside it would come first.
    fn queue(&self) {
        if !self.is_queued.swap(true, Ordering::Relaxed) {
            self.waker.wake();
        }
    }

    fn spawn(self: &Arc<Self>, runtime: &Runtime) {
        let own = self.clone();
        self.is_queued.store(true, Ordering::Relaxed);
        runtime.spawn(poll_fn(move |cx| {
            own.waker.keep(cx.waker());
            own.is_queued.store(false, Ordering::Relaxed);
            Poll::<()>::Pending
        }));
    }

    fn is_queued(&self) -> bool {
        self.is_queued.load(Ordering::Relaxed)
    }
}

impl Tokio {
    /// A runtime whose clock shows `now`.
    pub(crate) fn new(now: u64) -> std::io::Result<Tokio> {
        let parked = Arc::new(Kept::default());
        let unparked = parked.clone();
        let runtime = Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .event_interval(1)
            .global_queue_interval(1)
            .on_thread_unpark(move || unparked.wake())
            .build()?;
        let tail = Arc::new(Tail::default());
        tail.spawn(&runtime);
        let start = clock(&runtime);
        let tokio = Tokio { runtime, tail, parked, same: Cell::new((start, now)) };
        while tokio.turn() {}
        Ok(tokio)
    }

    /// For [`Handle::enter`].
    pub(crate) fn handle(&self) -> Handle {
        self.runtime.handle().clone()
    }

    /// The time to which tokio may go on its own without passing `until`: its timers
    /// round up to the next millisecond.
    fn bound(&self, now: u64, until: u64) -> Option<Duration> {
        let (_, ours) = self.same.get();
        let aligned = (now - ours).is_multiple_of(MILLISECOND);
        let whole = (until.saturating_sub(now) / MILLISECOND).checked_sub(u64::from(!aligned))?;
        (whole > 0).then(|| Duration::from_millis(whole))
    }

    /// Gives the first task in the queue a turn, if there is one.
    fn run_one(&self) {
        let mut first = true;
        self.runtime.block_on(poll_fn(|cx| {
            if std::mem::take(&mut first) {
                self.tail.queue();
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(())
        }));
    }

    /// Has the runtime park once, with a timer at `limit`; answers whether that timer
    /// fired. Nothing else need have: a timer that is far away is come near in several
    /// steps, and a wake that came before has the runtime not park at all.
    fn park(&self, limit: Instant) -> bool {
        self.runtime.block_on(async {
            let mut limit = pin!(sleep_until(limit));
            let mut first = true;
            poll_fn(|cx| {
                let over = limit.as_mut().poll(cx).is_ready();
                if std::mem::take(&mut first) && !over {
                    self.parked.keep(cx.waker());
                    return Poll::Pending;
                }
                Poll::Ready(over)
            })
            .await
        })
    }
}

/// What tokio's clock shows.
fn clock(runtime: &Runtime) -> Instant {
    let _inside = runtime.enter();
    Instant::now()
}

impl Guest for Tokio {
    fn name(&self) -> &'static str {
        "tokio"
    }

    fn has_work(&self) -> bool {
        self.runtime.metrics().global_queue_depth() > 0
    }

    fn turn(&self) -> bool {
        for _ in 0..2 {
            self.run_one();
            if self.tail.is_queued() {
                // It was somebody else.
                return true;
            }
        }
        false
    }

    fn pass_time(
        &self,
        now: u64,
        until: Option<u64>,
        is_woken: &dyn Fn() -> bool,
        show: &dyn Fn(u64),
    ) -> Option<u64> {
        self.follow(now);
        let limit = match until {
            Some(until) => self.bound(now, until)?,
            None => FAR,
        };
        let limit = clock(&self.runtime) + limit;
        while !self.park(limit) {
            show(self.now());
            self.run_one();
            if self.tail.is_queued() || is_woken() {
                return Some(self.now());
            }
        }
        if until.is_none() {
            // There is no timer at all. If the run goes on all the same, nobody is to notice.
            self.same.set((clock(&self.runtime), now));
            return None;
        }
        Some(self.now())
    }

    fn now(&self) -> u64 {
        let (tokio, ours) = self.same.get();
        let passed = clock(&self.runtime) - tokio;
        ours.saturating_add(u64::try_from(passed.as_nanos()).unwrap_or(u64::MAX))
    }

    fn follow(&self, now: u64) {
        // By nothing, too: tokio panics if its clock was resumed, and goes on by itself.
        let mut moved = pin!(advance(Duration::from_nanos(now.saturating_sub(self.now()))));
        // The clock moves at the first poll; then it would yield.
        self.runtime.block_on(poll_fn(|cx| {
            let _ = moved.as_mut().poll(cx);
            Poll::Ready(())
        }));
    }
}
