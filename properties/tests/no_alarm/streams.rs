//! Stream combinators of `futures`.

use futures::channel::mpsc;
use futures::future::FutureExt;
use futures::stream::{self, Stream, StreamExt, TryStreamExt};
use reveille::time::{Instant, sleep};
use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

async fn after(seconds: u32, n: u32) -> u32 {
    sleep(seconds * SECOND).await;
    n
}

/// Numbers from another task, which sleeps now and then and stops when nobody
/// listens.
fn numbers(range: std::ops::Range<u32>) -> impl Stream<Item = u32> + Unpin {
    let (mut tx, rx) = mpsc::channel(1);
    drop(reveille::spawn(async move {
        for n in range {
            if n % 3 == 2 {
                sleep(SECOND).await;
            }
            if futures::SinkExt::send(&mut tx, n).await.is_err() {
                return;
            }
        }
    }));
    rx
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn buffered() {
    let start = Instant::now();
    let jobs = stream::iter(0..6).map(|n| after(1 + n % 2, n)).buffered(2);
    assert_eq!(jobs.collect::<Vec<_>>().await, [0, 1, 2, 3, 4, 5]);
    assert!(start.elapsed() >= 5 * SECOND);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn buffer_unordered_of_a_slow_stream() {
    let mut got: Vec<u32> =
        numbers(0..6).map(|n| after(n % 3, n)).buffer_unordered(2).collect().await;
    got.sort_unstable();
    assert_eq!(got, [0, 1, 2, 3, 4, 5]);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn buffer_unordered_dropped_half_way() {
    let tasks = (0..6).map(|n| reveille::spawn(after(n, n)));
    let mut jobs = stream::iter(tasks).buffer_unordered(3);
    assert_eq!(jobs.next().await.unwrap().unwrap(), 0);
    assert_eq!(jobs.next().await.unwrap().unwrap(), 1);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn for_each_concurrent() {
    let (now, most, sum) = (&Cell::new(0), &Cell::new(0), &Cell::new(0));
    let work = |n| async move {
        now.set(now.get() + 1);
        most.set(most.get().max(now.get()));
        let n = after(n % 2, n).await;
        sum.set(sum.get() + n);
        now.set(now.get() - 1);
    };
    numbers(0..6).for_each_concurrent(2, work).await;
    assert_eq!((now.get(), sum.get()), (0, 15));
    assert!(most.get() <= 2);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn try_for_each_concurrent_stops_at_an_error() {
    let jobs = numbers(0..5).map(Ok::<_, u32>);
    let work = |n| async move {
        if n == 2 {
            return Err(n);
        }
        sleep(n * SECOND).await;
        Ok(())
    };
    assert_eq!(jobs.try_for_each_concurrent(3, work).await, Err(2));
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn chunks_and_ready_chunks() {
    assert_eq!(
        numbers(0..5).chunks(2).collect::<Vec<_>>().await,
        [vec![0, 1], vec![2, 3], vec![4]]
    );
    let ready: Vec<Vec<u32>> = numbers(0..6).ready_chunks(4).collect().await;
    assert_eq!(ready.concat(), [0, 1, 2, 3, 4, 5]);
    assert!(ready.iter().all(|chunk| !chunk.is_empty()));
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn peekable() {
    let mut numbers = pin!(numbers(0..5).peekable());
    let mut small = 0;
    while numbers.as_mut().next_if(|n| *n < 3).await.is_some() {
        small += 1;
    }
    assert_eq!((small, numbers.as_mut().peek().await), (3, Some(&3)));
    assert_eq!(numbers.collect::<Vec<_>>().await, [3, 4]);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn zip_chain_and_skip_while() {
    let zipped: Vec<_> = numbers(0..4).zip(numbers(10..16)).collect().await;
    assert_eq!(zipped, [(0, 10), (1, 11), (2, 12), (3, 13)]);
    let chained = numbers(0..3).chain(numbers(3..6)).skip_while(|n| std::future::ready(*n < 2));
    assert_eq!(chained.collect::<Vec<_>>().await, [2, 3, 4, 5]);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn merged_by_select_and_select_all() {
    let mut merged: Vec<u32> = stream::select(numbers(0..3), numbers(3..6)).collect().await;
    merged.sort_unstable();
    assert_eq!(merged, [0, 1, 2, 3, 4, 5]);
    let all = stream::select_all([numbers(0..2), numbers(2..4), numbers(4..6)]);
    assert_eq!(all.fold(0, |sum, n| async move { sum + n }).await, 15);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn flatten_and_flat_map() {
    let nested = stream::iter([0..2, 2..5, 5..6]);
    assert_eq!(nested.flat_map(numbers).collect::<Vec<_>>().await, [0, 1, 2, 3, 4, 5]);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn flatten_unordered() {
    for limit in [None, Some(1), Some(2)] {
        let nested = stream::iter([0..2, 2..5, 5..6]).map(numbers);
        let mut all: Vec<u32> = nested.flatten_unordered(limit).collect().await;
        all.sort_unstable();
        assert_eq!(all, [0, 1, 2, 3, 4, 5]);
    }
}

/// The outer stream is slow too, and new inner streams come while others wait.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn flatten_unordered_of_a_slow_stream() {
    let nested = numbers(0..4).map(|n| numbers(10 * n..10 * n + 3).boxed_local());
    let mut all: Vec<u32> = nested.flatten_unordered(2).collect().await;
    all.sort_unstable();
    assert_eq!(all, [0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32]);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn take_until() {
    let mut numbers = numbers(0..30).take_until(sleep(3 * SECOND + SECOND / 2));
    let got: Vec<u32> = numbers.by_ref().collect().await;
    assert_eq!(got.len(), 11);
    assert!(numbers.take_result().is_some());
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn unfold_scan_and_then() {
    let slow = stream::unfold(0, |n| async move {
        sleep(SECOND).await;
        (n < 5).then_some((n, n + 1))
    });
    let sums = slow.scan(0, |sum, n| {
        *sum += n;
        std::future::ready(Some(*sum))
    });
    let twice = sums.then(|n| after(1, 2 * n));
    assert_eq!(twice.collect::<Vec<_>>().await, [0, 2, 6, 12, 20]);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn forwarded_into_a_sink() {
    let (tx, rx) = mpsc::channel(1);
    let forwards = reveille::spawn(numbers(0..5).map(Ok).forward(tx));
    assert_eq!(rx.collect::<Vec<_>>().await, [0, 1, 2, 3, 4]);
    forwards.await.unwrap().unwrap();
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn tries_with_buffering() {
    let jobs = numbers(0..6)
        .map(|n| Ok::<_, u32>(after(1, n).map(|n| if n == 4 { Err(n) } else { Ok(n) })));
    let got: Result<Vec<u32>, u32> = jobs.try_buffered(2).try_collect().await;
    assert_eq!(got, Err(4));
}

/// The stream keeps a waker while its task waits for something else.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn catches_up_after_a_pause() {
    let mut numbers = numbers(0..5).fuse();
    assert_eq!(numbers.next().await, Some(0));
    assert!(numbers.next().now_or_never().is_none_or(|n| n == Some(1)));
    sleep(10 * SECOND).await;
    assert_eq!(numbers.collect::<Vec<_>>().await.last(), Some(&4));
}
