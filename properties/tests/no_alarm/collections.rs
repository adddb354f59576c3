//! `FuturesUnordered` and `FuturesOrdered`.

use futures::future::{BoxFuture, FutureExt, LocalBoxFuture};
use futures::stream::{FuturesOrdered, FuturesUnordered, StreamExt, TryStreamExt};
use reveille::time::{Instant, sleep, timeout};
use std::collections::BTreeSet;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

async fn after(seconds: u32, n: u32) -> u32 {
    sleep(seconds * SECOND).await;
    n
}

async fn yields(times: u32) -> u32 {
    for _ in 0..times {
        reveille::yield_now().await;
    }
    times
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn gives_all_as_they_come() {
    let jobs: FuturesUnordered<_> = (0..5).map(|n| after(5 - n, n)).collect();
    assert_eq!(jobs.collect::<Vec<_>>().await, [4, 3, 2, 1, 0]);
}

/// Each job that ends may give rise to two more.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn pushes_while_it_is_polled() {
    let mut jobs = FuturesUnordered::new();
    jobs.push(yields(4));
    let mut done = 0;
    while let Some(n) = jobs.next().await {
        done += 1;
        if n > 0 {
            jobs.push(yields(n - 1));
            jobs.push(yields(n / 2));
        }
    }
    assert_eq!(done, 19);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_empty_and_then_is_not() {
    let mut jobs: FuturesUnordered<BoxFuture<'_, u32>> = FuturesUnordered::new();
    assert_eq!(jobs.next().await, None);
    jobs.push(after(1, 1).boxed());
    assert_eq!(jobs.next().await, Some(1));
    assert_eq!(jobs.next().await, None);
    jobs.push(yields(1).boxed());
    assert_eq!(jobs.next().await, Some(1));
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_dropped_half_way() {
    let (tx, rx) = async_channel::bounded(1);
    let mut jobs: FuturesUnordered<_> = (0..4).map(|_| rx.recv()).collect();
    let sender = reveille::spawn(async move {
        for n in 0..4 {
            tx.send(n).await.unwrap();
            reveille::yield_now().await;
        }
    });
    let mut got: BTreeSet<u32> = BTreeSet::new();
    got.insert(jobs.next().await.unwrap().unwrap());
    got.insert(jobs.next().await.unwrap().unwrap());
    drop(jobs);
    while let Ok(n) = rx.recv().await {
        got.insert(n);
    }
    sender.await.unwrap();
    assert!(got.len() >= 2 && got.is_subset(&(0..4).collect()));
}

/// `next` is cancelled again and again; no child is lost.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn next_is_cancelled_again_and_again() {
    let mut jobs: FuturesUnordered<_> = (0..4).map(|n| after(2 * n + 1, n)).collect();
    let (mut done, mut waited) = (Vec::new(), 0);
    while !jobs.is_empty() {
        match timeout(SECOND, jobs.next()).await {
            Ok(n) => done.extend(n),
            Err(_) => waited += 1,
        }
    }
    assert_eq!(done, [0, 1, 2, 3]);
    assert!(waited >= 3, "waited {waited} times");
}

/// Polled in one task, then moved to another.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn moves_to_another_task() {
    let mut jobs: FuturesUnordered<_> = (0..4).map(|n| after(n, n)).collect();
    assert_eq!(jobs.next().await, Some(0));
    assert!(jobs.next().now_or_never().is_none());
    let rest = reveille::spawn(jobs.collect::<Vec<_>>());
    assert_eq!(rest.await.unwrap(), [1, 2, 3]);
}

/// More children than are polled in one go, all woken at once.
#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn many_children_wait_for_one_event() {
    let event = event_listener::Event::new();
    let mut jobs: FuturesUnordered<_> = (0..100).map(|_| event.listen()).collect();
    assert!(jobs.next().now_or_never().is_none());
    let heartbeat = yields(3);
    event.notify(usize::MAX);
    let (count, _) = futures::join!(jobs.count(), heartbeat);
    assert_eq!(count, 100);
}

/// A collection in a collection.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_nested() {
    let outer: FuturesUnordered<_> = (0..3)
        .map(|n| (0..3).map(|m| after(m, n)).collect::<FuturesUnordered<_>>().collect::<Vec<_>>())
        .collect();
    let mut all: Vec<u32> = outer.collect::<Vec<_>>().await.concat();
    all.sort_unstable();
    assert_eq!(all, [0, 0, 0, 1, 1, 1, 2, 2, 2]);
}

/// Workers send to the task that holds them, as an accept loop does.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn accepts_and_serves_in_one_task() {
    let (tx, mut rx) = futures::channel::mpsc::channel::<u32>(1);
    let clients = reveille::spawn(async move {
        let mut tx = tx;
        for n in 1..5 {
            futures::SinkExt::send(&mut tx, n).await.unwrap();
        }
    });
    let mut serving: FuturesUnordered<LocalBoxFuture<'_, u32>> = FuturesUnordered::new();
    let mut served = 0;
    let mut open = true;
    while open || !serving.is_empty() {
        let accept = async { if open { rx.next().await } else { std::future::pending().await } };
        let serve = async {
            if serving.is_empty() { std::future::pending().await } else { serving.next().await }
        };
        let (accept, serve) = (std::pin::pin!(accept), std::pin::pin!(serve));
        match futures::future::select(accept, serve).await.map_either() {
            Ok(Some(n)) => serving.push(yields(n).boxed_local()),
            Ok(None) => open = false,
            Err(n) => served += n,
        }
    }
    assert_eq!(served, 1 + 2 + 3 + 4);
    clients.await.unwrap();
}

trait MapEither<A, B> {
    fn map_either(self) -> Result<Option<A>, B>;
}

impl<A, B, X, Y> MapEither<A, B> for futures::future::Either<(Option<A>, X), (Option<B>, Y)> {
    fn map_either(self) -> Result<Option<A>, B> {
        match self {
            Self::Left((a, _)) => Ok(a),
            Self::Right((b, _)) => Err(b.expect("it is not empty")),
        }
    }
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak), without(late_timer))]
async fn ordered_gives_all_in_order() {
    let start = Instant::now();
    let mut jobs: FuturesOrdered<_> = (0..4).map(|n| after(4 - n, n)).collect();
    jobs.push_front(after(1, 9));
    jobs.push_back(after(0, 5));
    assert_eq!(jobs.collect::<Vec<_>>().await, [9, 0, 1, 2, 3, 5]);
    assert_eq!(start.elapsed(), 4 * SECOND);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn ordered_is_dropped_half_way() {
    let jobs = (0..6u32).map(|n| reveille::spawn(after(6 - n, n)));
    let mut jobs: FuturesOrdered<_> = jobs.collect();
    assert_eq!(jobs.try_next().await.unwrap(), Some(0));
    assert_eq!(jobs.try_next().await.unwrap(), Some(1));
    drop(jobs);
}
