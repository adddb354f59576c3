//! Locks, permits and notifications of `tokio::sync`.

use futures::future::{FutureExt, join_all};
use reveille::time::{sleep, timeout};
use std::cell::Cell;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{Barrier, Mutex, Notify, OnceCell, RwLock, Semaphore, SetOnce};

const SECOND: Duration = Duration::from_secs(1);

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn mutex_under_contention_and_timeouts() {
    let mutex = Arc::new(Mutex::new(0));
    let tasks = (0..4u32).map(|n| {
        let mutex = mutex.clone();
        reveille::spawn(async move {
            let patience = if n % 2 == 0 { SECOND / 2 } else { 60 * SECOND };
            let Ok(mut guard) = timeout(patience, mutex.lock()).await else { return 0 };
            let before = *guard;
            sleep(SECOND).await;
            *guard = before + 1;
            1
        })
    });
    let locked: u32 = join_all(tasks).await.into_iter().map(Result::unwrap).sum();
    assert!((2..=3).contains(&locked));
    assert_eq!(*mutex.lock().await, locked);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn mutex_whose_waiters_are_aborted() {
    let mutex = Arc::new(Mutex::new(0));
    let guard = mutex.clone().lock_owned().await;
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let mutex = mutex.clone();
            reveille::spawn(async move { *mutex.lock().await += 1 })
        })
        .collect();
    reveille::yield_now().await;
    waiting[1].abort();
    drop(guard);
    waiting[0].abort();
    let done = join_all(waiting).await.iter().filter(|result| result.is_ok()).count();
    assert_eq!(*mutex.lock().await, done);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn rwlock_with_readers_and_writers() {
    let lock = Arc::new(RwLock::new((0, 0)));
    let mut tasks = Vec::new();
    for n in 0..4u32 {
        let lock = lock.clone();
        tasks.push(reveille::spawn(async move {
            if n % 2 == 0 {
                let pair = lock.read().await;
                reveille::yield_now().await;
                assert_eq!(pair.0, pair.1);
            } else {
                let mut pair = lock.write().await;
                pair.0 += 1;
                reveille::yield_now().await;
                pair.1 += 1;
                let pair = pair.downgrade();
                assert_eq!(pair.0, pair.1);
            }
        }));
    }
    join_all(tasks).await.into_iter().for_each(Result::unwrap);
    assert_eq!(*lock.read().await, (2, 2));
}

