//! Linux: each dump of a netlink socket puts a buffer into the socket under a lock, and frees
//! whatever is there after it has let the lock go.

use super::Memory;
use crate::programs::{join_all, spawn};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};

struct Socket {
    lock: Mutex<()>,
    /// The buffer, by the number of the thread that put it there.
    buffer: AtomicUsize,
    memory: [Memory; 2],
}

pub(in crate::programs) fn main() {
    let socket = Arc::new(Socket {
        lock: Mutex::default(),
        buffer: AtomicUsize::new(0),
        memory: [const { Memory::new() }; 2],
    });
    join_all([spawn(&socket, |socket| dump(socket, 0)), spawn(&socket, |socket| dump(socket, 1))]);
}

fn dump(socket: &Socket, thread: usize) {
    let locked = socket.lock.lock().unwrap();
    socket.buffer.store(thread, Relaxed);
    drop(locked);
    socket.memory[socket.buffer.load(Relaxed)].free();
}
