//! One thread trusts that a number it changes under a lock does not change
//! meanwhile; the others change it under another lock.

use super::{join_all, spawn};
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

#[derive(Default)]
struct Shared {
    right: Mutex<()>,
    wrong: Mutex<()>,
    data: AtomicI32,
}

pub(super) fn main<const WRONG: usize>() {
    let shared = Arc::new(Shared::default());
    let mut threads = vec![spawn(&shared, trust)];
    threads.extend((0..WRONG).map(|_| spawn(&shared, meddle)));
    join_all(threads);
}

fn increment(data: &AtomicI32) {
    data.store(data.load(Relaxed) + 1, Relaxed);
}

fn trust(shared: &Shared) {
    let _locked = shared.right.lock().unwrap();
    let before = shared.data.load(Relaxed);
    increment(&shared.data);
    assert_eq!(shared.data.load(Relaxed), before + 1);
}

fn meddle(shared: &Shared) {
    let _locked = shared.wrong.lock().unwrap();
    increment(&shared.data);
}
