//! The runnable strands, in the order in which they were woken.

use crate::task::TaskRef;

/// A queue from which any element can be taken; the order of the rest stays.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    /// Elements before `head` are gone.
    strands: Vec<TaskRef>,
    head: usize,
}

const COMPACT_FROM: usize = 64;

impl Ready {
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.strands.len() - self.head
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, task: TaskRef) {
        self.strands.push(task);
    }

    /// Takes the strand at `index`; the one woken earliest is at 0.
    #[inline(always)]
    pub(crate) fn take(&mut self, index: usize) -> TaskRef {
        if index != 0 {
            if 2 * index >= self.len() {
                return self.strands.remove(self.head + index);
            }
            // Those before it are the fewer ones to move.
            self.strands[self.head..=self.head + index].rotate_right(1);
        }
        let task = self.strands[self.head];
        self.head += 1;
        if self.head == self.strands.len() {
            self.strands.clear();
            self.head = 0;
        } else if self.head >= COMPACT_FROM && 2 * self.head >= self.strands.len() {
            self.compact();
        }
        task
    }

    #[cold]
    fn compact(&mut self) {
        self.strands.drain(..self.head);
        self.head = 0;
    }

    /// The strand at `index`, which stays.
    #[inline(always)]
    pub(crate) fn get(&self, index: usize) -> TaskRef {
        self.strands[self.head + index]
    }

    pub(crate) fn remove(&mut self, task: TaskRef) {
        if let Some(index) = self.strands[self.head..].iter().position(|other| *other == task) {
            self.take(index);
        }
    }

    /// Takes away every strand for which `stays` says no.
    pub(crate) fn retain(&mut self, stays: impl Fn(TaskRef) -> bool) {
        self.compact();
        self.strands.retain(|task| stays(*task));
    }

    pub(crate) fn clear(&mut self) {
        self.strands.clear();
        self.head = 0;
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = TaskRef> + '_ {
        self.strands[self.head..].iter().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;
    use std::ptr::NonNull;

    fn strand(number: usize) -> TaskRef {
        TaskRef::from_ptr(NonNull::new(std::ptr::without_provenance_mut(8 * (number + 1))).unwrap())
    }

    proptest! {
        #[test]
        fn keeps_the_order_of_wakes(takes in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 0..400)) {
            let mut ready = Ready::default();
            let mut model = VecDeque::new();
            for (number, (push, at)) in takes.into_iter().enumerate() {
                if push || model.is_empty() {
                    ready.push(strand(number));
                    model.push_back(strand(number));
                } else {
                    // Mostly from the front, so that the head moves.
                    let index = if number % 3 == 0 { at.index(model.len()) } else { 0 };
                    prop_assert_eq!(Some(ready.take(index)), model.remove(index));
                }
                prop_assert_eq!(ready.len(), model.len());
                prop_assert!(ready.iter().eq(model.iter().copied()));
            }
        }
    }
}
