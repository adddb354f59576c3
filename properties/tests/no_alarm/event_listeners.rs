//! `event-listener` and `async-lock`.

use async_lock::{Barrier, Mutex, OnceCell, RwLock, RwLockUpgradableReadGuard, Semaphore};
use event_listener::{Event, listener};
use futures::future::{FutureExt, join_all};
use reveille::time::{sleep, timeout};
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn flag_with_an_event() {
    let state = Rc::new((Cell::new(false), Event::new()));
    let tasks: Vec<_> = (0..3)
        .map(|_| {
            let state = state.clone();
            reveille::spawn_local(async move {
                while !state.0.get() {
                    listener!(state.1 => heard);
                    if !state.0.get() {
                        heard.await;
                    }
                }
            })
        })
        .collect();
    reveille::yield_now().await;
    state.0.set(true);
    state.1.notify(usize::MAX);
    join_all(tasks).await.into_iter().for_each(Result::unwrap);
    assert_eq!(state.1.total_listeners(), 0);
}

/// `notify` counts those who are notified already, `notify_additional` does not.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn notify_and_notify_additional() {
    let event = Event::new();
    let mut listeners: Vec<_> = (0..4).map(|_| event.listen()).collect();
    assert_eq!(event.notify(1), 1);
    assert_eq!(event.notify(1), 0);
    assert_eq!(event.notify_additional(1), 1);
    let late = listeners.split_off(2);
    assert_eq!(join_all(listeners).await, [(), ()]);
    assert!(late.into_iter().all(|listener| listener.now_or_never().is_none()));
}

/// A listener that is dropped passes its notification on.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn listeners_that_give_up() {
    let event = Arc::new(Event::new());
    let listen = || {
        let listener = event.listen();
        reveille::spawn(listener)
    };
    let (first, second) = (listen(), listen());
    assert!(timeout(SECOND, event.listen()).await.is_err());
    event.notify(1);
    first.abort();
    if first.await.is_ok() {
        event.notify(1);
    }
    second.await.unwrap();
    assert_eq!(event.total_listeners(), 0);
}

// `async_lock::Mutex` looks at a real clock to be fair.
#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn mutex_under_contention_and_timeouts() {
    let mutex = Arc::new(Mutex::new(0));
    let tasks = (0..4u32).map(|n| {
        let mutex = mutex.clone();
        reveille::spawn(async move {
            let patience = if n % 2 == 0 { SECOND / 2 } else { 60 * SECOND };
            let Ok(mut guard) = timeout(patience, mutex.lock_arc()).await else { return 0 };
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

#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn mutex_whose_waiters_are_aborted() {
    let mutex = Arc::new(Mutex::new(0));
    let guard = mutex.lock().await;
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

#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn rwlock_with_readers_writers_and_upgrades() {
    let lock = Arc::new(RwLock::new((0, 0)));
    let tasks = (0..5u32).map(|n| {
        let lock = lock.clone();
        reveille::spawn(async move {
            match n {
                0 | 1 => {
                    let pair = lock.read().await;
                    reveille::yield_now().await;
                    assert_eq!(pair.0, pair.1);
                }
                2 => {
                    let mut pair = lock.write().await;
                    pair.0 += 1;
                    reveille::yield_now().await;
                    pair.1 += 1;
                }
                _ => {
                    let pair = lock.upgradable_read().await;
                    reveille::yield_now().await;
                    let mut pair = RwLockUpgradableReadGuard::upgrade(pair).await;
                    pair.0 += 1;
                    reveille::yield_now().await;
                    pair.1 += 1;
                }
            }
        })
    });
    join_all(tasks).await.into_iter().for_each(Result::unwrap);
    assert_eq!(*lock.read().await, (3, 3));
}

/// An upgrade and a write that give up let the readers go on.
#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn rwlock_whose_writers_give_up() {
    let lock = Arc::new(RwLock::new(7));
    let reads = lock.read().await;
    let upgradable = lock.upgradable_read().await;
    let upgrade = RwLockUpgradableReadGuard::upgrade(upgradable);
    assert!(timeout(SECOND, upgrade).await.is_err());
    assert!(timeout(SECOND, lock.write()).await.is_err());
    let other = lock.clone();
    let reader = reveille::spawn(async move { *other.read().await });
    assert_eq!(reader.await.unwrap(), *reads);
    drop(reads);
    assert!(lock.try_write().is_some());
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn semaphore() {
    let semaphore = Arc::new(Semaphore::new(2));
    let held = Rc::new(());
    let tasks: Vec<_> = (0..5)
        .map(|_| {
            let (semaphore, held) = (semaphore.clone(), Rc::downgrade(&held));
            reveille::spawn_local(async move {
                let _permit = semaphore.acquire_arc().await;
                let holder = held.upgrade().unwrap();
                reveille::yield_now().await;
                assert!(Rc::strong_count(&holder) <= 3);
            })
        })
        .collect();
    reveille::yield_now().await;
    tasks[3].abort();
    let done = join_all(tasks).await.iter().filter(|result| result.is_ok()).count();
    assert!(done >= 4);
    assert!(semaphore.try_acquire().is_some());
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
    let waits = reveille::spawn(async move { *other.wait().await });
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
    assert_eq!(waits.await.unwrap(), got[0]);
    assert!(first.await.is_err());
}
