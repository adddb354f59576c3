//! Panics that somebody sees to.

use futures::future::{FutureExt, join_all};
use futures::stream::{FuturesUnordered, StreamExt};
use reveille::time::{sleep, timeout};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

async fn panics_after(seconds: u32) -> u32 {
    sleep(seconds * SECOND).await;
    panic!("after {seconds}")
}

#[reveille::test(runs = 1000, deny(task_leak, waker_leak))]
async fn is_caught_in_the_task() {
    let task = reveille::spawn(async {
        let caught = AssertUnwindSafe(panics_after(1)).catch_unwind().await;
        sleep(SECOND).await;
        caught.unwrap_err().downcast::<String>().unwrap()
    });
    assert_eq!(*task.await.unwrap(), "after 1");
}

#[reveille::test(runs = 1000, deny(task_leak, waker_leak))]
async fn is_caught_in_the_root() {
    let caught = AssertUnwindSafe(panics_after(0)).catch_unwind().await;
    assert!(caught.is_err());
}

/// Read long after it happened, and passed on once more.
#[reveille::test(runs = 1000, deny(task_leak, waker_leak))]
async fn is_read_late_and_passed_on() {
    let inner = reveille::spawn(panics_after(1));
    sleep(3 * SECOND).await;
    let outer = reveille::spawn(async move {
        match inner.await {
            Ok(n) => n,
            Err(error) => resume_unwind(error.into_panic()),
        }
    });
    assert!(outer.await.unwrap_err().is_panic());
}

#[reveille::test(runs = 1000, deny(task_leak, waker_leak))]
async fn is_read_from_a_collection() {
    let tasks: FuturesUnordered<_> = (0..3).map(|n| reveille::spawn(panics_after(n))).collect();
    assert_eq!(tasks.filter(|r| std::future::ready(r.is_err())).count().await, 3);
}

/// Aborted when it was over already.
#[reveille::test(runs = 1000, deny(task_leak, waker_leak))]
async fn is_read_after_an_abort() {
    let task = reveille::spawn(panics_after(1));
    sleep(2 * SECOND).await;
    task.abort();
    assert!(task.await.unwrap_err().is_panic());
}

/// Whoever waits for something that the task held is told.
#[reveille::test(runs = 1000, deny(task_leak, waker_leak))]
async fn frees_what_the_task_held() {
    let mutex = Arc::new(tokio::sync::Mutex::new(0));
    let (tx, rx) = tokio::sync::oneshot::channel::<u32>();
    let other = mutex.clone();
    let task = reveille::spawn(async move {
        let _tx = tx;
        let _guard = other.lock().await;
        panics_after(1).await
    });
    let waits = reveille::spawn(rx);
    assert!(waits.await.unwrap().is_err());
    *mutex.lock().await += 1;
    assert!(task.await.unwrap_err().is_panic());
}

#[reveille::test(runs = 1000, deny(task_leak, waker_leak))]
async fn some_tasks_panic_and_some_do_not() {
    let tasks = (0..4u32).map(|n| {
        reveille::spawn(async move { if n % 2 == 0 { n } else { panics_after(n).await } })
    });
    let done: u32 = join_all(tasks).await.into_iter().filter_map(Result::ok).sum();
    assert_eq!(done, 2);
    assert!(timeout(SECOND, reveille::spawn(panics_after(9))).await.is_err());
}
