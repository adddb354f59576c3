//! Bug 6 (Mozilla's 526805): a lock for readers and writers that lets writers go first. A reader
//! that locks it twice while a writer waits in between waits for ever, and so does the writer.

use crate::programs::{join_all, spawn};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

#[derive(Default)]
struct RwLock {
    state: Mutex<State>,
    readers: Condvar,
    writers: Condvar,
}

#[derive(Default)]
struct State {
    /// Readers that have it, or -1 for a writer.
    held: i32,
    readers_waiting: u32,
    writers_waiting: u32,
}

pub(in crate::programs) fn main() {
    let lock = Arc::new(RwLock::default());
    let writing = spawn(&lock, |lock| {
        lock.write();
        lock.unlock();
    });
    let reading = spawn(&lock, |lock| {
        lock.read();
        lock.read();
        lock.unlock();
        lock.unlock();
    });
    join_all([writing, reading]);
}

impl RwLock {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn read(&self) {
        let mut state = self.state();
        while state.held < 0 || state.writers_waiting > 0 {
            state.readers_waiting += 1;
            state = self.readers.wait(state).unwrap();
            state.readers_waiting -= 1;
        }
        state.held += 1;
    }

    fn write(&self) {
        let mut state = self.state();
        while state.held != 0 {
            state.writers_waiting += 1;
            state = self.writers.wait(state).unwrap();
            state.writers_waiting -= 1;
        }
        state.held = -1;
    }

    fn unlock(&self) {
        let mut state = self.state();
        assert_ne!(state.held, 0);
        let was_writer = state.held < 0;
        state.held = if was_writer { 0 } else { state.held - 1 };
        let writer_may = state.held == 0 && state.writers_waiting > 0;
        let readers_may = was_writer && state.readers_waiting > 0;
        // Who waits is notified after the lock was let go.
        drop(state);
        if writer_may {
            self.writers.notify_one();
        } else if readers_may {
            self.readers.notify_all();
        }
    }
}
