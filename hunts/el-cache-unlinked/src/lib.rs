//! event-listener 2.3.2: the list of listeners keeps one entry for reuse. Used
//! again behind other listeners it does not know who stands before it, and when
//! it goes, whoever stands behind it is cut off. Fixed in 2.3.3: "Fix a bug in
//! `List::insert()` that was causing deadlocks".
#![cfg(test)]

use event_listener::Event;
use reveille::time::{sleep, timeout};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::Duration;

/// A gate that opens once, as one builds it on an event.
#[derive(Default)]
struct Gate {
    open: AtomicBool,
    opened: Event,
}

impl Gate {
    fn open(&self) {
        self.open.store(true, SeqCst);
        self.opened.notify(usize::MAX);
    }

    async fn pass(&self) {
        while !self.open.load(SeqCst) {
            let opened = self.opened.listen();
            if !self.open.load(SeqCst) {
                opened.await;
            }
        }
    }
}

/// Visitors come one after the other; some wait until the gate opens, some lose
/// patience now and then.
#[reveille::test]
async fn everybody_passes_the_open_gate() {
    let gate = Arc::new(Gate::default());
    let mut visitors = Vec::new();
    for _ in 0..4 {
        let patient = gate.clone();
        visitors.push(reveille::spawn(async move { patient.pass().await }));
        let hasty = gate.clone();
        visitors.push(reveille::spawn(async move {
            while timeout(Duration::from_millis(15), hasty.pass()).await.is_err() {
                sleep(Duration::from_millis(10)).await;
            }
        }));
        sleep(Duration::from_millis(10)).await;
    }
    gate.open();
    for visitor in visitors {
        visitor.await.unwrap();
    }
}
