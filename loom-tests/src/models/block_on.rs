//! Drivers of one future: `block_on`.

use super::{join, short_name, spawn};
use crate::model::{Model, Scenario};
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::sync::{Arc, Mutex};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// Polls a future to its end and waits meanwhile.
pub trait BlockOn: Send + Sync + 'static {
    /// The output of the future.
    fn block_on<F: Future>(&self, future: F) -> F::Output;
}

/// Checks that a `block_on` polls again after every wake, and what a wake orders.
///
/// ```
/// use reveille_loom::models::{BlockOn, block_on};
/// use reveille_loom::thread::{self, Thread};
/// use std::{pin::pin, sync::Arc, task::{Context, Poll, Wake}};
///
/// struct Unparks(Thread);
/// impl Wake for Unparks {
///     fn wake(self: Arc<Self>) { self.0.unpark() }
/// }
///
/// struct Mine;
/// impl BlockOn for Mine {
///     fn block_on<F: Future>(&self, future: F) -> F::Output {
///         let mut future = pin!(future);
///         let waker = Arc::new(Unparks(thread::current())).into();
///         loop {
///             match future.as_mut().poll(&mut Context::from_waker(&waker)) {
///                 Poll::Ready(output) => return output,
///                 Poll::Pending => thread::park(),
///             }
///         }
///     }
/// }
///
/// block_on(|| Mine).check();
/// ```
pub fn block_on<B: BlockOn>(make: impl Fn() -> B + Clone + Send + Sync + 'static) -> Model {
    let name = format!("block_on of {}", short_name::<B>());
    let with = |f: fn(B)| {
        let make = make.clone();
        move || f(make())
    };
    Model::of(
        name,
        vec![
            Scenario::new("a wake during the poll is not lost", with(during)),
            Scenario::new(
                "a wake between the last check and the park is not lost",
                with(meanwhile),
            ),
            Scenario::new("what was done before the wake is seen by the next poll", with(ordered)),
            Scenario::new("two wakes may be one, but never none", with(twice)),
            Scenario::new("two threads may wake at once", with(two)).bounded(3),
            Scenario::new("a wake after the end is harmless", with(late)),
        ],
    )
}

fn during<B: BlockOn>(driver: B) {
    let mut polls = 0;
    driver.block_on(poll_fn(|cx| {
        polls += 1;
        if polls == 3 {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }));
}

/// A place for a waker, and how far who wakes has come.
struct Shared {
    waker: Mutex<Option<Waker>>,
    count: AtomicUsize,
}

impl Shared {
    fn new() -> Arc<Shared> {
        Arc::new(Shared { waker: Mutex::new(None), count: AtomicUsize::new(0) })
    }

    fn lock(&self) -> crate::sync::MutexGuard<'_, Option<Waker>> {
        self.waker.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn wake(&self) {
        let waker = self.lock().take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Waits until the count is at least that.
    async fn reach(&self, count: usize) {
        poll_fn(|cx| {
            *self.lock() = Some(cx.waker().clone());
            if self.count.load(Ordering::Acquire) >= count {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}

fn meanwhile<B: BlockOn>(driver: B) {
    let shared = Shared::new();
    let other = shared.clone();
    let wakes = spawn("waker", move || {
        other.count.store(1, Ordering::Release);
        other.wake();
    });
    driver.block_on(shared.reach(1));
    join([wakes]);
}

fn ordered<B: BlockOn>(driver: B) {
    let count = Arc::new(AtomicUsize::new(0));
    let mut wakes = None;
    driver.block_on(poll_fn(|cx| {
        if count.load(Ordering::Relaxed) == 1 {
            return Poll::Ready(());
        }
        // The waker is handed over once, and by nothing that orders what comes after.
        wakes.get_or_insert_with(|| {
            let (waker, counted) = (cx.waker().clone(), count.clone());
            spawn("waker", move || {
                counted.store(1, Ordering::Relaxed);
                waker.wake();
            })
        });
        Poll::Pending
    }));
    join(wakes);
}

fn twice<B: BlockOn>(driver: B) {
    let count = Arc::new(AtomicUsize::new(0));
    let mut wakes = None;
    driver.block_on(poll_fn(|cx| {
        if count.load(Ordering::Relaxed) == 2 {
            return Poll::Ready(());
        }
        wakes.get_or_insert_with(|| {
            let (waker, counted) = (cx.waker().clone(), count.clone());
            spawn("waker", move || {
                counted.store(1, Ordering::Relaxed);
                waker.wake_by_ref();
                counted.store(2, Ordering::Relaxed);
                waker.wake();
            })
        });
        Poll::Pending
    }));
    join(wakes);
}

fn two<B: BlockOn>(driver: B) {
    let counts: Vec<_> = (0..2).map(|_| Arc::new(AtomicUsize::new(0))).collect();
    let mut wakes = Vec::new();
    driver.block_on(poll_fn(|cx| {
        if counts.iter().all(|count| count.load(Ordering::Relaxed) == 1) {
            return Poll::Ready(());
        }
        if wakes.is_empty() {
            let named = ["waker", "other waker"].iter().zip(&counts);
            wakes.extend(named.map(|(name, count)| {
                let (waker, counted) = (cx.waker().clone(), count.clone());
                spawn(name, move || {
                    counted.store(1, Ordering::Relaxed);
                    waker.wake();
                })
            }));
        }
        Poll::Pending
    }));
    join(wakes);
}

fn late<B: BlockOn>(driver: B) {
    let mut wakes = None;
    driver.block_on(poll_fn(|cx| {
        let waker = cx.waker().clone();
        wakes.get_or_insert_with(|| spawn("waker", move || waker.wake()));
        Poll::Ready(())
    }));
    // A wake that is still to come is for nobody.
    driver.block_on(async {});
    join(wakes);
}
