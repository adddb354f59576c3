//! What waits in the order in which it came: the runnable strands, the timers that are due.

use crate::gaps::Gaps;
use std::collections::VecDeque;

/// A queue from which any element can be taken; the order of the rest stays.
///
/// Who comes gets the next number, so that whoever remembers it finds the place again
/// without looking through the queue.
///
/// A short queue closes up when one is taken out of it. In a long one a place in the
/// middle stays free for a while, so that taking costs no more than a logarithm.
#[derive(Debug)]
pub(crate) struct Ready<T> {
    waiting: VecDeque<Waiting<T>>,
    arrivals: u64,
    /// Places of `waiting` that are free.
    free: usize,
    /// Which they are, if there may be any.
    gaps: Option<Box<Gaps>>,
}

#[derive(Clone, Copy, Debug)]
struct Waiting<T> {
    element: T,
    arrival: u64,
}

/// To move more elements than these costs more than to leave a gap.
const MOST_MOVED: usize = 512;

/// In a queue as short as this whoever is looked for is found sooner from its head.
const FEW: usize = 8;

/// A queue as short as this has no gaps.
const SHORT: usize = 64;

impl<T> Default for Ready<T> {
    fn default() -> Ready<T> {
        Ready { waiting: VecDeque::new(), arrivals: 0, free: 0, gaps: None }
    }
}

