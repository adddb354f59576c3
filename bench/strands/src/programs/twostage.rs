//! Writers change two numbers in two stages, each under its own lock; a reader that
//! comes between the stages finds that they do not fit.
//!
//! The first number is written under the first lock and read under the second, so it is an
//! atomic one. With a single writer it is in no race, and its accesses are points all the same.

use super::{join_all, spawn};
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Shared {
    first_lock: Mutex<()>,
    first: AtomicI32,
    second: Mutex<i32>,
}

pub(super) fn main<const WRITERS: usize, const READERS: usize>() {
    let shared = Arc::new(Shared::default());
    let mut threads: Vec<_> = (0..WRITERS).map(|_| spawn(&shared, write)).collect();
    threads.extend((0..READERS).map(|_| spawn(&shared, read)));
    join_all(threads);
}

fn write(shared: &Shared) {
    let locked = shared.first_lock.lock().unwrap();
    shared.first.store(1, Relaxed);
    drop(locked);
    let mut second = shared.second.lock().unwrap();
    *second = shared.first.load(Relaxed) + 1;
}

fn read(shared: &Shared) {
    let locked = shared.first_lock.lock().unwrap();
    let first = shared.first.load(Relaxed);
    drop(locked);
    if first == 0 {
        return;
    }
    let second = *shared.second.lock().unwrap();
    assert_eq!(second, first + 1);
}
