//! A quicksort that farms parts out to a pool of two threads (D. Spinellis, by way of Inspect).
//!
//! A worker is told to work before its lock is taken and before it is told on what: it may see the
//! first and not wait for the second. Then it works on its last part once more, or on nothing, and
//! what it was to sort stays as it was, which the main thread finds in the end.
//!
//! The numbers to sort are the original's, those of the C library's `rand`. How they are
//! partitioned is not, but for which parts are farmed out. The numbers are in nobody's race while
//! all goes well, and are no scheduling points.

use super::{join_all, quietly, spawn};
use std::array::from_fn;
use std::ops::Range;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

const NUMBERS: [u32; 32] = [
    7, 6, 9, 19, 17, 31, 10, 12, 9, 13, 26, 11, 18, 27, 3, 6, 28, 2, 20, 24, 27, 8, 7, 13, 22, 26,
    14, 3, 19, 31, 9, 26,
];
const WORKERS: usize = 2;
/// Both parts must be larger for one of them to be farmed out.
const WORTH_IT: usize = 4;
/// Fewer are sorted by insertion.
const FEW: usize = 7;

const IDLE: u8 = 0;
const WORK: u8 = 1;
const END: u8 = 2;

struct Pool {
    workers: [Worker; WORKERS],
    /// Taken by who looks for a worker that is idle.
    allocating: Mutex<()>,
    idle: AtomicUsize,
    numbers: [AtomicU32; NUMBERS.len()],
}

#[derive(Default)]
struct Worker {
    state: AtomicU8,
    from: AtomicUsize,
    count: AtomicUsize,
    lock: Mutex<()>,
    changed: Condvar,
}

pub(super) fn main() {
    let pool = Arc::new(Pool {
        workers: from_fn(|_| Worker::default()),
        allocating: Mutex::default(),
        idle: AtomicUsize::new(0),
        numbers: NUMBERS.map(AtomicU32::new),
    });
    let threads: Vec<_> =
        (0..WORKERS).map(|number| spawn(&pool, move |pool| pool.be_worker(number))).collect();
    pool.idle.store(WORKERS, Relaxed);
    let first = &pool.workers[0];
    let locked = first.lock.lock().unwrap();
    first.is_to_sort(0..NUMBERS.len());
    first.state.store(WORK, Relaxed);
    pool.idle.store(pool.idle.load(Relaxed) - 1, Relaxed);
    first.changed.notify_one();
    drop(locked);
    join_all(threads);
    assert!((0..NUMBERS.len()).is_sorted_by_key(|index| pool.number(index)), "not sorted");
}

impl Worker {
    fn is_to_sort(&self, part: Range<usize>) {
        self.from.store(part.start, Relaxed);
        self.count.store(part.len(), Relaxed);
    }
}

impl Pool {
    fn be_worker(&self, number: usize) {
        let worker = &self.workers[number];
        loop {
            let mut locked = worker.lock.lock().unwrap();
            while worker.state.load(Relaxed) == IDLE {
                locked = worker.changed.wait(locked).unwrap();
            }
            drop(locked);
            if worker.state.load(Relaxed) == END {
                return;
            }
            assert_eq!(worker.state.load(Relaxed), WORK);
            self.sort(worker);
            let _allocating = self.allocating.lock().unwrap();
            worker.state.store(IDLE, Relaxed);
            self.idle.store(self.idle.load(Relaxed) + 1, Relaxed);
            if self.idle.load(Relaxed) == WORKERS {
                self.end_all_but(number);
                return;
            }
        }
    }

    fn end_all_but(&self, number: usize) {
        for (other, worker) in self.workers.iter().enumerate() {
            if other != number {
                let _locked = worker.lock.lock().unwrap();
                worker.state.store(END, Relaxed);
                worker.changed.notify_one();
            }
        }
    }

    /// An idle worker, which is told to work and locked, in this order.
    fn allocate(&self) -> Option<(&Worker, MutexGuard<'_, ()>)> {
        let _allocating = self.allocating.lock().unwrap();
        let idle = self.workers.iter().find(|worker| worker.state.load(Relaxed) == IDLE)?;
        self.idle.store(self.idle.load(Relaxed) - 1, Relaxed);
        idle.state.store(WORK, Relaxed);
        Some((idle, idle.lock.lock().unwrap()))
    }

    fn sort(&self, worker: &Worker) {
        let from = worker.from.load(Relaxed);
        let mut part = from..from + worker.count.load(Relaxed);
        while part.len() >= FEW {
            let (left, right) = self.partition(part);
            let other = if left.len() > WORTH_IT && right.len() > WORTH_IT {
                self.allocate()
            } else {
                None
            };
            if let Some((other, locked)) = other {
                other.is_to_sort(left);
                other.changed.notify_one();
                drop(locked);
            } else if !left.is_empty() {
                worker.is_to_sort(left);
                self.sort(worker);
            }
            part = right;
        }
        for end in part.clone() {
            let sinks = |at: &usize| self.number(at - 1) > self.number(*at);
            (part.start + 1..=end).rev().take_while(sinks).for_each(|at| self.swap(at - 1, at));
        }
    }

    /// Moves what is smaller than the median of three to the left and what is larger to the
    /// right.
    fn partition(&self, part: Range<usize>) -> (Range<usize>, Range<usize>) {
        let mut three =
            [part.start, part.start + part.len() / 2, part.end - 1].map(|index| self.number(index));
        three.sort_unstable();
        let median = three[1];
        let (mut smaller, mut at, mut larger) = (part.start, part.start, part.end);
        while at < larger {
            let number = self.number(at);
            if number < median {
                self.swap(smaller, at);
                smaller += 1;
                at += 1;
            } else if number > median {
                larger -= 1;
                self.swap(at, larger);
            } else {
                at += 1;
            }
        }
        (part.start..smaller, larger..part.end)
    }

    fn number(&self, index: usize) -> u32 {
        quietly(|| self.numbers[index].load(Relaxed))
    }

    fn swap(&self, one: usize, other: usize) {
        quietly(|| {
            let number = self.numbers[one].swap(self.numbers[other].load(Relaxed), Relaxed);
            self.numbers[other].store(number, Relaxed);
        });
    }
}