/// A writer that gives up lets the readers behind it go.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn rwlock_whose_writer_gives_up() {
    let lock = Arc::new(RwLock::new(7));
    let first = lock.read().await;
    let other = lock.clone();
    let writer = reveille::spawn(async move { timeout(SECOND, other.write()).await.is_err() });
    reveille::yield_now().await;
    let other = lock.clone();
    let reader = reveille::spawn(async move { *other.read().await });
    assert_eq!(reader.await.unwrap(), 7);
    assert!(writer.await.unwrap());
    drop(first);
    assert!(lock.write().now_or_never().is_some());
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn semaphore_with_permits_of_all_sizes() {
    let semaphore = Arc::new(Semaphore::new(3));
    let held = Rc::new(Cell::new(0));
    let tasks = [1, 2, 3, 1].map(|count| {
        let (semaphore, held) = (semaphore.clone(), held.clone());
        reveille::spawn_local(async move {
            let _permits = semaphore.acquire_many_owned(count).await.unwrap();
            held.set(held.get() + count);
            assert!(held.get() <= 3);
            reveille::yield_now().await;
            held.set(held.get() - count);
        })
    });
    join_all(tasks).await.into_iter().for_each(Result::unwrap);
    assert_eq!((semaphore.available_permits(), held.get()), (3, 0));
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn semaphore_whose_large_request_gives_up() {
    let semaphore = Arc::new(Semaphore::new(2));
    let one = semaphore.clone().acquire_owned().await.unwrap();
    let other = semaphore.clone();
    let large =
        reveille::spawn(async move { timeout(SECOND, other.acquire_many(2)).await.is_err() });
    reveille::yield_now().await;
    let other = semaphore.clone();
    let small = reveille::spawn(async move { drop(other.acquire().await.unwrap()) });
    small.await.unwrap();
    assert!(large.await.unwrap());
    drop(one);
    assert_eq!(semaphore.available_permits(), 2);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn semaphore_closed_and_forgotten() {
    let semaphore = Arc::new(Semaphore::new(0));
    let tasks = (0..3).map(|_| {
        let semaphore = semaphore.clone();
        reveille::spawn(
            async move { semaphore.acquire().await.map(|permit| permit.forget()).is_ok() },
        )
    });
    let tasks: Vec<_> = tasks.collect();
    semaphore.add_permits(1);
    sleep(SECOND).await;
    semaphore.close();
    let done = join_all(tasks).await.into_iter().filter(|result| *result.as_ref().unwrap());
    assert_eq!(done.count(), 1);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn notify_one_is_passed_on_by_those_who_give_up() {
    let notify = Arc::new(Notify::new());
    let other = notify.clone();
    let hasty = reveille::spawn(async move { other.notified().await });
    let other = notify.clone();
    let patient = reveille::spawn(async move { other.notified().await });
    reveille::yield_now().await;
    notify.notify_one();
    hasty.abort();
    let done = hasty.await.is_ok();
    if done {
        notify.notify_one();
    }
    patient.await.unwrap();
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn notify_waiters_reaches_those_who_enabled_early() {
    let (notify, ready) = (Rc::new(Notify::new()), Rc::new(Cell::new(false)));
    let tasks: Vec<_> = (0..3)
        .map(|_| {
            let (notify, ready) = (notify.clone(), ready.clone());
            reveille::spawn_local(async move {
                let mut notified = pin!(notify.notified());
                notified.as_mut().enable();
                if !ready.get() {
                    reveille::yield_now().await;
                    notified.await;
                }
                assert!(ready.get());
            })
        })
        .collect();
    reveille::yield_now().await;
    ready.set(true);
    notify.notify_waiters();
    join_all(tasks).await.into_iter().for_each(Result::unwrap);
}

/// A permit that is stored before anybody waits.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn notify_one_before_and_while_waiting() {
    let notify = Rc::new(Notify::new());
    let (own, rounds) = (notify.clone(), 4);
    let notifier = reveille::spawn_local(async move {
        for _ in 0..rounds {
            own.notify_one();
            sleep(SECOND).await;
        }
    });
    for _ in 0..rounds {
        notify.notified().await;
    }
    assert!(timeout(10 * SECOND, notify.notified()).await.is_err());
    notifier.await.unwrap();
}

#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn barrier_has_one_leader_a_round() {
    let barrier = Arc::new(Barrier::new(3));
    let tasks = (0..6).map(|_| {
        let barrier = barrier.clone();
        reveille::spawn(async move { barrier.wait().await.is_leader() })
    });
    let done = join_all(tasks).await;
    assert_eq!(done.into_iter().filter(|leader| *leader.as_ref().unwrap()).count(), 2);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn once_cell_whose_first_initialiser_is_aborted() {
    let cell = Arc::new(OnceCell::new());
    let other = cell.clone();
    let first =
        reveille::spawn(async move { *other.get_or_init(|| sleep(9 * SECOND).map(|()| 1)).await });
    sleep(SECOND).await;
    let rest: Vec<_> = (2..4)
        .map(|n| {
            let cell = cell.clone();
            reveille::spawn(
                async move { *cell.get_or_init(|| sleep(SECOND).map(move |()| n)).await },
            )
        })
        .collect();
    first.abort();
    let got: Vec<u32> = join_all(rest).await.into_iter().map(Result::unwrap).collect();
    assert!(got == [2, 2] || got == [3, 3], "got {got:?}");
    assert!(first.await.is_err());
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn set_once_and_failing_initialisers() {
    let cell = Arc::new(SetOnce::new());
    let waiting: Vec<_> = (0..3)
        .map(|_| {
            let cell = cell.clone();
            reveille::spawn(async move { *cell.wait().await })
        })
        .collect();
    sleep(SECOND).await;
    cell.set(5).unwrap();
    assert_eq!(join_all(waiting).await.into_iter().map(Result::unwrap).sum::<u32>(), 15);
    let cell = OnceCell::new();
    let fails = cell.get_or_try_init(|| reveille::yield_now().map(|()| Err("no")));
    let (fails, works) = futures::join!(fails, cell.get_or_try_init(|| async { Ok::<_, &str>(3) }));
    assert_eq!((fails.err().is_none_or(|no| no == "no"), works), (true, Ok(&3)));
}
