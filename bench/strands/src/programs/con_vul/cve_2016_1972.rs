//! libvpx in Firefox: who does something once counts those who wait, and the last of them frees
//! the lock. Nothing protects the count, and who comes late may find the lock gone.

use super::Memory;
use crate::programs::{join_all, spawn};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard};

struct Once {
    is_done: AtomicBool,
    waiters: AtomicI32,
    /// Where the lock is.
    pointer: AtomicUsize,
    memory: Memory,
    lock: Mutex<()>,
}

pub(in crate::programs) fn main() {
    let once = Arc::new(Once {
        is_done: AtomicBool::new(false),
        waiters: AtomicI32::new(0),
        pointer: AtomicUsize::new(1),
        memory: Memory::new(),
        lock: Mutex::default(),
    });
    join_all([spawn(&once, run), spawn(&once, run)]);
}

fn run(once: &Once) {
    if once.is_done.load(Relaxed) {
        return;
    }
    once.waiters.store(once.waiters.load(Relaxed) + 1, Relaxed);
    let locked = once.enter();
    if !once.is_done.load(Relaxed) {
        once.is_done.store(true, Relaxed);
    }
    once.follow();
    drop(locked);
    let left = once.waiters.load(Relaxed) - 1;
    once.waiters.store(left, Relaxed);
    // Freeing a null pointer does nothing.
    if left == 0 && once.pointer.load(Relaxed) != 0 {
        once.memory.free();
        once.pointer.store(0, Relaxed);
    }
}

impl Once {
    fn follow(&self) {
        assert_ne!(self.pointer.load(Relaxed), 0, "a null pointer is followed");
        self.memory.touch();
    }

    /// What else is in that memory is written before it is locked.
    fn enter(&self) -> MutexGuard<'_, ()> {
        self.follow();
        self.memory.touch();
        self.lock.lock().unwrap()
    }
}
