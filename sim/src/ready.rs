//! The runnable strands, in the order in which they were woken.

use crate::task::TaskRef;

/// A queue from which any element can be taken; the order of the rest stays.
///
/// Who comes gets the next number, so that whoever remembers it finds the place again
/// without looking through the queue.
#[derive(Debug, Default)]
pub(crate) struct Ready {
    /// Elements before `head` are gone.
    strands: Vec<Waiting>,
    head: usize,
    arrivals: u64,
}

#[derive(Clone, Copy, Debug)]
struct Waiting {
    task: TaskRef,
    arrival: u64,
}

const COMPACT_FROM: usize = 64;

impl Ready {
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.strands.len() - self.head
    }

    #[inline(always)]
    pub(crate) fn push(&mut self, task: TaskRef) {
        self.arrivals += 1;
        self.strands.push(Waiting { task, arrival: self.arrivals });
    }

    /// Takes the strand at `index`; the one woken earliest is at 0.
    #[inline(always)]
    pub(crate) fn take(&mut self, index: usize) -> TaskRef {
        let at = self.head + index;
        if index >= self.len() / 2 && index != 0 {
            return self.strands.remove(at).task;
        }
        // Fewer stand before it than behind.
        let task = self.strands[at].task;
        if index > 0 {
            self.strands.copy_within(self.head..at, self.head + 1);
        }
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
        self.strands[self.head + index].task
    }

    /// The number of the strand at `index` in the order of coming, from 1.
    #[inline]
    pub(crate) fn arrival(&self, index: usize) -> u64 {
        self.strands[self.head + index].arrival
    }

    /// Where the strand stands that came as number `arrival`, if it still does.
    #[inline]
    pub(crate) fn place_of(&self, arrival: u64) -> Option<usize> {
        let waiting = &self.strands[self.head..];
        waiting.binary_search_by_key(&arrival, |waiting| waiting.arrival).ok()
    }

    pub(crate) fn remove(&mut self, task: TaskRef) {
        if let Some(index) = self.strands[self.head..].iter().position(|other| other.task == task) {
            self.take(index);
        }
    }

    /// Takes away every strand for which `stays` says no.
    pub(crate) fn retain(&mut self, stays: impl Fn(TaskRef) -> bool) {
        self.compact();
        self.strands.retain(|waiting| stays(waiting.task));
    }

    pub(crate) fn clear(&mut self) {
        self.strands.clear();
        self.head = 0;
        self.arrivals = 0;
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = TaskRef> + '_ {
        self.strands[self.head..].iter().map(|waiting| waiting.task)
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
                    let arrival = ready.arrival(index);
                    prop_assert_eq!(Some(ready.take(index)), model.remove(index));
                    prop_assert_eq!(ready.place_of(arrival), None);
                }
                prop_assert_eq!(ready.len(), model.len());
                for index in 0..ready.len() {
                    prop_assert_eq!(ready.place_of(ready.arrival(index)), Some(index));
                }
                prop_assert!(ready.iter().eq(model.iter().copied()));
            }
        }
    }
}
