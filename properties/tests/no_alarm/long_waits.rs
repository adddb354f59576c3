//! Long virtual waits beside clocks that tick often.

use reveille::time::{Instant, interval, sleep, timeout};
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::Notify;

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3600);

async fn tick_every(period: Duration) {
    let mut ticks = interval(period);
    loop {
        ticks.tick().await;
    }
}

/// A session that expires after an hour, beside a heartbeat ten times a second.
#[reveille::test(runs = 20, deny(task_leak, waker_leak), without(late_timer))]
async fn an_hour_beside_a_heartbeat() {
    let start = Instant::now();
    let heartbeat = reveille::spawn(tick_every(SECOND / 10));
    sleep(HOUR).await;
    heartbeat.abort();
    assert_eq!(start.elapsed(), HOUR);
}

/// The long timer is the last to be set.
#[reveille::test(runs = 20, deny(task_leak, waker_leak))]
async fn a_session_of_an_hour_beside_a_heartbeat() {
    let heartbeat = reveille::spawn(tick_every(SECOND / 10));
    reveille::yield_now().await;
    let session = reveille::spawn(sleep(HOUR));
    session.await.unwrap();
    heartbeat.abort();
    assert!(heartbeat.await.unwrap_err().is_cancelled());
}

#[reveille::test(runs = 20, deny(task_leak, waker_leak), without(late_timer))]
async fn an_hour_beside_a_daemon() {
    drop(reveille::spawn_daemon(tick_every(SECOND / 10)));
    let start = Instant::now();
    sleep(HOUR).await;
    assert_eq!(start.elapsed(), HOUR);
}

/// A daemon looks again and again whether something has expired, and tells so.
fn reaper(period: Duration) -> Rc<Notify> {
    let expired = Rc::new(Notify::new());
    let own = expired.clone();
    let start = Instant::now();
    drop(reveille::spawn_daemon(async move {
        let mut ticks = interval(period);
        loop {
            ticks.tick().await;
            if start.elapsed() >= HOUR {
                own.notify_one();
            }
        }
    }));
    expired
}

#[reveille::test(runs = 10, deny(task_leak, waker_leak), without(delayed_wake, late_timer))]
async fn a_reaper_wakes_the_root_after_an_hour() {
    let start = Instant::now();
    reaper(SECOND).notified().await;
    assert_eq!(start.elapsed(), HOUR);
}

/// The root is not polled for 36,000 moves of the clock.
#[reveille::test(runs = 5, deny(task_leak, waker_leak), without(delayed_wake, late_timer))]
async fn a_quick_reaper_wakes_the_root_after_an_hour() {
    let start = Instant::now();
    reaper(SECOND / 10).notified().await;
    assert_eq!(start.elapsed(), HOUR);
}

/// A task that ends after many ticks while the root waits for it alone.
#[reveille::test(runs = 5, deny(task_leak, waker_leak))]
async fn a_task_that_ticks_twenty_thousand_times() {
    let ticking = reveille::spawn(async {
        let mut ticks = interval(SECOND / 10);
        for _ in 0..20_000 {
            ticks.tick().await;
        }
    });
    ticking.await.unwrap();
}

/// A daemon that sleeps for an hour wakes the root, beside heartbeats of others.
#[reveille::test(runs = 20, deny(task_leak, waker_leak), without(delayed_wake, late_timer))]
async fn a_sleeping_daemon_wakes_the_root_beside_a_heartbeat() {
    let heartbeat = reveille::spawn(tick_every(SECOND / 10));
    let start = Instant::now();
    sleeper(HOUR).notified().await;
    assert_eq!(start.elapsed(), HOUR);
    heartbeat.abort();
}

#[reveille::test(runs = 20, deny(task_leak, waker_leak), without(delayed_wake, late_timer))]
async fn a_sleeping_daemon_wakes_the_root_beside_another_daemon() {
    drop(reveille::spawn_daemon(tick_every(SECOND / 10)));
    let start = Instant::now();
    sleeper(HOUR).notified().await;
    assert_eq!(start.elapsed(), HOUR);
}

fn sleeper(time: Duration) -> Rc<Notify> {
    let notify = Rc::new(Notify::new());
    let own = notify.clone();
    drop(reveille::spawn_daemon(async move {
        sleep(time).await;
        own.notify_one();
    }));
    notify
}

/// A deadline that is pushed ahead again and again.
#[reveille::test(runs = 10, deny(task_leak, waker_leak))]
async fn an_idle_timeout_that_activity_puts_off() {
    let activity = Rc::new(Notify::new());
    let own = activity.clone();
    let client = reveille::spawn_local(async move {
        let mut ticks = interval(SECOND / 10);
        for _ in 0..1000 {
            ticks.tick().await;
            own.notify_one();
        }
    });
    let mut seen = 0;
    while timeout(SECOND, activity.notified()).await.is_ok() {
        seen += 1;
    }
    // Two notifications without a poll in between are one.
    assert!((500..=1000).contains(&seen), "seen {seen}");
    client.await.unwrap();
}

/// Waits for another task by yielding.
#[reveille::test(runs = 300, deny(task_leak, waker_leak))]
async fn spins_until_a_task_is_done() {
    let busy = reveille::spawn(async {
        for _ in 0..50 {
            reveille::yield_now().await;
        }
    });
    while !busy.is_finished() {
        reveille::yield_now().await;
    }
    busy.await.unwrap();
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn a_deadline_beyond_the_end_of_time() {
    let (tx, rx) = async_channel::bounded(1);
    let sender = reveille::spawn(async move {
        sleep(HOUR).await;
        tx.send(7).await.unwrap();
    });
    let got = timeout(Duration::MAX, rx.recv()).await;
    assert_eq!(got.unwrap(), Ok(7));
    sender.await.unwrap();
}

/// Many short waits in a row.
#[reveille::test(runs = 300, deny(task_leak, waker_leak), without(late_timer))]
async fn retries_with_backoff() {
    let mut delay = Duration::from_millis(1);
    let mut tries = 0;
    let start = Instant::now();
    while timeout(delay, std::future::pending::<()>()).await.is_err() && tries < 20 {
        tries += 1;
        delay *= 2;
    }
    assert_eq!(tries, 20);
    assert_eq!(start.elapsed(), Duration::from_millis((1 << 21) - 1));
}
