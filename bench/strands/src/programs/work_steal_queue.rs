//! A work-stealing queue after Cilk's THE protocol, of the tests of CHESS: its owner pushes and
//! pops at the tail, and two thieves steal at the head under a lock. Each of four items must have
//! been worked on once.
//!
//! There are two mistakes. `WorkStealQueue` and `InterlockedWorkStealQueue` push as if the ring
//! held an item more than it does, so that a push may overwrite what is just being stolen; they
//! differ in their lock, which is a mutex or spins. The two with `State` push as they should, and
//! their mistake is in the records that the test keeps of its own calls, below.
//!
//! Reads are compare-and-exchanges of 0 with 0 and writes are exchanges, as in the original. How
//! large the ring is changes under the lock and only by the owner; that is in no race, and no
//! scheduling point. The thief's `sleep(0)` is a yield.

use super::records::Records;
use super::{join_all, quietly, spawn};
use std::array::from_fn;
use std::sync::atomic::{
    AtomicBool, AtomicI64, AtomicU32, AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

const THIEVES: usize = 2;
const ATTEMPTS: usize = 2;
const ITEMS: usize = 4;
/// The ring begins with two places and grows to eight at most.
const MOST_PLACES: usize = 8;
const FIRST_PLACES: i64 = 2;
/// The number of the main thread in the records.
const OWNER: usize = 0;

pub(super) fn work_steal_queue() {
    test(Queue::new(Lock::Mutex(Mutex::default()), true, None), true);
}

pub(super) fn interlocked() {
    test(Queue::new(Lock::Spin(AtomicBool::default()), true, None), true);
}

pub(super) fn interlocked_with_state() {
    test(Queue::new(Lock::Spin(AtomicBool::default()), false, Some(Records::default())), true);
}

pub(super) fn with_state() {
    test(Queue::new(Lock::Spin(AtomicBool::default()), false, Some(Records::default())), false);
}

/// Either two items are pushed and one popped, twice, or all are pushed before all are popped.
fn test(queue: Queue, by_turns: bool) {
    let queue = Arc::new(queue);
    queue.enters(OWNER);
    let threads: Vec<_> = (1..=THIEVES)
        .map(|thief| {
            if !by_turns {
                queue.notes(OWNER);
            }
            spawn(&queue, move |queue| queue.be_thief(thief))
        })
        .collect();
    let pushed_at_once = if by_turns { 2 } else { ITEMS };
    for item in 0..ITEMS {
        queue.notes(OWNER);
        queue.push(item);
        if by_turns && item % pushed_at_once == 1 {
            queue.work_on_one();
        }
    }
    for _ in 0..pushed_at_once {
        queue.work_on_one();
    }
    queue.notes(OWNER);
    join_all(threads);
    for worked in &queue.worked {
        assert_eq!(worked.load(Relaxed), 1);
    }
    queue.leaves(OWNER);
}

enum Lock {
    Mutex(Mutex<()>),
    Spin(AtomicBool),
}

struct Queue {
    lock: Lock,
    head: AtomicI64,
    tail: AtomicI64,
    /// The places of the ring in the sizes that it had, and which size it has.
    rings: [[AtomicUsize; MOST_PLACES]; 3],
    size: AtomicUsize,
    fills_up: bool,
    records: Option<Records>,
    /// Of each item, how often it was worked on.
    worked: [AtomicU32; ITEMS],
}

impl Queue {
    fn new(lock: Lock, fills_up: bool, records: Option<Records>) -> Queue {
        Queue {
            lock,
            head: AtomicI64::new(0),
            tail: AtomicI64::new(0),
            rings: from_fn(|_| from_fn(|_| AtomicUsize::new(0))),
            size: AtomicUsize::new(0),
            fills_up,
            records,
            worked: from_fn(|_| AtomicU32::new(0)),
        }
    }

    fn be_thief(&self, thief: usize) {
        self.enters(thief);
        self.notes(thief);
        for _ in 0..ATTEMPTS {
            self.notes(thief);
            if let Some(item) = self.steal(thief) {
                self.work_on(item);
            }
        }
        self.leaves(thief);
    }

    fn work_on_one(&self) {
        self.notes(OWNER);
        if let Some(item) = self.pop() {
            self.work_on(item);
        }
    }

    fn work_on(&self, item: usize) {
        let worked = &self.worked[item];
        worked.store(worked.load(Relaxed) + 1, Relaxed);
    }

    fn mask(&self) -> i64 {
        (FIRST_PLACES << quietly(|| self.size.load(Relaxed))) - 1
    }

    fn place(&self, index: i64) -> &AtomicUsize {
        &self.rings[quietly(|| self.size.load(Relaxed))][(index & self.mask()) as usize]
    }

    fn steal(&self, thief: usize) -> Option<usize> {
        self.enters(thief);
        self.notes(thief);
        self.notes(thief);
        let held = self.acquire(thief);
        self.notes(thief);
        let head = read(&self.head);
        self.notes_index(thief);
        write(&self.head, head + 1);
        self.notes(thief);
        let stolen = if head < read(&self.tail) {
            Some(self.place(head).load(Relaxed))
        } else {
            self.notes(thief);
            write(&self.head, head);
            None
        };
        self.notes(thief);
        self.release(thief, held);
        self.leaves(thief);
        stolen
    }

    fn pop(&self) -> Option<usize> {
        self.enters(OWNER);
        self.notes(OWNER);
        self.notes(OWNER);
        let tail = read(&self.tail) - 1;
        self.notes_index(OWNER);
        write(&self.tail, tail);
        self.notes(OWNER);
        let popped = if read(&self.head) <= tail {
            Some(self.place(tail).load(Relaxed))
        } else {
            self.notes(OWNER);
            write(&self.tail, tail + 1);
            self.pop_alone()
        };
        self.leaves(OWNER);
        popped
    }

    /// Pops while nobody steals.
    fn pop_alone(&self) -> Option<usize> {
        self.enters(OWNER);
        self.notes(OWNER);
        self.notes(OWNER);
        let held = self.acquire(OWNER);
        self.notes(OWNER);
        let tail = read(&self.tail) - 1;
        self.notes_index(OWNER);
        write(&self.tail, tail);
        self.notes(OWNER);
        let mut popped = None;
        if read(&self.head) <= tail {
            popped = Some(self.place(tail).load(Relaxed));
        } else {
            self.notes(OWNER);
            write(&self.tail, tail + 1);
        }
        self.notes(OWNER);
        if read(&self.head) > tail {
            self.notes(OWNER);
            write(&self.head, 0);
            self.notes(OWNER);
            write(&self.tail, 0);
            popped = None;
        }
        self.notes(OWNER);
        self.release(OWNER, held);
        self.leaves(OWNER);
        popped
    }

    fn push(&self, item: usize) {
        self.enters(OWNER);
        self.notes(OWNER);
        self.notes(OWNER);
        let tail = read(&self.tail);
        self.notes_index(OWNER);
        // A thief may just have moved the head too far, so one place is to stay free.
        let room = self.mask() + i64::from(self.fills_up);
        if tail < read(&self.head) + room {
            self.place(tail).store(item, Relaxed);
            self.notes(OWNER);
            write(&self.tail, tail + 1);
        } else {
            self.notes(OWNER);
            self.push_alone(item);
        }
        self.leaves(OWNER);
    }

    /// Pushes while nobody steals, into a larger ring if need be.
    fn push_alone(&self, item: usize) {
        self.enters(OWNER);
        self.notes(OWNER);
        self.notes(OWNER);
        let held = self.acquire(OWNER);
        self.notes(OWNER);
        let head = read(&self.head);
        self.notes_index(OWNER);
        let count = read(&self.tail) - head;
        let head = head & self.mask();
        self.notes_index(OWNER);
        self.notes(OWNER);
        write(&self.head, head);
        self.notes(OWNER);
        write(&self.tail, head + count);
        if count >= self.mask() {
            self.grow(head, count);
            self.notes(OWNER);
            write(&self.head, 0);
            self.notes(OWNER);
            write(&self.tail, count);
        }
        assert!(count < self.mask());
        self.notes(OWNER);
        let tail = read(&self.tail);
        self.place(tail).store(item, Relaxed);
        self.notes_index(OWNER);
        write(&self.tail, tail + 1);
        self.notes(OWNER);
        self.release(OWNER, held);
        self.leaves(OWNER);
    }

    fn grow(&self, head: i64, count: i64) {
        let larger = &self.rings[quietly(|| self.size.load(Relaxed)) + 1];
        for (place, index) in larger.iter().zip(head..head + count) {
            place.store(self.place(index).load(Relaxed), Relaxed);
        }
        quietly(|| self.size.fetch_add(1, Relaxed));
    }

    fn acquire(&self, thread: usize) -> Option<MutexGuard<'_, ()>> {
        let is_held = match &self.lock {
            Lock::Mutex(mutex) => return Some(mutex.lock().unwrap()),
            Lock::Spin(is_held) => is_held,
        };
        self.enters(thread);
        self.notes(thread);
        loop {
            self.notes(thread);
            if !is_held.swap(true, SeqCst) {
                break;
            }
            self.notes(thread);
            thread::yield_now();
        }
        self.leaves(thread);
        None
    }

    fn release(&self, thread: usize, held: Option<MutexGuard<'_, ()>>) {
        if let Lock::Spin(is_held) = &self.lock {
            self.enters(thread);
            self.notes(thread);
            self.notes(thread);
            is_held.store(false, SeqCst);
            self.leaves(thread);
        }
        drop(held);
    }

    fn enters(&self, thread: usize) {
        if let Some(records) = &self.records {
            records.push(thread);
        }
    }

    fn leaves(&self, thread: usize) {
        if let Some(records) = &self.records {
            records.pop(thread);
        }
    }

    fn notes(&self, thread: usize) {
        if let Some(records) = &self.records {
            records.peek(thread);
        }
    }

    /// Notes how far an index is from the head, for which the original reads that twice.
    fn notes_index(&self, thread: usize) {
        if self.records.is_some() {
            for _ in 0..2 {
                self.head.load(SeqCst);
            }
            self.notes(thread);
        }
    }
}

fn read(place: &AtomicI64) -> i64 {
    place.compare_exchange(0, 0, SeqCst, SeqCst).unwrap_or_else(|found| found)
}

fn write(place: &AtomicI64, value: i64) {
    place.swap(value, SeqCst);
}
