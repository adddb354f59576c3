//! `deadlock` and `stuck`: everything is at rest, and tasks hold wakers.

use crate::golden::golden;
use async_lock::Mutex;
use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

golden! {
    "deadlock" locks_in_opposite_orders;
    "deadlock" await_each_other;
    "stuck" nobody_sends;
    "stuck" nobody_sends_in_a_process_of_its_own;
    "stuck" a_watched_future_that_is_over_is_not_to_blame;
    "deadlock" locks_in_opposite_orders_beside_a_heartbeat;
}

async fn both(first: Rc<Mutex<u32>>, second: Rc<Mutex<u32>>) {
    let mut first = first.lock().await;
    reveille::yield_now().await;
    let mut second = second.lock().await;
    *first += 1;
    *second += 1;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn locks_in_opposite_orders() {
    let (a, b) = (Rc::new(Mutex::new(0)), Rc::new(Mutex::new(0)));
    let left = reveille::Builder::new().name("left").spawn_local(both(a.clone(), b.clone()));
    let right = reveille::Builder::new().name("right").spawn_local(both(b, a));
    left.await.unwrap();
    right.await.unwrap();
}

#[reveille::test(max_steps = 2_000)]
#[ignore = "broken on purpose"]
async fn locks_in_opposite_orders_beside_a_heartbeat() {
    drop(reveille::spawn_daemon(async {
        let mut ticks = reveille::time::interval(std::time::Duration::from_millis(100));
        loop {
            ticks.tick().await;
        }
    }));
    let (a, b) = (Rc::new(Mutex::new(0)), Rc::new(Mutex::new(0)));
    let left = reveille::Builder::new().name("left").spawn_local(both(a.clone(), b.clone()));
    let right = reveille::Builder::new().name("right").spawn_local(both(b, a));
    left.await.unwrap();
    right.await.unwrap();
}

#[reveille::test(runs = 100_000)]
async fn locks_in_one_order() {
    let (a, b) = (Rc::new(Mutex::new(0)), Rc::new(Mutex::new(0)));
    let left = reveille::spawn_local(both(a.clone(), b.clone()));
    let right = reveille::spawn_local(both(a.clone(), b));
    left.await.unwrap();
    right.await.unwrap();
    assert_eq!(*a.lock().await, 2);
}

/// Waits for a wake that never comes, its waker well kept.
async fn wait_on(shelf: &RefCell<Vec<Waker>>) {
    poll_fn(|cx| {
        shelf.borrow_mut().push(cx.waker().clone());
        Poll::<()>::Pending
    })
    .await;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn await_each_other() {
    type Slot = Rc<RefCell<Option<reveille::JoinHandle<()>>>>;
    let slot = Slot::default();
    let other = slot.clone();
    let first = reveille::spawn_local(async move {
        reveille::yield_now().await;
        let handle = other.borrow_mut().take();
        if let Some(handle) = handle {
            handle.await.unwrap();
        }
    });
    let second = reveille::spawn_local(async move { first.await.unwrap() });
    *slot.borrow_mut() = Some(second);
    wait_on(&RefCell::default()).await;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn nobody_sends() {
    let shelf: Rc<RefCell<Vec<Waker>>> = Rc::default();
    let waiting = shelf.clone();
    let task = reveille::spawn_local(async move { wait_on(&waiting).await });
    task.await.unwrap();
    drop(shelf);
}

#[reveille::test(runs = 100_000)]
async fn somebody_sends() {
    let (tx, rx) = async_channel::bounded(1);
    let task = reveille::spawn(async move { rx.recv().await.unwrap() });
    tx.send(7).await.unwrap();
    assert_eq!(task.await.unwrap(), 7);
}

#[reveille::test(hermetic = true, runs = 2)]
#[ignore = "broken on purpose"]
async fn nobody_sends_in_a_process_of_its_own() {
    let (_tx, rx) = async_channel::bounded::<()>(1);
    rx.recv().await.unwrap();
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn a_watched_future_that_is_over_is_not_to_blame() {
    let mut done = std::pin::pin!(reveille::watch(async {
        reveille::yield_now().await;
        poll_fn(|cx| {
            cx.waker().wake_by_ref();
            Poll::Ready(())
        })
        .await;
    }));
    done.as_mut().await;
    let (_tx, rx) = async_channel::bounded::<()>(1);
    rx.recv().await.unwrap();
}
