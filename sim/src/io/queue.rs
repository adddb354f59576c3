//! Bytes under way in one direction: first in, first out, up to a capacity.

use std::collections::VecDeque;

/// Bytes that were written and not yet read. Memory is taken as it is needed.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    bytes: VecDeque<u8>,
    capacity: usize,
}

impl Queue {
    pub(crate) fn new(capacity: usize) -> Queue {
        Queue { bytes: VecDeque::new(), capacity }
    }

    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// How many bytes still fit.
    pub(crate) fn room(&self) -> usize {
        self.capacity.saturating_sub(self.bytes.len())
    }

    /// Takes in the first of `bytes`, as many as fit; answers how many.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> usize {
        let count = bytes.len().min(self.room());
        self.bytes.extend(&bytes[..count]);
        count
    }

    /// Copies the oldest bytes to `buffer`, as many as there are and fit; answers how many.
    pub(crate) fn peek(&self, buffer: &mut [u8]) -> usize {
        let count = buffer.len().min(self.bytes.len());
        let (front, back) = self.bytes.as_slices();
        let of_front = count.min(front.len());
        buffer[..of_front].copy_from_slice(&front[..of_front]);
        buffer[of_front..count].copy_from_slice(&back[..count - of_front]);
        count
    }

    /// Moves them there.
    pub(crate) fn pop(&mut self, buffer: &mut [u8]) -> usize {
        let count = self.peek(buffer);
        self.bytes.drain(..count);
        count
    }

    /// Forgets all bytes; answers how many there were.
    pub(crate) fn clear(&mut self) -> usize {
        let count = self.bytes.len();
        self.bytes.clear();
        count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_comes_out_is_what_went_in(
            capacity in 0..40usize,
            steps in prop::collection::vec((any::<bool>(), 0..30usize), 0..60),
        ) {
            let mut queue = Queue::new(capacity);
            let mut model: Vec<u8> = Vec::new();
            let mut next = 0u8;
            for (write, count) in steps {
                if write {
                    let bytes: Vec<u8> = (0..count).map(|at| next.wrapping_add(at as u8)).collect();
                    let pushed = queue.push(&bytes);
                    prop_assert_eq!(pushed, count.min(capacity - model.len()));
                    model.extend(&bytes[..pushed]);
                    next = next.wrapping_add(count as u8);
                } else {
                    let mut buffer = vec![0; count];
                    let popped = queue.pop(&mut buffer);
                    prop_assert_eq!(popped, count.min(model.len()));
                    let expected: Vec<u8> = model.drain(..popped).collect();
                    prop_assert_eq!(&buffer[..popped], &expected);
                }
                prop_assert_eq!((queue.len(), queue.room()), (model.len(), capacity - model.len()));
            }
        }
    }
}
