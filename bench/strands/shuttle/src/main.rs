//! The workload slot10 in shuttle: `reveille-bench-shuttle time|points RUNS` prints the nanoseconds
//! on the processor, or the scheduling points, that so many runs take.

#[path = "../../src/cpu.rs"]
mod cpu;
#[path = "../../../src/slot.rs"]
mod slot;

mod sync {
    pub use shuttle::sync::{Mutex, MutexGuard};
}

use shuttle::future::{block_on, spawn};
use shuttle::scheduler::{RandomScheduler, Schedule, Scheduler, Task, TaskId};
use shuttle::{Config, Runner};
use std::cell::Cell;
use std::rc::Rc;

fn slot10() {
    block_on(async {
        let (tx, rx) = slot::slot();
        let producer = spawn(async move {
            for i in 0..10 {
                tx.send(i).await;
            }
        });
        let consumer = spawn(async move {
            for i in 0..10 {
                assert_eq!(rx.recv().await, i);
            }
        });
        producer.await.unwrap();
        consumer.await.unwrap();
    });
}

/// Counts the decisions of another scheduler.
struct Counting {
    inner: RandomScheduler,
    points: Rc<Cell<u64>>,
}

impl Scheduler for Counting {
    fn new_execution(&mut self) -> Option<Schedule> {
        self.inner.new_execution()
    }

    fn next_task(
        &mut self,
        runnable: &[&Task],
        current: Option<TaskId>,
        is_yielding: bool,
    ) -> Option<TaskId> {
        self.points.set(self.points.get() + 1);
        self.inner.next_task(runnable, current, is_yielding)
    }

    fn next_u64(&mut self) -> u64 {
        self.inner.next_u64()
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, runs] = &arguments[..] else { panic!("usage: time|points RUNS") };
    let random = RandomScheduler::new_from_seed(1, runs.parse().expect("a number of runs"));
    if what == "time" {
        let clock = cpu::Stopwatch::start();
        Runner::new(random, Config::default()).run(slot10);
        println!("{}", clock.elapsed().as_nanos());
    } else {
        let points = Rc::new(Cell::new(0));
        let counting = Counting { inner: random, points: points.clone() };
        Runner::new(counting, Config::default()).run(slot10);
        println!("{}", points.get());
    }
}
