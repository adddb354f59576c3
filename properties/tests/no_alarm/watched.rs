//! Correct futures under `watch`.

use futures::future::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use reveille::time::{sleep, timeout};
use reveille::watch;
use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn children_of_a_collection() {
    let (tx, rx) = async_channel::bounded(1);
    let children: FuturesUnordered<_> = (0..3).map(|_| watch(rx.recv())).collect();
    let sender = reveille::spawn(async move {
        for n in 0..3 {
            tx.send(n).await.unwrap();
            reveille::yield_now().await;
        }
    });
    let mut got: Vec<u32> = children.map(Result::unwrap).collect().await;
    got.sort_unstable();
    assert_eq!(got, [0, 1, 2]);
    sender.await.unwrap();
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn a_join_handle() {
    let task = reveille::spawn(async {
        sleep(SECOND).await;
        42
    });
    let (answer, ()) = futures::join!(watch(task), watch(sleep(2 * SECOND)));
    assert_eq!(answer.unwrap(), 42);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn an_arm_that_times_out() {
    let (_tx, rx) = async_channel::bounded::<u32>(1);
    for _ in 0..3 {
        assert!(timeout(SECOND, watch(rx.recv())).await.is_err());
    }
}

/// Begun in one task and ended in another.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn moves_to_another_task() {
    let (tx, rx) = async_channel::bounded(1);
    let mut receive = Box::pin(watch(async move { rx.recv().await.unwrap() }));
    assert!(receive.as_mut().now_or_never().is_none());
    poll_fn(|cx| Poll::Ready(receive.poll_unpin(cx).is_pending())).await;
    let moved = reveille::spawn(receive);
    tx.send(7).await.unwrap();
    assert_eq!(moved.await.unwrap(), 7);
}

/// An arm that is kept through the loop and polled again and again.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn an_arm_kept_through_a_loop() {
    let (tx, rx) = async_channel::unbounded();
    let sender = reveille::spawn(async move {
        for n in 0..3 {
            tx.send(n).await.unwrap();
            sleep(SECOND).await;
        }
    });
    let mut deadline = pin!(watch(sleep(2 * SECOND + SECOND / 2)));
    let mut got = Vec::new();
    while let futures::future::Either::Left((Ok(n), _)) =
        futures::future::select(pin!(rx.recv()), deadline.as_mut()).await
    {
        got.push(n);
        // The arm may be woken in here.
        reveille::yield_now().await;
    }
    assert_eq!(got, [0, 1, 2]);
    sender.await.unwrap();
}

/// Ready, but its waker is still kept by a timer and woken later.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn its_waker_is_woken_after_ready() {
    let mut timer = Box::pin(sleep(2 * SECOND));
    let mut done = pin!(watch(async {
        let job = pin!(sleep(SECOND));
        futures::future::select(timer.as_mut(), job).await;
    }));
    done.as_mut().await;
    sleep(5 * SECOND).await;
}

/// Aborted, and its waker is then dropped by another.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn in_a_task_that_is_being_aborted() {
    let slot: Rc<Cell<Option<Waker>>> = Rc::default();
    let own = slot.clone();
    let task = reveille::spawn_local(watch(poll_fn(move |cx| {
        own.set(Some(cx.waker().clone()));
        Poll::<()>::Pending
    })));
    sleep(SECOND).await;
    task.abort();
    slot.set(None);
    assert!(task.await.unwrap_err().is_cancelled());
}

/// A daemon may wait for ever, and so may what it is made of.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn in_a_daemon_that_waits_for_ever() {
    drop(reveille::spawn_daemon(watch(std::future::pending::<()>())));
    sleep(SECOND).await;
}

/// In a collection that is dropped half-way.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn dropped_with_its_collection() {
    let (tx, rx) = async_channel::bounded::<u32>(1);
    let mut children: FuturesUnordered<_> = (0..3).map(|_| watch(rx.recv())).collect();
    tx.send(1).await.unwrap();
    assert_eq!(children.next().await, Some(Ok(1)));
    drop(children);
    tx.send(2).await.unwrap();
    assert_eq!(watch(rx.recv()).await, Ok(2));
}
