//! Setters change two variables one after the other, checkers assert that they see
//! both changes or none.
//!
//! The number in a name is that of all threads but the main one. Mind the mixes:
//! `reorder_20` has ten checkers, `reorder_10` one.

use super::{join_all, spawn};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

#[derive(Default)]
struct Shared {
    a: AtomicI32,
    b: AtomicI32,
}

pub(super) fn main<const SETTERS: usize, const CHECKERS: usize>() {
    let shared = Arc::new(Shared::default());
    let mut threads: Vec<_> = (0..SETTERS).map(|_| spawn(&shared, set)).collect();
    threads.extend((0..CHECKERS).map(|_| spawn(&shared, check)));
    join_all(threads);
}

fn set(shared: &Shared) {
    shared.a.store(1, Relaxed);
    shared.b.store(-1, Relaxed);
}

/// Each variable is read anew for each comparison, as in the original.
fn check(Shared { a, b }: &Shared) {
    let none = a.load(Relaxed) == 0 && b.load(Relaxed) == 0;
    assert!(none || a.load(Relaxed) == 1 && b.load(Relaxed) == -1, "changes out of order");
}
