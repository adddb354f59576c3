//! A place for the waker of who waits: `AtomicWaker` and its like.

use super::{join, short_name, spawn};
use crate::model::{Model, Scenario};
use crate::signal::Signal;
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;

/// One task registers its waker, any thread wakes.
pub trait WakerCell: Send + Sync + 'static {
    /// Keeps the waker, in the place of an earlier one. One thread at a time calls it.
    fn register(&self, waker: &Waker);

    /// Wakes who registered last, if nobody has since.
    fn wake(&self);
}

/// Checks that no wake is lost between a registration, the check after it and the wait.
///
/// The task registers, then checks, then waits; who wakes makes its change, then wakes. The
/// change is a relaxed store: what a cell does has to order it, as that of `futures` and of tokio
/// promise.
pub fn waker_cell<C: WakerCell>(make: impl Fn() -> C + Clone + Send + Sync + 'static) -> Model {
    let name = format!("waker_cell of {}", short_name::<C>());
    let with = |f: fn(Arc<C>)| {
        let make = make.clone();
        move || f(Arc::new(make()))
    };
    Model::of(
        name,
        vec![
            Scenario::new("who registered is woken", with(registered)),
            Scenario::new("a wake between the check and the wait is not lost", with(meanwhile)),
            Scenario::new("the waker that was registered last is woken", with(replaced)),
            Scenario::new("two wakes may be one, but never none", with(twice)).bounded(3),
            Scenario::new("two threads may wake at once", with(two)).bounded(3),
            Scenario::new(
                "nobody is woken who was woken before and has not come again",
                with(once),
            ),
            Scenario::new("no waker is kept after the cell is gone", with(dropped)),
        ],
    )
}

/// Registers, checks and waits until the count is that.
fn wait_for<C: WakerCell>(cell: &C, task: &Signal, count: &AtomicUsize, at_least: usize) {
    loop {
        cell.register(&task.waker());
        if count.load(Ordering::Relaxed) >= at_least {
            return;
        }
        task.wait();
    }
}

fn registered<C: WakerCell>(cell: Arc<C>) {
    let task = Signal::new("the task");
    cell.register(&task.waker());
    cell.wake();
    task.wait();
}

fn wakes_after<C: WakerCell>(
    name: &str,
    cell: &Arc<C>,
    count: &Arc<AtomicUsize>,
    times: usize,
) -> crate::thread::JoinHandle<()> {
    let (cell, count) = (cell.clone(), count.clone());
    spawn(name, move || {
        for _ in 0..times {
            count.fetch_add(1, Ordering::Relaxed);
            cell.wake();
        }
    })
}

fn meanwhile<C: WakerCell>(cell: Arc<C>) {
    let task = Signal::new("the task");
    let count = Arc::new(AtomicUsize::new(0));
    let wakes = wakes_after("waker", &cell, &count, 1);
    wait_for(&*cell, &task, &count, 1);
    join([wakes]);
}

fn replaced<C: WakerCell>(cell: Arc<C>) {
    // A task that moves: each poll has a waker of its own, and only the last one is heard.
    let (first, last) = (Signal::new("the first waker"), Signal::new("the last waker"));
    let count = Arc::new(AtomicUsize::new(0));
    cell.register(&first.waker());
    let wakes = wakes_after("waker", &cell, &count, 1);
    wait_for(&*cell, &last, &count, 1);
    join([wakes]);
}

fn twice<C: WakerCell>(cell: Arc<C>) {
    let task = Signal::new("the task");
    let count = Arc::new(AtomicUsize::new(0));
    let wakes = wakes_after("waker", &cell, &count, 2);
    wait_for(&*cell, &task, &count, 2);
    join([wakes]);
}

fn two<C: WakerCell>(cell: Arc<C>) {
    let task = Signal::new("the task");
    let count = Arc::new(AtomicUsize::new(0));
    let wakes = ["waker", "other waker"].map(|name| wakes_after(name, &cell, &count, 1));
    wait_for(&*cell, &task, &count, 2);
    join(wakes);
}

fn once<C: WakerCell>(cell: Arc<C>) {
    let task = Signal::new("the task");
    cell.register(&task.waker());
    let woken = [(); 2].map(|()| {
        cell.wake();
        task.woken()
    });
    assert_eq!(woken, [1, 1], "by the first wake and by the second, the task was woken so often");
}

fn dropped<C: WakerCell>(cell: Arc<C>) {
    let (early, late) = (Signal::new("the first waker"), Signal::new("the last waker"));
    cell.register(&early.waker());
    let other = cell.clone();
    let wakes = spawn("waker", move || other.wake());
    cell.register(&late.waker());
    join([wakes]);
    drop(cell);
    assert_eq!(early.wakers(), 0, "a waker that was replaced is never dropped");
    assert_eq!(late.wakers(), 0, "the waker that was registered last is never dropped");
}
