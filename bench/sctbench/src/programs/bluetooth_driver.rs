//! A driver is asked to do something while it is being stopped: it may work on
//! after it has looked whether it is being stopped and before it counts itself in.

use crate::figures::{Figures, Published};
use crate::mutex::Mutex;
use crate::process::{Main, Process};
use crate::program::{Program, Tier};
use crate::racy::Racy;
use std::cell::Cell;
use std::rc::Rc;

pub(super) const BLUETOOTH_DRIVER: Program = Program {
    name: "bluetooth_driver",
    tier: Tier::T0,
    threads: 2,
    points: 13,
    published: Published {
        points: Some(13),
        artifact: Figures::means(215.0, 112.0, 36.0, 70.0),
        model: Figures::means(25.0, 23.0, 15.0, 13.0),
    },
    body: main,
};

struct Driver {
    /// Makes the steps on `pending` atomic.
    atomic: Mutex,
    pending: Cell<i32>,
    stopping: Racy<bool>,
    drained: Racy<bool>,
    stopped: Racy<bool>,
}

fn main() -> Main {
    Process::main(|process| async move {
        let driver = Rc::new(Driver {
            atomic: Mutex::new("atomic"),
            pending: Cell::new(1),
            stopping: Racy::new("stopping flag", false),
            drained: Racy::new("stopping event", false),
            stopped: Racy::new("stopped", false),
        });
        let stopper = process.spawn(stop(driver.clone())).await;
        work(&driver).await;
        process.join(stopper).await;
    })
}

async fn work(driver: &Driver) {
    if !driver.stopping.read().await {
        add(driver, 1).await;
        assert!(!driver.stopped.read().await, "working on a driver that is stopped");
    }
    release(driver).await;
}

async fn stop(driver: Rc<Driver>) {
    driver.stopping.write(true).await;
    release(&driver).await;
    if driver.drained.read().await {
        driver.stopped.write(true).await;
    }
}

async fn release(driver: &Driver) {
    if add(driver, -1).await == 0 {
        driver.drained.write(true).await;
    }
}

async fn add(driver: &Driver, by: i32) -> i32 {
    driver.atomic.lock().await;
    let pending = driver.pending.get() + by;
    driver.pending.set(pending);
    driver.atomic.unlock().await;
    pending
}
