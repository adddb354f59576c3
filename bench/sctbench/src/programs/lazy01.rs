//! Two threads add to a number, a third one asserts that not both have.

use crate::figures::{Figures, Published};
use crate::mutex::Mutex;
use crate::process::{Main, Process};
use crate::program::{Program, Tier};
use std::cell::Cell;
use std::rc::Rc;

pub(super) const LAZY01: Program = Program {
    name: "lazy01",
    tier: Tier::T0,
    threads: 4,
    // The plain run fails: it ends when the third thread to lock has done so.
    points: 9,
    published: Published {
        points: Some(11),
        artifact: Figures::means(21.0, 4.9, 4.7, 2.0),
        model: Figures::UNKNOWN,
    },
    body: main,
};

struct Shared {
    lock: Mutex,
    data: Cell<i32>,
}

fn main() -> Main {
    Process::main(|process| async move {
        let shared = Rc::new(Shared { lock: Mutex::new("mutex"), data: Cell::new(0) });
        let threads = [
            process.spawn(add(shared.clone(), 1)).await,
            process.spawn(add(shared.clone(), 2)).await,
            process.spawn(check(shared)).await,
        ];
        process.join_all(threads).await;
    })
}

async fn add(shared: Rc<Shared>, by: i32) {
    shared.lock.lock().await;
    shared.data.set(shared.data.get() + by);
    shared.lock.unlock().await;
}

async fn check(shared: Rc<Shared>) {
    shared.lock.lock().await;
    assert!(shared.data.get() < 3, "both have added");
    shared.lock.unlock().await;
}
