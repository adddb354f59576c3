//! One thread pushes, another pops as soon as anything has been pushed, and does
//! not ask whether something is left.

use crate::figures::{Figures, Published};
use crate::mutex::Mutex;
use crate::process::{Main, Process};
use crate::program::{Program, Tier};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub(super) const STACK: Program = Program {
    name: "stack",
    tier: Tier::T0,
    threads: 3,
    points: 43,
    published: Published {
        points: Some(43),
        artifact: Figures::means(176.0, 3.2, 1.7, 4.6),
        model: Figures::UNKNOWN,
    },
    body: main,
};

const SIZE: usize = 10;

struct Stack {
    lock: Mutex,
    items: RefCell<Vec<usize>>,
    used: Cell<bool>,
}

fn main() -> Main {
    Process::main(|process| async move {
        let stack = Rc::new(Stack {
            lock: Mutex::new("m"),
            items: RefCell::new(Vec::with_capacity(SIZE)),
            used: Cell::new(false),
        });
        let threads = [process.spawn(push(stack.clone())).await, process.spawn(pop(stack)).await];
        process.join_all(threads).await;
    })
}

async fn push(stack: Rc<Stack>) {
    for item in 0..SIZE {
        stack.lock.lock().await;
        assert!(stack.items.borrow().len() < SIZE, "overflow");
        stack.items.borrow_mut().push(item);
        stack.used.set(true);
        stack.lock.unlock().await;
    }
}

async fn pop(stack: Rc<Stack>) {
    for _ in 0..SIZE {
        stack.lock.lock().await;
        if stack.used.get() {
            assert!(stack.items.borrow_mut().pop().is_some(), "underflow");
        }
        stack.lock.unlock().await;
    }
}
