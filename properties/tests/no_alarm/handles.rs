//! Join and abort handles that go from hand to hand.

use futures::stream::{FuturesUnordered, StreamExt};
use reveille::time::{sleep, timeout};
use reveille::{AbortHandle, JoinHandle};
use std::future::pending;
use std::pin::pin;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_awaited_by_another_task() {
    let (tx, rx) = async_channel::bounded::<JoinHandle<u32>>(1);
    let reader = reveille::spawn(async move { rx.recv().await.unwrap().await.unwrap() });
    let answer = reveille::spawn(async {
        sleep(SECOND).await;
        42
    });
    tx.send(answer).await.unwrap();
    assert_eq!(reader.await.unwrap(), 42);
}

/// Polled here, then awaited there: the waker in its slot is replaced.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_polled_here_and_awaited_there() {
    let mut answer = reveille::spawn(async {
        sleep(3 * SECOND).await;
        42
    });
    assert!(timeout(SECOND, &mut answer).await.is_err());
    let reader = reveille::spawn(async move { answer.await.unwrap() });
    assert_eq!(reader.await.unwrap(), 42);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
#[expect(clippy::async_yields_async, reason = "the handle is the output")]
async fn is_the_output_of_a_task() {
    let outer = reveille::spawn(async { reveille::spawn(pending::<()>()) });
    let inner = outer.await.unwrap();
    sleep(SECOND).await;
    inner.abort();
    assert!(inner.await.unwrap_err().is_cancelled());
}

/// The output of the outer task, a handle, is dropped unread.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
#[expect(clippy::async_yields_async, reason = "the handle is the output")]
async fn is_dropped_unread_in_an_output() {
    let (tx, rx) = async_channel::bounded(1);
    let outer = reveille::spawn(async {
        reveille::spawn(async move {
            reveille::yield_now().await;
            tx.send(7).await.unwrap();
        })
    });
    drop(outer);
    assert_eq!(rx.recv().await, Ok(7));
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn races_with_a_timeout_and_is_aborted() {
    let late = 1 + reveille::draw(3);
    let mut job = reveille::spawn(async move {
        sleep(late * SECOND).await;
        late
    });
    let deadline = SECOND + SECOND / 2;
    let done = match timeout(deadline, &mut job).await {
        Ok(done) => done.ok(),
        Err(_) => {
            job.abort();
            assert!(job.await.unwrap_err().is_cancelled());
            None
        }
    };
    assert_eq!(done, (late == 1).then_some(1));
}

/// The loser's handle is dropped: it goes on, detached.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn loses_a_select_and_goes_on() {
    let (tx, rx) = async_channel::unbounded();
    let [first, second] = [1, 2].map(|late| {
        let tx = tx.clone();
        reveille::spawn(async move {
            sleep(late * SECOND).await;
            tx.send(late).await.unwrap();
        })
    });
    drop(tx);
    futures::future::select(first, second).await.factor_first().0.unwrap();
    assert_eq!(rx.collect::<Vec<_>>().await, [1, 2]);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn many_are_awaited_as_they_come() {
    let tasks: FuturesUnordered<_> = (0..4u32)
        .map(|late| {
            reveille::spawn(async move {
                sleep((4 - late) * SECOND).await;
                late
            })
        })
        .collect();
    let done: Vec<u32> = tasks.map(Result::unwrap).collect().await;
    assert_eq!(done, [3, 2, 1, 0]);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn awaited_after_the_task_is_over() {
    let answer = reveille::spawn(async { 42 });
    sleep(SECOND).await;
    assert!(answer.is_finished());
    answer.abort();
    assert_eq!(answer.await.unwrap(), 42);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn a_task_aborts_itself() {
    let (tx, rx) = async_channel::bounded::<AbortHandle>(1);
    let suicidal = reveille::spawn(async move {
        rx.recv().await.unwrap().abort();
        pending::<()>().await;
    });
    tx.send(suicidal.abort_handle()).await.unwrap();
    assert!(suicidal.await.unwrap_err().is_cancelled());
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn a_pinned_handle_is_polled_in_a_loop() {
    let mut job = pin!(reveille::spawn(async {
        sleep(5 * SECOND).await;
        42
    }));
    let mut waited = 0;
    let answer = loop {
        match timeout(SECOND, job.as_mut()).await {
            Ok(answer) => break answer.unwrap(),
            Err(_) => waited += 1,
        }
    };
    assert_eq!(answer, 42);
    // A deadline that comes with the output may go before or after it.
    assert!((4..=5).contains(&waited), "waited {waited} times");
}
