//! Two threads send and receive in turn, each in a loop of fixed length. A round in
//! which it is not their turn is lost, and then the receiver expects the wrong number.

use crate::figures::{Figures, Published};
use crate::mutex::Mutex;
use crate::process::{Main, Process};
use crate::program::{Program, Tier};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;

pub(super) const CIRCULAR_BUFFER: Program = Program {
    name: "circular_buffer",
    tier: Tier::T0,
    threads: 3,
    points: 31,
    published: Published {
        points: Some(31),
        artifact: Figures::means(4.2, 9.1, 2.1, 2.8),
        model: Figures::UNKNOWN,
    },
    body: main,
};

const ROUNDS: usize = 7;

struct Buffer {
    lock: Mutex,
    /// There is room for all rounds, so it never wraps.
    items: RefCell<VecDeque<usize>>,
    receivers_turn: Cell<bool>,
}

fn main() -> Main {
    Process::main(|process| async move {
        let buffer = Rc::new(Buffer {
            lock: Mutex::new("m"),
            items: RefCell::default(),
            receivers_turn: Cell::new(false),
        });
        let threads =
            [process.spawn(send(buffer.clone())).await, process.spawn(receive(buffer)).await];
        process.join_all(threads).await;
    })
}

async fn send(buffer: Rc<Buffer>) {
    for round in 0..ROUNDS {
        buffer.lock.lock().await;
        if !buffer.receivers_turn.get() {
            buffer.items.borrow_mut().push_back(round);
            buffer.receivers_turn.set(true);
        }
        buffer.lock.unlock().await;
    }
}

async fn receive(buffer: Rc<Buffer>) {
    for round in 0..ROUNDS {
        buffer.lock.lock().await;
        if buffer.receivers_turn.get() {
            assert_eq!(buffer.items.borrow_mut().pop_front(), Some(round));
            buffer.receivers_turn.set(false);
        }
        buffer.lock.unlock().await;
    }
}
