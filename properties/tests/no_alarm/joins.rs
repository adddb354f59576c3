//! `join!`, `try_join!`, `join_all`, `select_all`, `Shared`, `Abortable`.

use futures::channel::oneshot;
use futures::future::{self, AbortHandle, Abortable, Aborted, Either, FutureExt, TryFutureExt};
use reveille::time::{Instant, sleep, timeout};
use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

async fn after<T>(seconds: u32, value: T) -> T {
    sleep(seconds * SECOND).await;
    value
}

async fn yields(times: u32) -> u32 {
    for _ in 0..times {
        reveille::yield_now().await;
    }
    times
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn join() {
    let (tx, rx) = oneshot::channel();
    let receive = async { rx.await.unwrap() };
    let send = async {
        yields(2).await;
        tx.send(7).unwrap();
    };
    assert_eq!(futures::join!(receive, send, yields(3), after(1, 'a')), (7, (), 3, 'a'));
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak), without(late_timer))]
async fn try_join_drops_the_others_at_the_first_error() {
    let (tx, rx) = oneshot::channel::<u32>();
    let start = Instant::now();
    let fails = after(1, Err::<(), _>("broken"));
    let result = futures::try_join!(fails, after(2, Ok(())), rx.map_err(|_| "cancelled"));
    assert_eq!(result, Err("broken"));
    assert_eq!(start.elapsed(), SECOND);
    assert!(tx.is_canceled());
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn join_all_of_few_and_of_many() {
    // From 31 on it is made of `FuturesOrdered`.
    let few = future::join_all((0..5).map(yields));
    let many = reveille::spawn(future::join_all((0..40).map(|n| yields(n % 3))));
    assert_eq!(few.await, [0, 1, 2, 3, 4]);
    assert_eq!(many.await.unwrap().iter().sum::<u32>(), 39);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak), without(late_timer))]
async fn join_all_of_tasks_and_of_sleeps() {
    let tasks = (0..4u32).map(|n| reveille::spawn(after(4 - n, n)));
    let done: Vec<u32> = future::join_all(tasks).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(done, [0, 1, 2, 3]);
    let start = Instant::now();
    future::join_all((0..33).map(|n| after(n, n))).await;
    assert_eq!(start.elapsed(), 32 * SECOND);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak), without(late_timer))]
async fn try_join_all_stops_at_the_first_error() {
    let jobs = (0..40u32).map(|n| after(1 + n % 5, if n == 3 { Err(n) } else { Ok(n) }));
    let start = Instant::now();
    assert_eq!(future::try_join_all(jobs).await, Err(3));
    assert_eq!(start.elapsed(), 4 * SECOND);
    let jobs = (0..3).map(|n| yields(n).map(Ok::<_, ()>));
    assert_eq!(future::try_join_all(jobs).await, Ok(vec![0, 1, 2]));
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn select_all_until_none_is_left() {
    let mut left: Vec<_> = (0..4u32).map(|n| after(n % 3, n).boxed_local()).collect();
    let mut order = Vec::new();
    while !left.is_empty() {
        let (n, _, rest) = future::select_all(left).await;
        order.push(n % 3);
        left = rest;
    }
    assert_eq!(order, [0, 0, 1, 2]);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn select_ok_skips_errors() {
    let jobs = [(1, Err("first")), (2, Ok(2)), (3, Ok(3))];
    let jobs = jobs.map(|(late, result)| after(late, result).boxed_local());
    let (n, rest) = future::select_ok(jobs).await.unwrap();
    assert_eq!((n, rest.len()), (2, 1));
    assert_eq!(future::select_ok(rest).await.map(|(n, _)| n), Ok(3));
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn select_goes_on_with_the_loser() {
    let slow = pin!(after(2, 2));
    let Either::Right((first, slow)) = future::select(slow, pin!(after(1, 1))).await else {
        panic!("the slow one was faster");
    };
    assert_eq!((first, slow.await), (1, 2));
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn maybe_done_and_poll_immediate() {
    let mut maybe = pin!(future::maybe_done(yields(2)));
    assert_eq!(future::poll_immediate(yields(1)).await, None);
    maybe.as_mut().await;
    assert_eq!(maybe.as_mut().take_output(), Some(2));
    assert_eq!(future::OptionFuture::from(None::<future::Ready<u32>>).await, None);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn shared_by_several_tasks() {
    let runs = Rc::new(Cell::new(0));
    let count = runs.clone();
    let shared = async move {
        count.set(count.get() + 1);
        sleep(SECOND).await;
        yields(2).await;
        42
    };
    let shared = shared.boxed_local().shared();
    let tasks: Vec<_> = (0..4).map(|_| reveille::spawn_local(shared.clone())).collect();
    for task in tasks {
        assert_eq!(task.await.unwrap(), 42);
    }
    assert_eq!((runs.get(), shared.peek()), (1, Some(&42)));
}

/// Whoever polled it last gives up; the others take over.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn shared_with_those_who_give_up() {
    let (tx, rx) = oneshot::channel::<u32>();
    let shared = rx.shared();
    let patient = reveille::spawn(shared.clone());
    let hasty: Vec<_> = (1..4)
        .map(|n| reveille::spawn(timeout(n * SECOND, shared.clone()).map(|r| r.is_err())))
        .collect();
    let aborted = reveille::spawn(shared.clone());
    sleep(2 * SECOND + SECOND / 2).await;
    aborted.abort();
    tx.send(7).unwrap();
    assert_eq!(patient.await.unwrap(), Ok(7));
    let gave_up = future::join_all(hasty).await;
    assert_eq!(gave_up.into_iter().map(Result::unwrap).collect::<Vec<_>>(), [true, true, false]);
    assert!(aborted.await.is_err());
}

/// Shared by the arms of one task.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn shared_within_one_task() {
    let shared = after(1, 3).boxed_local().shared();
    let weak = shared.downgrade().unwrap();
    let all = future::join_all((0..5).map(|_| shared.clone())).await;
    assert_eq!(all, [3; 5]);
    drop(shared);
    assert!(weak.upgrade().is_none());
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn abortable() {
    let (handle, registration) = AbortHandle::new_pair();
    let task = reveille::spawn(Abortable::new(std::future::pending::<()>(), registration));
    let (done, never) = future::abortable(yields(2));
    sleep(SECOND).await;
    handle.abort();
    assert_eq!(task.await.unwrap(), Err(Aborted));
    assert_eq!(done.await, Ok(2));
    assert!(!never.is_aborted());
}

/// Aborted by another task, before or while it is polled.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn abortable_from_another_task() {
    let (job, handle) = future::abortable(yields(3));
    let aborts = reveille::spawn(async move { handle.abort() });
    let job = reveille::spawn(job).await.unwrap();
    assert!(matches!(job, Ok(3) | Err(Aborted)));
    aborts.await.unwrap();
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn remote_handle() {
    let (remote, handle) = after(1, 5).remote_handle();
    let worker = reveille::spawn(remote);
    assert_eq!(handle.await, 5);
    worker.await.unwrap();
    let (remote, handle) = std::future::pending::<()>().remote_handle();
    let worker = reveille::spawn(remote);
    reveille::yield_now().await;
    drop(handle);
    worker.await.unwrap();
}
