//! The failure that the README shows.

use reveille_loom::models::{Parker, park_unpark};
use reveille_loom::sync::atomic::{AtomicBool, Ordering::*};
use reveille_loom::sync::{Condvar, Mutex};

/// It looks at the token, and then waits, whatever has come meanwhile.
struct MyParker {
    token: AtomicBool,
    lock: Mutex<()>,
    bell: Condvar,
}

impl Parker for MyParker {
    fn park(&self) {
        while !self.token.swap(false, Acquire) {
            drop(self.bell.wait(self.lock.lock().unwrap()));
        }
    }

    fn unpark(&self) {
        self.token.swap(true, Release);
        self.bell.notify_one();
    }
}

#[test]
fn shows_a_real_failure() {
    let model = park_unpark(|| MyParker {
        token: AtomicBool::new(false),
        lock: Mutex::new(()),
        bell: Condvar::new(),
    });
    let failure = model.try_check().expect_err("it loses an unpark");
    let readme = include_str!("../../README.md");
    assert!(readme.contains(&failure.to_string()), "expected the README to have\n{failure}");
}
