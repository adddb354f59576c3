//! `async-channel` and `flume`.

use futures::future::join_all;
use futures::stream::{FuturesUnordered, StreamExt};
use reveille::time::{sleep, timeout};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn bounded_with_many_on_both_sides() {
    let (tx, rx) = async_channel::bounded(1);
    let senders: Vec<_> = (0..3)
        .map(|n| {
            let tx = tx.clone();
            reveille::spawn(async move {
                tx.send(2 * n).await.unwrap();
                tx.send(2 * n + 1).await.unwrap();
            })
        })
        .collect();
    drop(tx);
    let receivers = (0..2).map(|_| reveille::spawn(rx.clone().collect::<Vec<u32>>()));
    let receivers: Vec<_> = receivers.collect();
    let mut got: Vec<u32> =
        join_all(receivers).await.into_iter().flat_map(Result::unwrap).collect();
    got.sort_unstable();
    assert_eq!(got, [0, 1, 2, 3, 4, 5]);
    join_all(senders).await.into_iter().for_each(Result::unwrap);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn unbounded_closed_under_waiting_receivers() {
    let (tx, rx) = async_channel::unbounded::<u32>();
    let receivers: Vec<_> = (0..3)
        .map(|_| {
            let rx = rx.clone();
            reveille::spawn(async move { rx.recv().await.ok() })
        })
        .collect();
    tx.send(1).await.unwrap();
    reveille::yield_now().await;
    assert!(rx.close());
    assert!(tx.send(2).await.is_err());
    let got: Vec<u32> = join_all(receivers).await.into_iter().filter_map(Result::unwrap).collect();
    assert_eq!(got, [1]);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn bounded_closed_under_waiting_senders() {
    let (tx, rx) = async_channel::bounded(1);
    let senders: Vec<_> = (0..3)
        .map(|n| {
            let tx = tx.clone();
            reveille::spawn(async move { tx.send(n).await.is_ok() })
        })
        .collect();
    sleep(SECOND).await;
    assert!(rx.recv().await.is_ok());
    drop(rx);
    let sent = join_all(senders).await.into_iter().filter(|sent| *sent.as_ref().unwrap()).count();
    assert!((1..=2).contains(&sent), "sent {sent}");
    tx.closed().await;
}

/// Receivers that give up pass their notification on.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn receivers_that_time_out_and_are_aborted() {
    let (tx, rx) = async_channel::bounded(4);
    let hasty = rx.clone();
    let hasty = reveille::spawn(async move { timeout(SECOND, hasty.recv()).await.is_ok() });
    let aborted = rx.clone();
    let aborted = reveille::spawn(async move { aborted.recv().await.unwrap() });
    let patient = reveille::spawn(async move { rx.recv().await.unwrap() });
    sleep(SECOND).await;
    tx.send(1).await.unwrap();
    tx.send(2).await.unwrap();
    aborted.abort();
    let taken = usize::from(hasty.await.unwrap()) + usize::from(aborted.await.is_ok());
    if taken == 2 {
        tx.send(3).await.unwrap();
    }
    assert!((1..=3).contains(&patient.await.unwrap()));
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn children_of_a_collection_dropped_half_way() {
    let (tx, rx) = async_channel::bounded::<u32>(1);
    let mut waiting: FuturesUnordered<_> = (0..3).map(|_| rx.recv()).collect();
    let sender = reveille::spawn(async move {
        for n in 0..3 {
            tx.send(n).await.unwrap();
        }
    });
    let first = waiting.next().await.unwrap().unwrap();
    drop(waiting);
    let mut got: Vec<u32> = std::iter::once(first).chain(rx.collect::<Vec<_>>().await).collect();
    got.sort_unstable();
    assert_eq!(got, [0, 1, 2]);
    sender.await.unwrap();
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn overflowing_and_broadcast_by_hand() {
    let (tx, rx) = async_channel::bounded(2);
    let reader = reveille::spawn(rx.collect::<Vec<u32>>());
    for n in 0..5 {
        // The oldest makes room.
        let _oldest: Option<u32> = tx.force_send(n).unwrap();
        reveille::yield_now().await;
    }
    drop(tx);
    let got = reader.await.unwrap();
    assert!(got.is_sorted() && got.ends_with(&[3, 4]), "got {got:?}");
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn flume_bounded_with_many_on_both_sides() {
    let (tx, rx) = flume::bounded(1);
    let senders: Vec<_> = (0..3)
        .map(|n| {
            let tx = tx.clone();
            reveille::spawn(async move {
                tx.send_async(2 * n).await.unwrap();
                tx.send_async(2 * n + 1).await.unwrap();
            })
        })
        .collect();
    drop(tx);
    let receivers: Vec<_> = (0..2)
        .map(|_| {
            let rx = rx.clone();
            reveille::spawn(async move {
                let mut got = Vec::new();
                while let Ok(n) = rx.recv_async().await {
                    got.push(n);
                }
                got
            })
        })
        .collect();
    let mut got: Vec<u32> =
        join_all(receivers).await.into_iter().flat_map(Result::unwrap).collect();
    got.sort_unstable();
    assert_eq!(got, [0, 1, 2, 3, 4, 5]);
    join_all(senders).await.into_iter().for_each(Result::unwrap);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn flume_unbounded_in_order() {
    let (tx, rx) = flume::unbounded();
    let sender = reveille::spawn(async move {
        for n in 0..5 {
            tx.send_async(n).await.unwrap();
            reveille::yield_now().await;
        }
    });
    let mut got = Vec::new();
    while let Ok(n) = rx.recv_async().await {
        got.push(n);
    }
    assert_eq!(got, [0, 1, 2, 3, 4]);
    sender.await.unwrap();
}

/// With no buffer a sender waits until its item is taken.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn flume_rendezvous() {
    let (tx, rx) = flume::bounded(0);
    let sender = reveille::spawn(async move {
        for n in 0..4 {
            tx.send_async(n).await.unwrap();
        }
    });
    for n in 0..4 {
        sleep(SECOND).await;
        assert!(!sender.is_finished());
        assert_eq!(rx.recv_async().await, Ok(n));
    }
    assert!(rx.recv_async().await.is_err());
    sender.await.unwrap();
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn flume_without_receivers() {
    let (tx, rx) = flume::bounded(1);
    let senders: Vec<_> = (0..3)
        .map(|n| {
            let tx = tx.clone();
            reveille::spawn(async move { tx.send_async(n).await.is_ok() })
        })
        .collect();
    assert!(rx.recv_async().await.is_ok());
    drop(rx);
    let sent = join_all(senders).await.into_iter().filter(|sent| *sent.as_ref().unwrap()).count();
    assert!((1..=3).contains(&sent), "sent {sent}");
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn flume_without_senders() {
    let (tx, rx) = flume::unbounded::<u32>();
    let receivers: Vec<_> = (0..3)
        .map(|_| {
            let rx = rx.clone();
            reveille::spawn(async move { rx.recv_async().await.is_err() })
        })
        .collect();
    reveille::yield_now().await;
    drop(tx);
    assert!(join_all(receivers).await.into_iter().all(Result::unwrap));
}
