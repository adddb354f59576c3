//! `select!` and `select_biased!` of `futures`, `select!` of `tokio`, in loops.

use futures::channel::{mpsc, oneshot};
use futures::future::FutureExt;
use futures::stream::{FuturesUnordered, StreamExt};
use reveille::time::{interval, sleep};
use std::pin::pin;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Sends `count` numbers, one a second.
fn ticker(count: u32) -> mpsc::UnboundedReceiver<u32> {
    let (tx, rx) = mpsc::unbounded();
    drop(reveille::spawn(async move {
        for n in 0..count {
            sleep(SECOND).await;
            tx.unbounded_send(n).unwrap();
        }
    }));
    rx
}

#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn futures_select_of_two_streams() {
    let (mut a, mut b) = (ticker(3), ticker(2));
    let mut sums = [0, 0];
    loop {
        futures::select! {
            n = a.select_next_some() => sums[0] += n + 1,
            n = b.select_next_some() => sums[1] += n + 1,
            complete => break,
        }
    }
    assert_eq!(sums, [6, 3]);
}

#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn futures_select_with_a_deadline_and_jobs() {
    let mut deadline = pin!(sleep(2 * SECOND + SECOND / 2).fuse());
    let mut jobs: FuturesUnordered<_> =
        (1..5).map(|n| sleep(n * SECOND).map(move |()| n)).collect();
    let mut done = Vec::new();
    loop {
        futures::select! {
            n = jobs.select_next_some() => done.push(n),
            () = deadline => break,
        }
    }
    assert_eq!((done, jobs.len()), (vec![1, 2], 2));
}

#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn futures_select_with_default() {
    let mut rx = ticker(2);
    let (mut got, mut idle) = (0, 0);
    while got < 2 {
        futures::select! {
            _ = rx.next() => got += 1,
            default => {
                idle += 1;
                sleep(SECOND / 2).await;
            }
        }
    }
    assert!(idle >= 3, "idle {idle} times");
}

/// One arm's future is replaced each time it is done.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn select_biased_with_a_refilled_future() {
    let (stop, stopped) = oneshot::channel::<()>();
    let stopper = reveille::spawn(async move {
        sleep(3 * SECOND + SECOND / 2).await;
        stop.send(()).unwrap();
    });
    let mut stopped = stopped.fuse();
    let mut work = Box::pin(sleep(SECOND).fuse());
    let mut rounds = 0;
    loop {
        futures::select_biased! {
            stop = stopped => break stop.unwrap(),
            () = work => {
                rounds += 1;
                work.set(sleep(SECOND).fuse());
            }
        }
    }
    assert_eq!(rounds, 3);
    stopper.await.unwrap();
}

/// The handler of one arm waits itself while the other arms stand still.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn select_biased_whose_handlers_wait() {
    let (mut a, mut b) = (ticker(3), ticker(3));
    let mut order = Vec::new();
    loop {
        futures::select_biased! {
            n = a.select_next_some() => {
                sleep(SECOND / 4).await;
                order.push(n);
            }
            n = b.select_next_some() => {
                reveille::yield_now().await;
                order.push(10 + n);
            }
            complete => break,
        }
    }
    order.sort_unstable();
    assert_eq!(order, [0, 1, 2, 10, 11, 12]);
}

#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn tokio_select_until_all_are_closed() {
    let (mut a, mut b) = (ticker(3), ticker(2));
    let mut sums = [0, 0];
    loop {
        tokio::select! {
            Some(n) = a.next() => sums[0] += n + 1,
            Some(n) = b.next() => sums[1] += n + 1,
            else => break,
        }
    }
    assert_eq!(sums, [6, 3]);
}

#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn tokio_select_with_preconditions() {
    let mut rx = ticker(4);
    let mut job = pin!(sleep(2 * SECOND + SECOND / 2));
    let (mut got, mut done) = (0, false);
    loop {
        tokio::select! {
            () = &mut job, if !done => done = true,
            n = rx.next(), if got < 4 => {
                assert_eq!(n, Some(got));
                got += 1;
            }
            else => break,
        }
    }
    assert_eq!((got, done), (4, true));
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn tokio_select_biased_with_heartbeat_and_shutdown() {
    let (stop, mut stopped) = tokio::sync::watch::channel(());
    let server = reveille::spawn(async move {
        let mut beats = interval(SECOND);
        let mut count = 0;
        loop {
            tokio::select! {
                biased;
                _ = stopped.changed() => return count,
                _ = beats.tick() => count += 1,
            }
        }
    });
    sleep(2 * SECOND + SECOND / 2).await;
    stop.send(()).unwrap();
    assert_eq!(server.await.unwrap(), 3);
}

/// A job that is restarted at every change, as a debouncer does.
#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn tokio_select_restarts_its_timer() {
    let (tx, rx) = async_channel::unbounded();
    let typist = reveille::spawn(async move {
        for (pause, key) in [(1, 'a'), (1, 'b'), (5, 'c'), (1, 'd')] {
            sleep(pause * SECOND).await;
            tx.send(key).await.unwrap();
        }
    });
    let mut quiet = pin!(sleep(3 * SECOND));
    let (mut word, mut words) = (String::new(), Vec::new());
    loop {
        tokio::select! {
            () = quiet.as_mut(), if !word.is_empty() => words.push(std::mem::take(&mut word)),
            key = rx.recv(), if !rx.is_closed() || !rx.is_empty() => {
                word.extend(key);
                quiet.as_mut().reset(reveille::time::Instant::now() + 3 * SECOND);
            }
            else => break,
        }
    }
    assert_eq!(words, ["ab", "cd"]);
    typist.await.unwrap();
}

#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn tokio_select_between_a_handle_and_a_timeout() {
    let mut job = reveille::spawn(sleep(5 * SECOND));
    let mut rounds = 0;
    loop {
        tokio::select! {
            done = &mut job => break done.unwrap(),
            () = sleep(2 * SECOND) => rounds += 1,
        }
        if rounds == 2 {
            job.abort();
            assert!((&mut job).await.unwrap_err().is_cancelled());
            break;
        }
    }
    assert_eq!(rounds, 2);
}

#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn tokio_join_and_try_join() {
    let (tx, rx) = tokio::sync::oneshot::channel();
    let both = tokio::join!(rx, async {
        reveille::yield_now().await;
        tx.send(3)
    });
    assert_eq!(both, (Ok(3), Ok(())));
    let fails = async {
        sleep(SECOND).await;
        Err::<(), _>("broken")
    };
    let never = std::future::pending::<Result<(), _>>();
    assert_eq!(tokio::try_join!(fails, never), Err("broken"));
}
