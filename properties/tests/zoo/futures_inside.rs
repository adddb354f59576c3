//! Futures inside a task, under `watch`: what a combinator hides from the task's
//! ledger; `snoozed` and `poll-after-ready`.

use crate::golden::golden;
use futures::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Poll, Waker};

golden! {
    "pending-without-waker" child_of_a_collection_never_registers;
    "stale-waker" child_of_a_collection_keeps_its_first_waker;
    "waker-dropped" child_of_a_collection_is_forgotten;
    "snoozed" futurelock;
    "poll-after-ready" polls_on;
}

/// A child that is pending once and takes its waker from `register`.
async fn pending_once(register: impl Fn(&Waker) + Unpin) {
    let mut first = true;
    poll_fn(|cx| {
        if std::mem::take(&mut first) {
            register(cx.waker());
            return Poll::Pending;
        }
        Poll::Ready(())
    })
    .await;
}

/// Polls a second child all the time, so that the task itself is always busy.
async fn beside_a_busy_child(child: impl Future<Output = ()>) {
    type Child<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;
    let busy: Child<'_> = Box::pin(async {
        for _ in 0..20 {
            reveille::yield_now().await;
        }
    });
    let mut both: FuturesUnordered<Child<'_>> =
        [Box::pin(child) as Child<'_>, busy].into_iter().collect();
    while both.next().await.is_some() {}
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn child_of_a_collection_never_registers() {
    beside_a_busy_child(reveille::watch(pending_once(|_| {}))).await;
}

#[reveille::test(runs = 100_000)]
async fn child_of_a_collection_registers() {
    beside_a_busy_child(reveille::watch(pending_once(Waker::wake_by_ref))).await;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn child_of_a_collection_keeps_its_first_waker() {
    let slot: RefCell<Option<Waker>> = RefCell::default();
    let mut polls = 0;
    let child = poll_fn(|cx| {
        polls += 1;
        slot.borrow_mut().get_or_insert_with(|| cx.waker().clone());
        if polls < 4 { Poll::Pending } else { Poll::Ready(()) }
    });
    let woken = async {
        for _ in 0..6 {
            slot.borrow().iter().for_each(Waker::wake_by_ref);
            reveille::yield_now().await;
        }
    };
    futures::join!(reveille::watch(child), woken);
}

#[reveille::test(runs = 100_000)]
async fn child_of_a_collection_replaces_its_waker() {
    let slot: RefCell<Option<Waker>> = RefCell::default();
    let mut polls = 0;
    let child = poll_fn(|cx| {
        polls += 1;
        *slot.borrow_mut() = Some(cx.waker().clone());
        if polls < 4 { Poll::Pending } else { Poll::Ready(()) }
    });
    let woken = async {
        for _ in 0..6 {
            slot.borrow().iter().for_each(Waker::wake_by_ref);
            reveille::yield_now().await;
        }
    };
    futures::join!(reveille::watch(child), woken);
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn child_of_a_collection_is_forgotten() {
    let slot: Rc<RefCell<Option<Waker>>> = Rc::default();
    let own = slot.clone();
    let forgets = reveille::spawn_local(async move {
        reveille::yield_now().await;
        *slot.borrow_mut() = None;
    });
    beside_a_busy_child(reveille::watch(pending_once(|waker| {
        *own.borrow_mut() = Some(waker.clone());
    })))
    .await;
    forgets.await.unwrap();
}

/// A `select!` arm waits for the lock and is put aside; the lock is given to it,
/// and the task then waits for the lock again (RFD 609).
#[reveille::test]
#[ignore = "broken on purpose"]
async fn futurelock() {
    let lock = Rc::new(async_lock::Mutex::new(()));
    let held = lock.clone();
    let holder = reveille::spawn_local(async move {
        let guard = held.lock().await;
        reveille::yield_now().await;
        drop(guard);
    });
    reveille::yield_now().await;
    let mut arm = pin!(reveille::watch(lock.lock()));
    if arm.as_mut().now_or_never().is_none() {
        let mut other = pin!(reveille::yield_now());
        futures::future::select(arm.as_mut(), other.as_mut()).await;
        // `arm` is still there, first in the queue.
        drop(lock.lock().await);
    }
    holder.await.unwrap();
}

#[reveille::test(runs = 100_000)]
async fn drops_the_arm_that_lost() {
    let lock = Rc::new(async_lock::Mutex::new(()));
    let held = lock.clone();
    let holder = reveille::spawn_local(async move {
        let guard = held.lock().await;
        reveille::yield_now().await;
        drop(guard);
    });
    reveille::yield_now().await;
    {
        let arm = pin!(reveille::watch(lock.lock()));
        let other = pin!(reveille::yield_now());
        drop(futures::future::select(arm, other).await);
    }
    drop(lock.lock().await);
    holder.await.unwrap();
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn polls_on() {
    let mut done = pin!(reveille::watch(async {}));
    done.as_mut().await;
    done.as_mut().await;
}

#[reveille::test(runs = 100_000)]
async fn a_fused_future_may_be_polled_on() {
    use futures::future::FusedFuture;
    let fused = async {}.boxed_local().fuse();
    let mut done = pin!(reveille::watch(fused).unless(FusedFuture::is_terminated));
    done.as_mut().await;
    assert!(done.as_mut().now_or_never().is_none());
}
