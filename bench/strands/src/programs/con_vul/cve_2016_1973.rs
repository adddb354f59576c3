//! WebRTC in Firefox: a shared instance is made by the first who wants it and deleted by the last
//! who gives it back, by atomic steps on a count and a pointer that do not make one.

use super::Memory;
use crate::programs::{join_all, spawn};
use std::sync::Arc;
use std::sync::atomic::{
    AtomicI64, AtomicUsize,
    Ordering::{Relaxed, SeqCst},
};

struct Shared {
    count: AtomicI64,
    /// The instance, by the number of the thread that made it; 0 for null.
    instance: AtomicUsize,
    memory: [Memory; 3],
}

pub(in crate::programs) fn main() {
    let shared = Arc::new(Shared {
        count: AtomicI64::new(0),
        instance: AtomicUsize::new(0),
        memory: [const { Memory::new() }; 3],
    });
    let using = spawn(&shared, |shared| {
        let instance = shared.get(2);
        shared.touch(instance);
    });
    let returning = spawn(&shared, |shared| {
        let instance = shared.get(1);
        shared.touch(instance);
        shared.give_back();
    });
    join_all([using, returning]);
}

impl Shared {
    fn get(&self, thread: usize) -> usize {
        let mut is_missing = self.count.load(SeqCst) == 0;
        if !is_missing && self.count.fetch_add(1, SeqCst) == 0 {
            self.count.fetch_sub(1, SeqCst);
            is_missing = true;
        }
        if is_missing {
            if self.count.fetch_add(1, SeqCst) == 0 {
                self.instance.swap(thread, SeqCst);
            } else {
                // Another was faster.
                self.count.fetch_sub(1, SeqCst);
                self.memory[thread].free();
            }
        }
        self.instance.load(Relaxed)
    }

    fn give_back(&self) {
        if self.count.fetch_sub(1, SeqCst) == 1 {
            let instance = self.instance.swap(0, SeqCst);
            if instance != 0 {
                self.memory[instance].free();
            }
        }
    }

    fn touch(&self, instance: usize) {
        assert_ne!(instance, 0, "a null pointer is followed");
        self.memory[instance].touch();
    }
}
