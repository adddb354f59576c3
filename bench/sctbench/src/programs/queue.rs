//! One thread fills a queue and notes what it stored in which round, another takes
//! in turn and expects what was stored in the same round.

use crate::figures::{Figures, Published};
use crate::mutex::Mutex;
use crate::process::{Main, Process};
use crate::program::{Program, Tier};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

pub(super) const QUEUE: Program = Program {
    name: "queue",
    tier: Tier::T0,
    threads: 3,
    points: 83,
    published: Published {
        points: Some(83),
        artifact: Figures::means(1.0, 3.3, 1.1, 2.1),
        model: Figures::UNKNOWN,
    },
    body: main,
};

const SIZE: usize = 20;

struct Queue {
    lock: Mutex,
    items: RefCell<VecDeque<u32>>,
    stored: [Cell<u32>; SIZE],
    may_fill: Cell<bool>,
    may_take: Cell<bool>,
}

impl Queue {
    fn store(&self, round: usize, value: u32) {
        self.items.borrow_mut().push_back(value);
        self.stored[round].set(value);
    }
}

fn main() -> Main {
    Process::main(|process| async move {
        let queue = Rc::new(Queue {
            lock: Mutex::new("m"),
            items: RefCell::default(),
            stored: [0; SIZE].map(Cell::new),
            may_fill: Cell::new(true),
            may_take: Cell::new(false),
        });
        let threads = [process.spawn(fill(queue.clone())).await, process.spawn(take(queue)).await];
        process.join_all(threads).await;
    })
}

async fn fill(queue: Rc<Queue>) {
    let mut value = 0;
    queue.lock.lock().await;
    queue.store(0, value);
    queue.lock.unlock().await;
    for round in 1..SIZE {
        queue.lock.lock().await;
        if queue.may_fill.get() {
            value += 1;
            queue.store(round, value);
            queue.may_fill.set(false);
            queue.may_take.set(true);
        }
        queue.lock.unlock().await;
    }
}

async fn take(queue: Rc<Queue>) {
    for round in 0..SIZE {
        queue.lock.lock().await;
        if queue.may_take.get() {
            let item = queue.items.borrow_mut().pop_front();
            assert_eq!(item, Some(queue.stored[round].get()));
            queue.may_take.set(false);
            queue.may_fill.set(true);
        }
        queue.lock.unlock().await;
    }
}
