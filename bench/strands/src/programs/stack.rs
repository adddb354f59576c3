//! One thread pushes, another pops as soon as anything has been pushed, and does
//! not ask whether something is left.

use super::{join_all, spawn};
use std::sync::{Arc, Mutex};

const SIZE: usize = 10;

#[derive(Default)]
struct Stack {
    items: Vec<usize>,
    used: bool,
}

pub(super) fn main() {
    let stack = Arc::new(Mutex::new(Stack::default()));
    join_all([spawn(&stack, push), spawn(&stack, pop)]);
}

fn push(stack: &Mutex<Stack>) {
    for item in 0..SIZE {
        let mut stack = stack.lock().unwrap();
        assert!(stack.items.len() < SIZE, "overflow");
        stack.items.push(item);
        stack.used = true;
    }
}

fn pop(stack: &Mutex<Stack>) {
    for _ in 0..SIZE {
        let mut stack = stack.lock().unwrap();
        if stack.used {
            assert!(stack.items.pop().is_some(), "underflow");
        }
    }
}