impl<T: Copy> Ready<T> {
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.waiting.len() - self.free
    }

    /// Puts it behind all others; answers its number in the order of coming, from 1.
    #[inline(always)]
    pub(crate) fn push(&mut self, element: T) -> u64 {
        self.arrivals += 1;
        self.waiting.push_back(Waiting { element, arrival: self.arrivals });
        if let Some(gaps) = &mut self.gaps {
            gaps.push();
        }
        self.arrivals
    }

    /// Takes the element at `index`; the one that came earliest is at 0.
    #[inline(always)]
    pub(crate) fn take(&mut self, index: usize) -> T {
        let len = self.len();
        if self.gaps.is_some() || index > MOST_MOVED && len - index > MOST_MOVED {
            return self.take_from_many(index);
        }
        let taken = match index {
            0 => self.waiting.pop_front(),
            1 if len == 2 => self.waiting.pop_back(),
            _ => self.waiting.remove(index),
        };
        taken.expect("one of those who wait is taken").element
    }

    #[inline(never)]
    fn take_from_many(&mut self, index: usize) -> T {
        if self.gaps.is_none() {
            self.gaps.get_or_insert_default().fill(self.waiting.len());
        }
        let place = self.place(index);
        let element = self.waiting[place].element;
        self.leave_gap(place);
        element
    }

    /// Frees a place of a queue with gaps.
    fn leave_gap(&mut self, place: usize) {
        let Some(gaps) = &mut self.gaps else { return };
        gaps.free(place);
        self.free += 1;
        let len = self.len();
        if len <= SHORT {
            self.close_gaps();
        } else if self.free > len {
            let mut gaps = self.close_gaps();
            gaps.fill(len);
            self.gaps = Some(gaps);
        }
    }

    #[cold]
    fn close_gaps(&mut self) -> Box<Gaps> {
        let gaps = self.gaps.take().unwrap_or_default();
        if self.free > 0 {
            let mut place = 0;
            self.waiting.retain(|_| {
                place += 1;
                gaps.is_taken(place - 1)
            });
        }
        self.free = 0;
        gaps
    }

    /// Where the element at `index` stands.
    #[inline(always)]
    fn place(&self, index: usize) -> usize {
        match &self.gaps {
            None => index,
            Some(gaps) => gaps.place(index),
        }
    }

    /// The element at `index`, which stays.
    #[inline(always)]
    pub(crate) fn get(&self, index: usize) -> T {
        self.waiting[self.place(index)].element
    }

    /// The number of the element at `index` in the order of coming, from 1.
    #[inline]
    pub(crate) fn arrival(&self, index: usize) -> u64 {
        self.waiting[self.place(index)].arrival
    }

    /// Where the element stands that came as number `arrival`, if it still does.
    #[inline]
    pub(crate) fn place_of(&self, arrival: u64) -> Option<usize> {
        let place = match self.waiting.len() {
            0..=FEW => self.waiting.iter().position(|waiting| waiting.arrival == arrival)?,
            _ => self.waiting.binary_search_by_key(&arrival, |waiting| waiting.arrival).ok()?,
        };
        match &self.gaps {
            None => Some(place),
            Some(gaps) => gaps.is_taken(place).then(|| gaps.taken_before(place)),
        }
    }

    /// Where the element at `index` stands, in a queue with gaps.
    #[inline]
    pub(crate) fn standing(&self, index: usize) -> Option<usize> {
        let gaps = self.gaps.as_ref()?;
        (index < self.len()).then(|| gaps.place(index))
    }

    /// Who stands at a place of a queue with gaps, if anybody does.
    #[inline]
    pub(crate) fn at_place(&self, place: usize) -> Option<T> {
        let gaps = self.gaps.as_ref()?;
        let waiting = self.waiting.get(place)?;
        gaps.is_taken(place).then_some(waiting.element)
    }

    /// Where in memory a place is.
    #[inline]
    pub(crate) fn address(&self, place: usize) -> Option<usize> {
        self.waiting.get(place).map(|waiting| std::ptr::from_ref(waiting).addr())
    }

    /// The element at `index`, if there is one and it is found at once: no gaps.
    #[inline(always)]
    pub(crate) fn glimpse(&self, index: usize) -> Option<T> {
        let waiting = if self.gaps.is_none() { self.waiting.get(index) } else { None };
        waiting.map(|waiting| waiting.element)
    }

    /// Takes out what came as number `arrival`, if it still stands here.
    pub(crate) fn remove(&mut self, arrival: u64) -> Option<T> {
        Some(self.take(self.place_of(arrival)?))
    }

    /// Takes away every element for which `stays` says no.
    pub(crate) fn retain(&mut self, stays: impl Fn(T) -> bool) {
        self.close_gaps();
        self.waiting.retain(|waiting| stays(waiting.element));
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
        self.arrivals = 0;
        self.free = 0;
        self.gaps = None;
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = T> + '_ {
        let is_here = |place: &usize| self.gaps.as_ref().is_none_or(|gaps| gaps.is_taken(*place));
        let places = (0..self.waiting.len()).filter(is_here);
        places.map(|place| self.waiting[place].element)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Steps on a queue that begins with `begin` elements, each compared with a model.
    fn compare(begin: usize, takes: Vec<(bool, prop::sample::Index)>) -> Result<(), TestCaseError> {
        let mut ready = Ready::default();
        let mut model = VecDeque::new();
        for number in 0..begin {
            ready.push(number);
            model.push_back(number);
        }
        for (number, (push, at)) in takes.into_iter().enumerate() {
            let number = begin + number;
            if push || model.is_empty() {
                ready.push(number);
                model.push_back(number);
            } else {
                // Mostly from the front, so that the head moves.
                let index = if number.is_multiple_of(3) { at.index(model.len()) } else { 0 };
                let arrival = ready.arrival(index);
                prop_assert_eq!(ready.get(index), model[index]);
                prop_assert_eq!(Some(ready.take(index)), model.remove(index));
                prop_assert_eq!(ready.place_of(arrival), None);
            }
            prop_assert_eq!(ready.len(), model.len());
            for index in (0..ready.len()).step_by(1 + begin / 16) {
                prop_assert_eq!(ready.place_of(ready.arrival(index)), Some(index));
            }
            prop_assert!(ready.iter().eq(model.iter().copied()));
        }
        ready.retain(|number: usize| number.is_multiple_of(2));
        model.retain(|number| number.is_multiple_of(2));
        prop_assert!(ready.iter().eq(model.iter().copied()));
        Ok(())
    }

    fn takes() -> impl Strategy<Value = Vec<(bool, prop::sample::Index)>> {
        prop::collection::vec((any::<bool>(), any::<prop::sample::Index>()), 0..400)
    }

    proptest! {
        #[test]
        fn keeps_the_order_of_wakes(takes in takes()) {
            compare(0, takes)?;
        }

        #[test]
        fn keeps_it_among_many(begin in 1_000..1_600usize, takes in takes()) {
            compare(begin, takes)?;
        }
    }

    #[test]
    fn many_leave_in_any_order_until_none_is_left() {
        let mut ready = Ready::default();
        let mut model: Vec<u32> = (0..3_000).collect();
        model.iter().for_each(|number| {
            ready.push(*number);
        });
        let mut index = 0;
        while !model.is_empty() {
            index = (index + 397) % model.len();
            assert_eq!(ready.take(index), model.remove(index));
            if model.len().is_multiple_of(16) {
                assert!(ready.iter().eq(model.iter().copied()));
            }
        }
        assert_eq!((ready.len(), ready.gaps.is_none()), (0, true));
    }
}
