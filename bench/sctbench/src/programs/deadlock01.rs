//! Two threads lock two mutexes in opposite orders: a deadlock.

use crate::figures::{Figures, Published};
use crate::mutex::Mutex;
use crate::process::{Main, Process};
use crate::program::{Program, Tier};

pub(super) const DEADLOCK01: Program = Program {
    name: "deadlock01",
    tier: Tier::T0,
    threads: 3,
    points: 11,
    published: Published {
        points: Some(11),
        artifact: Figures::means(3.2, 13.0, 3.5, 1.8),
        model: Figures::UNKNOWN,
    },
    body: main,
};

fn main() -> Main {
    Process::main(|process| async move {
        let (a, b) = (Mutex::new("a"), Mutex::new("b"));
        let threads =
            [process.spawn(nest(a.clone(), b.clone())).await, process.spawn(nest(b, a)).await];
        process.join_all(threads).await;
    })
}

/// Changes a counter under both locks, which needs no event.
async fn nest(outer: Mutex, inner: Mutex) {
    outer.lock().await;
    inner.lock().await;
    inner.unlock().await;
    outer.unlock().await;
}
