//! Two threads send and receive in turn, each in a loop of fixed length. A round in
//! which it is not their turn is lost, and then the receiver expects the wrong number.

use super::{join_all, spawn};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

const ROUNDS: usize = 7;

#[derive(Default)]
struct Buffer {
    /// There is room for all rounds, so it never wraps.
    items: VecDeque<usize>,
    receivers_turn: bool,
}

pub(super) fn main() {
    let buffer = Arc::new(Mutex::new(Buffer::default()));
    join_all([spawn(&buffer, send), spawn(&buffer, receive)]);
}

fn send(buffer: &Mutex<Buffer>) {
    for round in 0..ROUNDS {
        let mut buffer = buffer.lock().unwrap();
        if !buffer.receivers_turn {
            buffer.items.push_back(round);
            buffer.receivers_turn = true;
        }
    }
}

fn receive(buffer: &Mutex<Buffer>) {
    for round in 0..ROUNDS {
        let mut buffer = buffer.lock().unwrap();
        if buffer.receivers_turn {
            assert_eq!(buffer.items.pop_front(), Some(round));
            buffer.receivers_turn = false;
        }
    }
}
