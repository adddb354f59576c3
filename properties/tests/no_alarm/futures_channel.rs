//! Channels, sinks and the lock of `futures`.

use futures::channel::{mpsc, oneshot};
use futures::future::FutureExt;
use futures::lock::Mutex;
use futures::sink::SinkExt;
use futures::stream::StreamExt;
use reveille::time::{sleep, timeout};
use std::sync::Arc;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn mpsc_with_many_senders() {
    let (tx, rx) = mpsc::channel(1);
    for n in 0..3 {
        let mut tx = tx.clone();
        drop(reveille::spawn(async move {
            for m in 0..3 {
                tx.send(10 * n + m).await.unwrap();
            }
        }));
    }
    drop(tx);
    let mut got: Vec<u32> = rx.collect().await;
    let of_one: Vec<u32> = got.iter().copied().filter(|n| n / 10 == 1).collect();
    assert_eq!(of_one, [10, 11, 12]);
    got.sort_unstable();
    assert_eq!(got, [0, 1, 2, 10, 11, 12, 20, 21, 22]);
}

/// With no buffer each sender has one slot.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn mpsc_receiver_goes_away() {
    let (tx, mut rx) = mpsc::channel(0);
    let senders: Vec<_> = (0..3)
        .map(|n| {
            let mut tx = tx.clone();
            reveille::spawn(async move {
                let mut sent = 0;
                while tx.send(n).await.is_ok() {
                    sent += 1;
                }
                sent
            })
        })
        .collect();
    drop(tx);
    let got = [rx.next().await, rx.next().await];
    assert!(got.iter().all(Option::is_some));
    drop(rx);
    let mut sent = 0;
    for sender in senders {
        sent += sender.await.unwrap();
    }
    assert!(sent >= 2, "sent {sent}");
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn mpsc_send_that_times_out() {
    let (mut tx, mut rx) = mpsc::channel(0);
    tx.feed(1).await.unwrap();
    let other = timeout(SECOND, async {
        tx.send(2).await.unwrap();
        tx.send(3).await.unwrap();
    });
    assert!(other.await.is_err());
    drop(tx);
    let mut got = vec![rx.next().await.unwrap()];
    got.extend(rx.collect::<Vec<_>>().await);
    assert!(got.starts_with(&[1]) && got.len() <= 3, "got {got:?}");
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn mpsc_close_and_drain() {
    let (tx, mut rx) = mpsc::unbounded();
    let sender = reveille::spawn(async move {
        let mut sent = 0;
        while tx.unbounded_send(sent).is_ok() {
            sent += 1;
            reveille::yield_now().await;
        }
        sent
    });
    assert_eq!(rx.next().await, Some(0));
    rx.close();
    let rest: Vec<u32> = rx.collect().await;
    assert_eq!(sender.await.unwrap() as usize, 1 + rest.len());
}

/// One of two senders closes the channel for both.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn mpsc_closed_by_a_sender() {
    let (mut tx, rx) = mpsc::channel::<u32>(1);
    let mut other = tx.clone();
    let reader = reveille::spawn(rx.collect::<Vec<_>>());
    tx.send(1).await.unwrap();
    reveille::yield_now().await;
    other.close_channel();
    assert!(tx.send(2).await.is_err());
    assert_eq!(reader.await.unwrap(), [1]);
    let (tx, rx) = mpsc::unbounded::<u32>();
    let reader = reveille::spawn(rx.collect::<Vec<_>>());
    reveille::yield_now().await;
    tx.close_channel();
    assert!(tx.unbounded_send(3).is_err());
    assert_eq!(reader.await.unwrap(), []);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn oneshot_sent_dropped_and_cancelled() {
    let (tx, rx) = oneshot::channel();
    let waits = reveille::spawn(rx);
    tx.send(1).unwrap();
    assert_eq!(waits.await.unwrap(), Ok(1));
    let (tx, rx) = oneshot::channel::<u32>();
    let waits = reveille::spawn(rx);
    drop(tx);
    assert_eq!(waits.await.unwrap(), Err(oneshot::Canceled));
    let (mut tx, rx) = oneshot::channel::<u32>();
    let watches = reveille::spawn(async move { tx.cancellation().await });
    reveille::yield_now().await;
    drop(rx);
    watches.await.unwrap();
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn mutex_under_contention_and_timeouts() {
    let mutex = Arc::new(Mutex::new(0));
    let tasks: Vec<_> = (0..4u32)
        .map(|n| {
            let mutex = mutex.clone();
            reveille::spawn(async move {
                let patience = if n % 2 == 0 { SECOND / 2 } else { 60 * SECOND };
                let Ok(mut guard) = timeout(patience, mutex.lock()).await else { return 0 };
                let before = *guard;
                sleep(SECOND).await;
                *guard = before + 1;
                1
            })
        })
        .collect();
    let mut locked = 0;
    for task in tasks {
        locked += task.await.unwrap();
    }
    assert!((2..=4).contains(&locked));
    assert_eq!(*mutex.lock().await, locked);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn mutex_owned_and_aborted() {
    let mutex = Arc::new(Mutex::new(0));
    let guard = mutex.clone().lock_owned().await;
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let mutex = mutex.clone();
            reveille::spawn(async move { *mutex.lock_owned().await += 1 })
        })
        .collect();
    reveille::yield_now().await;
    waiting[0].abort();
    drop(guard);
    let done = futures::future::join_all(waiting).await;
    let done = done.iter().filter(|result| result.is_ok()).count();
    assert_eq!(*mutex.lock().now_or_never().unwrap(), done);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn sinks_that_fan_out_and_buffer() {
    let ((a_tx, a_rx), (b_tx, b_rx)) = (mpsc::channel(0), mpsc::channel(2));
    let mut both = a_tx.fanout(b_tx.buffer(2));
    let sender = reveille::spawn(async move {
        for n in 0..4 {
            both.send(n).await.unwrap();
        }
        both.close().await.unwrap();
    });
    let (a, b) = futures::join!(a_rx.collect::<Vec<u32>>(), b_rx.collect::<Vec<u32>>());
    assert_eq!((a, b), (vec![0, 1, 2, 3], vec![0, 1, 2, 3]));
    sender.await.unwrap();
}
