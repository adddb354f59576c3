//! Bytes under way in one direction: first in, first out, up to a capacity.
//!
//! They lie in blocks. What comes as a block stays one, and a queue that grows does not
//! move what it has: moving is most of what a megabyte through a socket costs.

use std::collections::VecDeque;

/// A block grows up to this size; then another begins.
const BLOCK: usize = 16 << 10;
/// What is smaller is moved to the block before it.
const WORTH_A_BLOCK: usize = 1 << 10;

/// Bytes that were written and not yet read. Memory is taken as it is needed.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    len: usize,
    capacity: usize,
    /// The oldest block; empty only if there are no bytes.
    first: Vec<u8>,
    /// How many bytes of it are gone.
    gone: usize,
    /// There only where more than a block came.
    rest: Option<Box<Rest>>,
}

/// The blocks after the first.
#[derive(Debug, Default)]
struct Rest(VecDeque<Vec<u8>>);

impl Queue {
    pub(crate) fn new(capacity: usize) -> Queue {
        Queue { capacity, ..Queue::default() }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many bytes still fit.
    pub(crate) fn room(&self) -> usize {
        self.capacity.saturating_sub(self.len)
    }

    /// Takes in the first of `bytes`, as many as fit; answers how many.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> usize {
        let count = bytes.len().min(self.room());
        let last = self.rest.as_mut().and_then(|rest| rest.0.back_mut());
        let last = last.unwrap_or(&mut self.first);
        let room_in_last = last.capacity().max(BLOCK) - last.len();
        let (bytes, more) = bytes[..count].split_at(count.min(room_in_last));
        last.extend_from_slice(bytes);
        if !more.is_empty() {
            let mut block = Vec::with_capacity(more.len().max(BLOCK));
            block.extend_from_slice(more);
            self.rest.get_or_insert_default().0.push_back(block);
        }
        self.len += count;
        count
    }

    /// Takes in a block, which must fit.
    pub(crate) fn push_block(&mut self, block: Vec<u8>) {
        debug_assert!(block.len() <= self.room(), "a block does not fit");
        if block.len() < WORTH_A_BLOCK {
            self.push(&block);
            return;
        }
        let was_empty = self.is_empty();
        self.len += block.len();
        match was_empty {
            true => self.first = block,
            false => self.rest.get_or_insert_default().0.push_back(block),
        }
    }

    /// Copies the oldest bytes to `buffer`, as many as there are and fit; answers how many.
    pub(crate) fn peek(&self, buffer: &mut [u8]) -> usize {
        let blocks = std::iter::once(&self.first[self.gone..]);
        let mut count = 0;
        for block in
            blocks.chain(self.rest.iter().flat_map(|rest| rest.0.iter().map(Vec::as_slice)))
        {
            count += copy_to(&mut buffer[count..], block);
        }
        count
    }

    /// Moves them there.
    pub(crate) fn pop(&mut self, buffer: &mut [u8]) -> usize {
        let mut count = 0;
        while count < buffer.len() && !self.is_empty() {
            let copied = copy_to(&mut buffer[count..], &self.first[self.gone..]);
            count += copied;
            self.gone += copied;
            self.len -= copied;
            if self.gone == self.first.len() {
                self.drop_first();
            }
        }
        count
    }

    fn drop_first(&mut self) {
        self.gone = 0;
        match self.rest.as_mut().and_then(|rest| rest.0.pop_front()) {
            Some(next) => self.first = next,
            // Its memory is for what comes.
            None => self.first.clear(),
        }
    }

    /// Forgets all bytes; answers how many there were.
    pub(crate) fn clear(&mut self) -> usize {
        self.rest = None;
        self.drop_first();
        std::mem::take(&mut self.len)
    }
}

/// Copies as much as fits; answers how much.
fn copy_to(buffer: &mut [u8], bytes: &[u8]) -> usize {
    let count = buffer.len().min(bytes.len());
    buffer[..count].copy_from_slice(&bytes[..count]);
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What is done to a queue.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        Push(usize),
        PushBlock(usize),
        Peek(usize),
        Pop(usize),
        Clear,
    }

    /// Sizes around those at which blocks begin and are kept.
    fn size() -> impl Strategy<Value = usize> {
        prop_oneof![
            0..30usize,
            WORTH_A_BLOCK - 2..WORTH_A_BLOCK + 3,
            BLOCK - 40..BLOCK + 40,
            2 * BLOCK..2 * BLOCK + 3,
        ]
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            4 => size().prop_map(Step::Push),
            4 => size().prop_map(Step::PushBlock),
            2 => size().prop_map(Step::Peek),
            6 => size().prop_map(Step::Pop),
            1 => Just(Step::Clear),
        ]
    }

    /// So many bytes, each unlike those beside it.
    fn bytes(next: &mut u8, count: usize) -> Vec<u8> {
        let bytes = (0..count).map(|at| next.wrapping_add((at % 251) as u8)).collect();
        *next = next.wrapping_add(97);
        bytes
    }

    proptest! {
        #[test]
        fn what_comes_out_is_what_went_in(
            capacity in prop_oneof![0..40usize, Just(3 * BLOCK), Just(usize::MAX)],
            steps in prop::collection::vec(step(), 0..40),
        ) {
            let mut queue = Queue::new(capacity);
            let mut model: Vec<u8> = Vec::new();
            let mut next = 0u8;
            for step in steps {
                match step {
                    Step::Push(count) => {
                        let bytes = bytes(&mut next, count);
                        let pushed = queue.push(&bytes);
                        prop_assert_eq!(pushed, count.min(capacity - model.len()));
                        model.extend(&bytes[..pushed]);
                    }
                    Step::PushBlock(count) => {
                        let block = bytes(&mut next, count.min(capacity - model.len()));
                        model.extend(&block);
                        queue.push_block(block);
                    }
                    Step::Peek(count) => {
                        let mut buffer = vec![0; count];
                        let peeked = queue.peek(&mut buffer);
                        prop_assert_eq!(peeked, count.min(model.len()));
                        prop_assert!(buffer[..peeked] == model[..peeked]);
                    }
                    Step::Pop(count) => {
                        let mut buffer = vec![0; count];
                        let popped = queue.pop(&mut buffer);
                        prop_assert_eq!(popped, count.min(model.len()));
                        let expected: Vec<u8> = model.drain(..popped).collect();
                        prop_assert!(buffer[..popped] == expected);
                    }
                    Step::Clear => {
                        prop_assert_eq!(queue.clear(), model.len());
                        model.clear();
                    }
                }
                prop_assert_eq!((queue.len(), queue.room()), (model.len(), capacity - model.len()));
                prop_assert_eq!(queue.is_empty(), model.is_empty());
            }
        }
    }
}
