//! Daemons, heartbeats, and tasks that are left when the root returns.

use futures::StreamExt;
use reveille::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use std::cell::Cell;
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::{Notify, mpsc, oneshot};

const SECOND: Duration = Duration::from_secs(1);

type Request = (u32, oneshot::Sender<u32>);

fn doubler() -> mpsc::Sender<Request> {
    let (tx, mut rx) = mpsc::channel::<Request>(2);
    drop(reveille::spawn_daemon(async move {
        while let Some((n, reply)) = rx.recv().await {
            let _ = reply.send(2 * n);
        }
    }));
    tx
}

async fn ask(server: &mpsc::Sender<Request>, n: u32) -> u32 {
    let (reply, answer) = oneshot::channel();
    server.send((n, reply)).await.unwrap();
    answer.await.unwrap()
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn serves_requests() {
    let server = doubler();
    let clients: Vec<_> = (0..3)
        .map(|n| {
            let server = server.clone();
            reveille::spawn(async move { ask(&server, n).await + ask(&server, 10).await })
        })
        .collect();
    let mut sum = 0;
    for client in clients {
        sum += client.await.unwrap();
    }
    assert_eq!(sum, 2 * 33);
}

/// A client gives up; the server answers nobody and goes on.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn serves_on_when_a_client_gives_up() {
    let server = doubler();
    let other = server.clone();
    let hasty = reveille::spawn(async move { ask(&other, 1).await });
    if reveille::draw(2) == 1 {
        reveille::yield_now().await;
    }
    hasty.abort();
    assert_eq!(ask(&server, 21).await, 42);
    drop(hasty);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn may_wait_for_ever() {
    let daemon = reveille::spawn_daemon(pending::<()>());
    sleep(SECOND).await;
    drop(daemon);
    reveille::yield_now().await;
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn may_be_aborted_and_awaited() {
    let daemon = reveille::spawn_daemon(pending::<()>());
    sleep(SECOND).await;
    daemon.abort();
    assert!(daemon.await.unwrap_err().is_cancelled());
}

/// Its timer is the only event left, and the root waits for it.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak), without(late_timer))]
async fn wakes_the_root_by_its_timer() {
    let start = Instant::now();
    let flushed = Rc::new(Notify::new());
    let own = flushed.clone();
    drop(reveille::spawn_daemon(async move {
        let mut ticks = interval(SECOND);
        for _ in 0..10 {
            ticks.tick().await;
        }
        own.notify_one();
        pending::<()>().await;
    }));
    flushed.notified().await;
    assert_eq!(start.elapsed(), 9 * SECOND);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak), without(late_timer))]
async fn a_heartbeat_is_aborted_at_the_end() {
    let beats = Rc::new(Cell::new(0));
    let count = beats.clone();
    let heartbeat = reveille::spawn_local(async move {
        let mut ticks = interval(SECOND / 10);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            count.set(count.get() + 1);
        }
    });
    sleep(SECOND + SECOND / 20).await;
    heartbeat.abort();
    assert!(heartbeat.await.unwrap_err().is_cancelled());
    assert_eq!(beats.get(), 11);
}

/// Nobody ends the heartbeat; it could go on when the root returns.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn a_heartbeat_is_left() {
    drop(reveille::spawn(async {
        let mut ticks = interval(SECOND);
        loop {
            ticks.tick().await;
        }
    }));
    sleep(10 * SECOND).await;
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn waiting_tasks_are_left() {
    let (tx, mut rx) = mpsc::channel::<u32>(1);
    let (event_tx, event_rx) = async_channel::unbounded::<u32>();
    let notify = Rc::new(Notify::new());
    let waiting = notify.clone();
    drop(reveille::spawn(async move { rx.recv().await }));
    drop(reveille::spawn(async move { event_rx.collect::<Vec<_>>().await }));
    drop(reveille::spawn_local(async move { waiting.notified().await }));
    reveille::yield_now().await;
    tx.send(1).await.unwrap();
    event_tx.send(2).await.unwrap();
}

/// The server holds a sender to itself, so nothing ever closes its channel.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn an_actor_that_can_send_to_itself_is_left() {
    let (tx, rx) = flume::unbounded::<u32>();
    let (done_tx, done_rx) = flume::bounded(1);
    let own = tx.clone();
    let actor = reveille::spawn(async move {
        while let Ok(n) = rx.recv_async().await {
            if n == 0 {
                done_tx.send_async(()).await.unwrap();
            } else {
                own.send_async(n - 1).await.unwrap();
            }
        }
    });
    tx.send_async(3).await.unwrap();
    done_rx.recv_async().await.unwrap();
    assert!(!actor.is_finished());
}

#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn shuts_down_in_good_order() {
    let (stop, mut stopped) = tokio::sync::watch::channel(false);
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let mut stopped = stop.subscribe();
            reveille::spawn(async move {
                let mut rounds = 0;
                while timeout(SECOND, stopped.wait_for(|stop| *stop)).await.is_err() {
                    rounds += 1;
                }
                rounds
            })
        })
        .collect();
    sleep(2 * SECOND + SECOND / 2).await;
    stop.send(true).unwrap();
    stopped.changed().await.unwrap();
    for worker in workers {
        assert_eq!(worker.await.unwrap(), 2);
    }
}
