//! tokio 1.25.0: a `Notified` that is polled again by another waker drops the one that it had
//! with the lock of the waiters held. A waker that notifies when it goes hangs. Fixed in 1.26.0
//! (pull request 5471).
//!
//! The suite of events finds it by the fault `reentrant-waker`, but finds that of the later
//! versions, too: they clone the other waker with the lock held.
#![cfg(test)]

use reveille::Checker;
use reveille::time::{Duration, sleep, timeout};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use tokio::sync::Notify;

/// A waker of somebody who is interested; when it goes, everybody looks who is left.
struct Interest {
    changed: Arc<Notify>,
    task: Waker,
}

impl Wake for Interest {
    fn wake(self: Arc<Self>) {
        self.task.wake_by_ref();
    }
}

impl Drop for Interest {
    fn drop(&mut self) {
        self.changed.notify_waiters();
    }
}

/// Waits for a change, with an interest of its own at each poll.
async fn changed(changed: Arc<Notify>) {
    let mut notified = pin!(changed.notified());
    poll_fn(|cx| {
        let interest = Interest { changed: changed.clone(), task: cx.waker().clone() };
        let waker = Waker::from(Arc::new(interest));
        notified.as_mut().poll(&mut Context::from_waker(&waker))
    })
    .await;
}

/// Some watch for changes, each for a while; one makes them.
#[test]
fn changes_are_seen() {
    let checker = Checker::new().watchdog(Duration::from_secs(1));
    checker.check(|| async {
        let notify = Arc::new(Notify::new());
        let watchers: Vec<_> = (1..4)
            .map(|millis| {
                let notify = notify.clone();
                reveille::spawn(async move {
                    for _ in 0..3 {
                        let _ =
                            timeout(Duration::from_millis(millis), changed(notify.clone())).await;
                    }
                })
            })
            .collect();
        for _ in 0..3 {
            sleep(Duration::from_millis(1)).await;
            notify.notify_one();
        }
        for watcher in watchers {
            watcher.await.unwrap();
        }
    });
}
