//! Bug 4 (Mozilla's 354593): the lock around `localtime` is made by the first who needs it, and
//! two may be the first. Then a thread unlocks another lock than it has locked, which the
//! runtime's own assertions see.
//!
//! Each of two threads asks for the local time twice, and then tells the main thread.

use crate::programs::{join_all, spawn};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;

const THREADS: usize = 2;
/// Each thread makes one lock at most.
const LOCKS: usize = THREADS;

/// A lock that knows its owner.
#[derive(Default)]
struct Owned {
    mutex: Mutex<()>,
    is_locked: AtomicBool,
    owner: AtomicUsize,
}

#[derive(Default)]
struct Runtime {
    /// The lock around `localtime`, by its number; 0 for null.
    monitor: AtomicUsize,
    locks: [Owned; LOCKS],
    /// Threads that are not done.
    alive: Mutex<usize>,
    done: Condvar,
}

pub(in crate::programs) fn main() {
    let runtime = Arc::new(Runtime { alive: Mutex::new(THREADS), ..Runtime::default() });
    let threads: Vec<_> = (1..=THREADS)
        .map(|number| {
            let thread = spawn(&runtime, move |runtime| runtime.tell_time(number));
            thread::yield_now();
            thread
        })
        .collect();
    // A thread that fails leaves the main one waiting, as the process does not end here.
    let mut alive = runtime.alive.lock().unwrap();
    while *alive > 0 {
        alive = runtime.done.wait(alive).unwrap();
    }
    drop(alive);
    join_all(threads);
}

impl Runtime {
    fn tell_time(&self, number: usize) {
        self.local_time(number);
        self.local_time(number);
        let mut alive = self.alive.lock().unwrap();
        *alive -= 1;
        drop(alive);
        // Who waits is notified after the lock was let go.
        self.done.notify_one();
    }

    fn local_time(&self, number: usize) {
        if self.monitor.load(Relaxed) == 0 {
            self.monitor.store(number, Relaxed);
        }
        let guard = self.monitor().lock(number);
        self.monitor().unlock(number, guard);
    }

    /// The pointer is read anew each time.
    fn monitor(&self) -> &Owned {
        &self.locks[self.monitor.load(Relaxed) - 1]
    }
}

impl Owned {
    fn lock(&self, number: usize) -> MutexGuard<'_, ()> {
        let guard = self.mutex.lock().unwrap();
        assert!(!self.is_locked.load(Relaxed));
        self.owner.store(number, Relaxed);
        self.is_locked.store(true, Relaxed);
        guard
    }

    fn unlock(&self, number: usize, guard: MutexGuard<'_, ()>) {
        assert!(self.mutex.try_lock().is_err(), "it is not locked");
        assert!(self.is_locked.load(Relaxed));
        assert_eq!(self.owner.load(Relaxed), number, "somebody else has locked it");
        self.is_locked.store(false, Relaxed);
        drop(guard);
    }
}
