//! Two threads add to a number, a third one asserts that not both have.

use super::{join_all, spawn};
use std::sync::{Arc, Mutex};

pub(super) fn main() {
    let data = Arc::new(Mutex::new(0));
    join_all([
        spawn(&data, |data| *data.lock().unwrap() += 1),
        spawn(&data, |data| *data.lock().unwrap() += 2),
        spawn(&data, |data| assert!(*data.lock().unwrap() < 3, "both have added")),
    ]);
}
