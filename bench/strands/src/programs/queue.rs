//! One thread fills a queue and notes what it stored in which round, another takes
//! in turn and expects what was stored in the same round.

use super::{join_all, spawn};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

const SIZE: usize = 20;

struct Queue {
    items: VecDeque<u32>,
    stored: [u32; SIZE],
    may_fill: bool,
    may_take: bool,
}

impl Queue {
    fn store(&mut self, round: usize, value: u32) {
        self.items.push_back(value);
        self.stored[round] = value;
    }
}

pub(super) fn main() {
    let queue = Arc::new(Mutex::new(Queue {
        items: VecDeque::new(),
        stored: [0; SIZE],
        may_fill: true,
        may_take: false,
    }));
    join_all([spawn(&queue, fill), spawn(&queue, take)]);
}

fn fill(queue: &Mutex<Queue>) {
    let mut value = 0;
    queue.lock().unwrap().store(0, value);
    for round in 1..SIZE {
        let mut queue = queue.lock().unwrap();
        if queue.may_fill {
            value += 1;
            queue.store(round, value);
            queue.may_fill = false;
            queue.may_take = true;
        }
    }
}

fn take(queue: &Mutex<Queue>) {
    for round in 0..SIZE {
        let mut queue = queue.lock().unwrap();
        if queue.may_take {
            let item = queue.items.pop_front();
            assert_eq!(item, Some(queue.stored[round]));
            queue.may_take = false;
            queue.may_fill = true;
        }
    }
}
