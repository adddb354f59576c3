//! Records that the threads of a test keep of their calls: a stack for each thread, in a vector
//! that grows to have one for each.
//!
//! Nothing protects that vector, and this is the mistake: of two threads that find it too short,
//! the one may cut off the stack of the other, or begin it anew. Which accesses there are, and
//! that the length is read again when the vector has grown, is as in GNU's `std::vector`; it has
//! room for more than it ever holds, so that it never moves. What is in a record is for its own
//! thread only, and left out.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

#[derive(Debug, Default)]
pub(super) struct Records {
    /// How many threads have a stack.
    stacks: AtomicUsize,
    /// How many records are on each.
    depths: [AtomicUsize; 8],
}

impl Records {
    pub(super) fn push(&self, thread: usize) {
        if self.stacks.load(Relaxed) <= thread {
            self.resize(thread + 1);
        }
        let depth = self.stack_of(thread);
        depth.store(depth.load(Relaxed) + 1, Relaxed);
    }

    pub(super) fn pop(&self, thread: usize) {
        let depth = self.stack_of(thread).load(Relaxed);
        assert!(depth > 0, "the stack of thread {thread} is empty");
        self.stack_of(thread).store(depth - 1, Relaxed);
    }

    /// Looks at the last record of a thread.
    pub(super) fn peek(&self, thread: usize) {
        let depth = self.stack_of(thread).load(Relaxed);
        assert!(depth > 0, "the stack of thread {thread} is empty");
        assert!(depth <= self.stack_of(thread).load(Relaxed), "its last record is gone");
    }

    fn stack_of(&self, thread: usize) -> &AtomicUsize {
        assert!(thread < self.stacks.load(Relaxed), "thread {thread} has no stack");
        &self.depths[thread]
    }

    fn resize(&self, to: usize) {
        let known = self.stacks.load(Relaxed);
        if known < to {
            let from = self.stacks.load(Relaxed);
            let end = from + (to - known);
            self.depths[from..end].iter().for_each(|depth| depth.store(0, Relaxed));
            self.stacks.store(end, Relaxed);
        } else if known > to {
            self.stacks.store(to, Relaxed);
        }
    }
}
