//! A driver is asked to do something while it is being stopped: it may work on
//! after it has looked whether it is being stopped and before it counts itself in.

use super::{join_all, spawn};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

struct Driver {
    pending: Mutex<i32>,
    stopping: AtomicBool,
    drained: AtomicBool,
    stopped: AtomicBool,
}

pub(super) fn main() {
    let driver = Arc::new(Driver {
        pending: Mutex::new(1),
        stopping: AtomicBool::new(false),
        drained: AtomicBool::new(false),
        stopped: AtomicBool::new(false),
    });
    let stopper = spawn(&driver, stop);
    driver.work();
    join_all([stopper]);
}

fn stop(driver: &Driver) {
    driver.stopping.store(true, Relaxed);
    driver.release();
    if driver.drained.load(Relaxed) {
        driver.stopped.store(true, Relaxed);
    }
}

impl Driver {
    fn work(&self) {
        if !self.stopping.load(Relaxed) {
            self.add(1);
            assert!(!self.stopped.load(Relaxed), "working on a driver that is stopped");
        }
        self.release();
    }

    fn release(&self) {
        if self.add(-1) == 0 {
            self.drained.store(true, Relaxed);
        }
    }

    fn add(&self, by: i32) -> i32 {
        let mut pending = self.pending.lock().unwrap();
        *pending += by;
        *pending
    }
}
