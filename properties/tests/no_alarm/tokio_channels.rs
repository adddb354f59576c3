//! Channels of `tokio::sync`.

use futures::future::join_all;
use reveille::time::{sleep, timeout};
use std::time::Duration;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

const SECOND: Duration = Duration::from_secs(1);

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn mpsc_bounded_with_many_senders() {
    let (tx, mut rx) = mpsc::channel(1);
    for n in 0..3 {
        let tx = tx.clone();
        drop(reveille::spawn(async move {
            for m in 0..3 {
                tx.send(10 * n + m).await.unwrap();
            }
        }));
    }
    drop(tx);
    let mut got = Vec::new();
    while let Some(n) = rx.recv().await {
        got.push(n);
    }
    got.sort_unstable();
    assert_eq!(got, [0, 1, 2, 10, 11, 12, 20, 21, 22]);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn mpsc_with_reserved_places() {
    let (tx, mut rx) = mpsc::channel(2);
    let other = tx.clone();
    let reserves = reveille::spawn(async move {
        let place = other.clone().reserve_owned().await.unwrap();
        for permit in other.reserve_many(1).await.unwrap() {
            permit.send(1);
        }
        reveille::yield_now().await;
        drop(place.send(2));
        // Taken and given back unused.
        drop(other.reserve().await.unwrap());
    });
    let sends = reveille::spawn(async move { tx.send(3).await.unwrap() });
    let mut got = Vec::new();
    while let Some(n) = rx.recv().await {
        got.push(n);
    }
    got.sort_unstable();
    assert_eq!(got, [1, 2, 3]);
    reserves.await.unwrap();
    sends.await.unwrap();
}

/// A send that times out gives its place in the queue to the next.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn mpsc_send_that_times_out() {
    let (tx, mut rx) = mpsc::channel(1);
    tx.send(0).await.unwrap();
    let hasty = tx.clone();
    let hasty = reveille::spawn(async move { timeout(SECOND, hasty.send(1)).await.is_err() });
    let patient = reveille::spawn(async move { tx.send(2).await.unwrap() });
    let hasty = hasty.await.unwrap();
    let mut got = Vec::new();
    while let Some(n) = rx.recv().await {
        got.push(n);
    }
    assert_eq!((hasty, got), (true, vec![0, 2]));
    patient.await.unwrap();
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn mpsc_closed_by_either_side() {
    let (tx, mut rx) = mpsc::unbounded_channel::<u32>();
    let weak = tx.downgrade();
    let notices = tx.clone();
    let notices = reveille::spawn(async move { notices.closed().await });
    let sender = reveille::spawn(async move {
        let mut sent = 0;
        while tx.send(sent).is_ok() {
            sent += 1;
            reveille::yield_now().await;
        }
        sent
    });
    assert_eq!(rx.recv().await, Some(0));
    rx.close();
    let mut rest = Vec::new();
    while rx.recv_many(&mut rest, 2).await > 0 {}
    assert_eq!(sender.await.unwrap() as usize, 1 + rest.len());
    notices.await.unwrap();
    assert!(weak.upgrade().is_none());
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn oneshot_closed_by_the_receiver() {
    let (mut tx, rx) = oneshot::channel::<u32>();
    let sender = reveille::spawn(async move {
        tx.closed().await;
        tx.send(7)
    });
    assert!(timeout(SECOND, rx).await.is_err());
    assert_eq!(sender.await.unwrap(), Err(7));
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn oneshot_sent_dropped_and_moved() {
    let (tx, mut rx) = oneshot::channel::<u32>();
    assert!(timeout(SECOND, &mut rx).await.is_err());
    let waits = reveille::spawn(rx);
    let sends = reveille::spawn(async move { tx.send(7) });
    assert_eq!(waits.await.unwrap(), Ok(7));
    assert_eq!(sends.await.unwrap(), Ok(()));
    let (tx, rx) = oneshot::channel::<u32>();
    let waits = reveille::spawn(rx);
    drop(tx);
    assert!(waits.await.unwrap().is_err());
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn broadcast_to_all() {
    let (tx, _) = broadcast::channel(4);
    let receivers: Vec<_> = (0..3)
        .map(|_| {
            let mut rx = tx.subscribe();
            reveille::spawn(async move {
                let mut got = Vec::new();
                while let Ok(n) = rx.recv().await {
                    got.push(n);
                }
                got
            })
        })
        .collect();
    for n in 0..4 {
        tx.send(n).unwrap();
        reveille::yield_now().await;
    }
    drop(tx);
    for got in join_all(receivers).await {
        assert_eq!(got.unwrap(), [0, 1, 2, 3]);
    }
}

/// Who is too slow is told how much it missed, and goes on.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn broadcast_to_one_that_lags() {
    let (tx, mut rx) = broadcast::channel(2);
    let slow = reveille::spawn(async move {
        let (mut got, mut missed) = (0, 0);
        loop {
            match rx.recv().await {
                Ok(_) => got += 1,
                Err(broadcast::error::RecvError::Lagged(count)) => missed += count,
                Err(broadcast::error::RecvError::Closed) => return (got, missed),
            }
            sleep(2 * SECOND).await;
        }
    });
    for n in 0..9 {
        tx.send(n).unwrap();
        sleep(SECOND / 2).await;
    }
    drop(tx);
    let (got, missed) = slow.await.unwrap();
    assert_eq!(got + missed, 9);
    assert!(missed > 0);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn broadcast_receivers_that_come_and_go() {
    let (tx, mut rx) = broadcast::channel::<u32>(8);
    for _ in 0..3 {
        assert!(timeout(SECOND, rx.recv()).await.is_err());
    }
    let mut late = rx.resubscribe();
    let aborted = reveille::spawn(async move { rx.recv().await });
    reveille::yield_now().await;
    aborted.abort();
    let waits = reveille::spawn(async move { late.recv().await });
    assert!(tx.send(7).is_ok());
    assert_eq!(waits.await.unwrap(), Ok(7));
    tx.closed().await;
    assert!(aborted.await.is_err());
}

#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn watch_sees_the_last_value() {
    let (tx, rx) = watch::channel(0);
    let watchers: Vec<_> = (0..3)
        .map(|_| {
            let mut rx = rx.clone();
            reveille::spawn(async move {
                let mut seen = vec![*rx.borrow_and_update()];
                while rx.changed().await.is_ok() {
                    seen.push(*rx.borrow_and_update());
                }
                seen
            })
        })
        .collect();
    drop(rx);
    for n in 1..4 {
        reveille::yield_now().await;
        tx.send_replace(n);
    }
    reveille::yield_now().await;
    drop(tx);
    for seen in join_all(watchers).await {
        let seen = seen.unwrap();
        assert!(seen.is_sorted() && seen.last() == Some(&3), "seen {seen:?}");
    }
}

#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn watch_waits_for_a_value_and_for_the_end() {
    let (tx, mut rx) = watch::channel(0);
    assert!(timeout(SECOND, rx.changed()).await.is_err());
    let waits = reveille::spawn(async move { *rx.wait_for(|n| *n >= 3).await.unwrap() });
    for n in 1..4 {
        sleep(SECOND).await;
        let _ = tx.send(n);
    }
    tx.closed().await;
    assert_eq!(waits.await.unwrap(), 3);
}
