//! Guards that abort a task when they are dropped, and trees of tasks made of them.

use reveille::time::{sleep, timeout};
use reveille::{JoinError, JoinHandle};
use std::future::{Future, pending};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Aborts its task when dropped, as tokio-util's `AbortOnDropHandle`.
struct AbortOnDrop<T>(JoinHandle<T>);

impl<T> Future for AbortOnDrop<T> {
    type Output = Result<T, JoinError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx)
    }
}

impl<T> Drop for AbortOnDrop<T> {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// A supervisor awaits its worker for ever. Whoever aborts it aborts the worker.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn a_worker_ends_with_its_supervisor() {
    let worker = AbortOnDrop(reveille::spawn(pending::<()>()));
    let supervisor = reveille::spawn(async move { worker.await.map_err(drop) });
    sleep(SECOND).await;
    supervisor.abort();
    assert!(supervisor.await.unwrap_err().is_cancelled());
}

/// The same, with a deadline outside the supervisor.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn a_worker_ends_with_its_supervisor_by_timeout() {
    let supervisor = AbortOnDrop(reveille::spawn(async {
        let worker = AbortOnDrop(reveille::spawn(pending::<()>()));
        worker.await.map_err(drop)
    }));
    assert!(timeout(SECOND, supervisor).await.is_err());
    sleep(SECOND).await;
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn a_guard_that_is_not_awaited() {
    let supervisor = reveille::spawn(async {
        let _worker = AbortOnDrop(reveille::spawn(pending::<()>()));
        pending::<()>().await;
    });
    sleep(SECOND).await;
    supervisor.abort();
    assert!(supervisor.await.unwrap_err().is_cancelled());
    reveille::yield_now().await;
}

/// Workers whose guards the root drops as it returns.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn guards_of_the_root_abort_as_it_returns() {
    let _workers: Vec<_> = (0..3).map(|_| AbortOnDrop(reveille::spawn(pending::<()>()))).collect();
    sleep(SECOND).await;
}

/// The abort is under way when the root returns, and the worker's is to follow.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn the_root_returns_while_an_abort_goes_down_the_tree() {
    let supervisor = reveille::spawn(async {
        let _worker = AbortOnDrop(reveille::spawn(pending::<()>()));
        pending::<()>().await;
    });
    sleep(SECOND).await;
    supervisor.abort();
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn guards_within_guards_abort_as_the_root_returns() {
    let _supervisor = AbortOnDrop(reveille::spawn(async {
        let _worker = AbortOnDrop(reveille::spawn(pending::<()>()));
        sleep(60 * SECOND).await;
    }));
    sleep(SECOND).await;
}

/// Each awaits the next, down to one that never ends.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn a_chain_of_guards_aborts_as_the_root_returns() {
    let _first = AbortOnDrop(reveille::spawn(async {
        let second = AbortOnDrop(reveille::spawn(async {
            let third = AbortOnDrop(reveille::spawn(pending::<()>()));
            third.await.unwrap();
        }));
        second.await.unwrap();
    }));
    sleep(SECOND).await;
}

/// The supervisor could go on when the root returns; its guard ends the worker.
#[reveille::test(runs = 3000, deny(waker_leak))]
async fn a_supervisor_is_left_with_its_worker() {
    let (tx, rx) = async_channel::bounded::<u32>(1);
    drop(reveille::spawn(async move {
        let _worker = AbortOnDrop(reveille::spawn(pending::<()>()));
        rx.recv().await.unwrap();
    }));
    sleep(SECOND).await;
    tx.send(1).await.unwrap();
}

#[reveille::test(runs = 3000, deny(waker_leak))]
async fn a_daemon_is_left_with_its_worker() {
    drop(reveille::spawn_daemon(async {
        let worker = AbortOnDrop(reveille::spawn(pending::<()>()));
        worker.await.unwrap();
    }));
    sleep(SECOND).await;
}
