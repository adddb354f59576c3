//! Two threads lock two mutexes in opposite orders: a deadlock.

use super::{join_all, spawn};
use std::sync::{Arc, Mutex};

pub(super) fn main() {
    let locks = Arc::new([Mutex::new(()), Mutex::new(())]);
    join_all([
        spawn(&locks, |[a, b]: &[Mutex<()>; 2]| nest(a, b)),
        spawn(&locks, |[a, b]: &[Mutex<()>; 2]| nest(b, a)),
    ]);
}

/// What it changes under both locks is nobody else's matter.
fn nest(outer: &Mutex<()>, inner: &Mutex<()>) {
    let _outer = outer.lock().unwrap();
    let _inner = inner.lock().unwrap();
}
