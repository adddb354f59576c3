//! A bounded buffer whose consumers wait until it holds something, let the lock go,
//! take it again, and then trust that it still does.
//!
//! This is the form that the artifacts use, of two producers and two consumers with
//! four items each; SCTBench has it without that gap, in which form it has no failure.

use super::{join_all, spawn};
use std::sync::{Arc, Condvar, Mutex};

const PAIRS: usize = 2;
const ITEMS: usize = 4;
/// A ring of three places, of which one is always free.
const ROOM: usize = 2;

#[derive(Default)]
struct Shared {
    buffer: Mutex<Buffer>,
    not_full: Condvar,
    not_empty: Condvar,
}

#[derive(Default)]
struct Buffer {
    items: usize,
    producers_waiting: usize,
    consumers_waiting: usize,
}

pub(super) fn main() {
    let shared = Arc::new(Shared::default());
    let producers = (0..PAIRS).map(|_| spawn(&shared, produce));
    let mut threads: Vec<_> = producers.collect();
    threads.extend((0..PAIRS).map(|_| spawn(&shared, consume)));
    join_all(threads);
    // It is marked as gone.
    drop(shared.buffer.lock().unwrap());
}

fn produce(shared: &Shared) {
    for _ in 0..ITEMS {
        let mut buffer = shared.buffer.lock().unwrap();
        if buffer.items == ROOM {
            buffer.producers_waiting += 1;
            while buffer.items == ROOM {
                buffer = shared.not_full.wait(buffer).unwrap();
            }
            buffer.producers_waiting -= 1;
        }
        buffer.items += 1;
        if buffer.consumers_waiting > 0 {
            shared.not_empty.notify_one();
        }
    }
}

fn consume(shared: &Shared) {
    for _ in 0..ITEMS {
        let mut buffer = shared.buffer.lock().unwrap();
        if buffer.items == 0 {
            buffer.consumers_waiting += 1;
            while buffer.items == 0 {
                buffer = shared.not_empty.wait(buffer).unwrap();
            }
            buffer.consumers_waiting -= 1;
        }
        drop(buffer);
        let mut buffer = shared.buffer.lock().unwrap();
        assert!(buffer.items > 0, "somebody else took it");
        buffer.items -= 1;
        if buffer.producers_waiting > 0 {
            shared.not_full.notify_one();
        }
    }
}
