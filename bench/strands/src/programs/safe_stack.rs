//! A lock-free stack by D. Vyukov, posted as a challenge to model checkers: with three threads
//! and as many items two may have the same item, which takes five preemptions in the right places.
//!
//! Each thread takes an item, writes its number into it, reads it back, and puts the item back,
//! twice. The item's value, a plain variable of the original, is a relaxed atomic one. Who finds
//! nothing gives its turn up, as in the original.

use super::{join_all, spawn};
use std::sync::Arc;
use std::sync::atomic::{
    AtomicI32, AtomicUsize,
    Ordering::{Acquire, Relaxed, Release, SeqCst},
};
use std::thread;

const THREADS: usize = 3;
const ROUNDS: usize = 2;
/// In place of the next item: there is none, or somebody is just taking it.
const NONE: i32 = -1;

struct Stack {
    head: AtomicI32,
    count: AtomicI32,
    items: [Item; THREADS],
}

struct Item {
    value: AtomicUsize,
    next: AtomicI32,
}

pub(super) fn main() {
    let item = |next| Item { value: AtomicUsize::new(0), next: AtomicI32::new(next) };
    let stack = Arc::new(Stack {
        head: AtomicI32::new(0),
        count: AtomicI32::new(THREADS as i32),
        items: [item(1), item(2), item(NONE)],
    });
    let threads = (0..THREADS).map(|number| spawn(&stack, move |stack| stack.work(number)));
    let threads: Vec<_> = threads.collect();
    join_all(threads);
}

impl Stack {
    fn work(&self, number: usize) {
        for _ in 0..ROUNDS {
            let taken = loop {
                match self.pop() {
                    Some(taken) => break taken,
                    None => thread::yield_now(),
                }
            };
            let value = &self.item(taken).value;
            value.store(number, Relaxed);
            assert_eq!(value.load(Relaxed), number, "two threads have it");
            self.push(taken);
        }
    }

    fn item(&self, index: i32) -> &Item {
        &self.items[usize::try_from(index).expect("an item")]
    }

    fn pop(&self) -> Option<i32> {
        while self.count.load(Acquire) > 1 {
            let head = self.head.load(Acquire);
            let next = self.item(head).next.swap(NONE, SeqCst);
            if next < 0 {
                thread::yield_now();
            } else if self.head.compare_exchange(head, next, SeqCst, SeqCst).is_ok() {
                self.count.fetch_sub(1, SeqCst);
                return Some(head);
            } else {
                self.item(head).next.swap(next, SeqCst);
            }
        }
        None
    }

    fn push(&self, index: i32) {
        let mut head = self.head.load(Acquire);
        loop {
            self.item(index).next.store(head, Release);
            match self.head.compare_exchange(head, index, SeqCst, SeqCst) {
                Ok(_) => break,
                Err(found) => head = found,
            }
        }
        self.count.fetch_add(1, SeqCst);
    }
}
