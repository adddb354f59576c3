//! Tests whose bodies need a tokio runtime.

use reveille::laws::{self, Timer};
use reveille::time::Instant;
use reveille::{Checker, Kind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use tokio::sync::{Mutex, Notify, mpsc};
use tokio::time::{interval, sleep, timeout};

const MS: Duration = Duration::from_millis(1);

#[reveille::test(tokio = true)]
async fn workers_share_a_queue() {
    let (send, receive) = mpsc::channel::<u32>(2);
    let receive = Arc::new(Mutex::new(receive));
    let sum = Arc::new(AtomicU32::new(0));
    let workers: Vec<_> = (0..3)
        .map(|_| {
            let (receive, sum) = (receive.clone(), sum.clone());
            tokio::spawn(async move {
                loop {
                    let job = receive.lock().await.recv().await;
                    let Some(job) = job else { return };
                    sleep(job * MS).await;
                    sum.fetch_add(job, Ordering::Relaxed);
                }
            })
        })
        .collect();
    for job in 1..=6 {
        send.send(job).await.unwrap();
    }
    drop(send);
    for worker in workers {
        worker.await.unwrap();
    }
    assert_eq!(sum.load(Ordering::Relaxed), 21);
}

#[reveille::test(tokio = true)]
async fn both_clocks_are_one() {
    let start = Instant::now();
    let mut ticks = interval(10 * MS);
    let ours = reveille::spawn(async { reveille::time::sleep(Duration::from_secs(60)).await });
    for _ in 0..10 {
        ticks.tick().await;
    }
    assert!(start.elapsed() >= 90 * MS);
    assert!(timeout(MS, std::future::pending::<()>()).await.is_err());
    ours.await.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(60));
}

/// `select!` takes entropy from tokio, so these runs have processes of their own.
#[reveille::test(tokio = true, runs = 100)]
async fn a_select_over_tokios_timers() {
    let notify = Arc::new(Notify::new());
    let own = notify.clone();
    tokio::spawn(async move {
        sleep(5 * MS).await;
        own.notify_one();
    });
    tokio::select! {
        () = notify.notified() => {}
        () = sleep(Duration::from_secs(1)) => panic!("it was notified after 5 ms"),
    }
}

#[test]
fn a_task_that_is_never_notified_is_told() {
    let failure = Checker::new()
        .corpus(false)
        .tokio(true)
        .try_check(|| async {
            let notify = Arc::new(Notify::new());
            let (one, other) = (notify.clone(), notify.clone());
            let waiter = tokio::spawn(async move { one.notified().await });
            // It stores no permit: whether the waiter is there already is a matter of luck.
            reveille::spawn(async move { other.notify_waiters() }).await.unwrap();
            waiter.await.unwrap();
        })
        .unwrap_err();
    let report = failure.to_string();
    assert!(report.contains("stuck"), "{report}");
}

/// The report of a test that fails in its first run.
fn report<F: Future<Output = ()>>(tokio: bool, body: impl Fn() -> F) -> String {
    let checker = Checker::new().corpus(false).tokio(tokio).runs(1);
    checker.try_check(body).unwrap_err().to_string()
}

#[test]
fn what_tokio_cannot_do_in_a_run_is_told_with_what_can() {
    let told = report(false, || async { sleep(MS).await });
    assert!(told.contains("try: give the runs a tokio runtime: `#[reveille::test(tokio"), "{told}");
    let told = report(true, || async {
        let _ = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    });
    assert!(told.contains("try: take sockets from `reveille::net`"), "{told}");
    let told = report(true, || async {
        let bound = tokio::spawn(tokio::net::UdpSocket::bind("127.0.0.1:0"));
        drop(bound.await.unwrap());
    });
    assert!(told.contains("try: take sockets from `reveille::net`"), "{told}");
    let told = report(true, || async { tokio::time::pause() });
    assert!(told.contains("try: leave out `tokio::time::pause`"), "{told}");
    let told = report(true, || async {
        tokio::time::resume();
        sleep(MS).await;
    });
    assert!(told.contains("try: leave out `tokio::time::resume`"), "{told}");
}

/// Tokio's timers, which go by tokio's clock.
#[derive(Clone)]
struct Timers;

impl Timer for Timers {
    type Wheel = ();
    type Sleep = tokio::time::Sleep;

    fn open(&self) {}

    fn sleep_until(&self, _wheel: &(), due: Instant) -> Self::Sleep {
        tokio::time::sleep_until(tokio::time::Instant::now() + (due - Instant::now()))
    }

    fn granularity(&self) -> Duration {
        MS
    }
}

#[test]
fn a_task_that_a_waker_runs_sees_both_clocks_alike() {
    let checker = Checker::new().corpus(false).tokio(true).with(Kind::ReentrantWaker);
    laws::timer(Timers).checker(checker.runs(2_000)).check();
}
