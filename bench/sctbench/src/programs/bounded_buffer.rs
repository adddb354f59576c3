//! A bounded buffer whose consumers wait until it holds something, let the lock go,
//! take it again, and then trust that it still does.
//!
//! This is the form that the artifacts use, of two producers and two consumers with
//! four items each. SCTBench has it without that gap, in which form it has no failure,
//! and lists no points.

use crate::condvar::Condvar;
use crate::figures::{Figures, Published};
use crate::mutex::Mutex;
use crate::process::{Main, Process};
use crate::program::{Program, Tier};
use std::cell::Cell;
use std::rc::Rc;

pub(super) const BOUNDED_BUFFER: Program = Program {
    name: "boundedBuffer",
    tier: Tier::T0,
    threads: 5,
    points: 85,
    published: Published {
        points: None,
        artifact: Figures::means(7.2, 20.0, 5.3, 8.7),
        model: Figures::UNKNOWN,
    },
    body: main,
};

const PAIRS: usize = 2;
const ITEMS: usize = 4;
/// A ring of three places, of which one is always free.
const ROOM: usize = 2;

struct Buffer {
    lock: Mutex,
    not_full: Condvar,
    not_empty: Condvar,
    items: Cell<usize>,
    producers_waiting: Cell<usize>,
    consumers_waiting: Cell<usize>,
}

fn main() -> Main {
    Process::main(|process| async move {
        let buffer = Rc::new(Buffer {
            lock: Mutex::new("mutex"),
            not_full: Condvar::new("not full"),
            not_empty: Condvar::new("not empty"),
            items: Cell::new(0),
            producers_waiting: Cell::new(0),
            consumers_waiting: Cell::new(0),
        });
        let mut threads = Vec::new();
        for _ in 0..PAIRS {
            threads.push(process.spawn(produce(buffer.clone())).await);
        }
        for _ in 0..PAIRS {
            threads.push(process.spawn(consume(buffer.clone())).await);
        }
        process.join_all(threads).await;
        // It is marked as gone.
        buffer.lock.lock().await;
        buffer.lock.unlock().await;
    })
}

async fn produce(buffer: Rc<Buffer>) {
    for _ in 0..ITEMS {
        buffer.lock.lock().await;
        if buffer.items.get() == ROOM {
            buffer.producers_waiting.update(|waiting| waiting + 1);
            while buffer.items.get() == ROOM {
                buffer.not_full.wait(&buffer.lock).await;
            }
            buffer.producers_waiting.update(|waiting| waiting - 1);
        }
        buffer.items.update(|items| items + 1);
        if buffer.consumers_waiting.get() > 0 {
            buffer.not_empty.signal().await;
        }
        buffer.lock.unlock().await;
    }
}

async fn consume(buffer: Rc<Buffer>) {
    for _ in 0..ITEMS {
        buffer.lock.lock().await;
        if buffer.items.get() == 0 {
            buffer.consumers_waiting.update(|waiting| waiting + 1);
            while buffer.items.get() == 0 {
                buffer.not_empty.wait(&buffer.lock).await;
            }
            buffer.consumers_waiting.update(|waiting| waiting - 1);
        }
        buffer.lock.unlock().await;
        buffer.lock.lock().await;
        assert!(buffer.items.get() > 0, "somebody else took it");
        buffer.items.update(|items| items - 1);
        if buffer.producers_waiting.get() > 0 {
            buffer.not_full.signal().await;
        }
        buffer.lock.unlock().await;
    }
}
