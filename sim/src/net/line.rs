//! What is under way between two ends, delivered in the order in which it was sent,
//! whatever the order in which it arrives.

use std::collections::VecDeque;

/// Things under way.
#[derive(Debug)]
pub(crate) struct Line<T> {
    /// The number of the first.
    first: u64,
    /// Whether each has arrived.
    sent: VecDeque<(bool, T)>,
}

impl<T> Default for Line<T> {
    fn default() -> Line<T> {
        Line { first: 0, sent: VecDeque::new() }
    }
}

impl<T> Line<T> {
    /// Something is on its way; answers its number.
    pub(crate) fn send(&mut self, thing: T) -> u64 {
        self.sent.push_back((false, thing));
        self.first + self.sent.len() as u64 - 1
    }

    /// Thing number `number` arrives.
    pub(crate) fn arrive(&mut self, number: u64) {
        let at = number.checked_sub(self.first).and_then(|at| usize::try_from(at).ok());
        if let Some((arrived, _)) = at.and_then(|at| self.sent.get_mut(at)) {
            *arrived = true;
        }
    }

    /// The next thing that can be delivered.
    pub(crate) fn deliver(&mut self) -> Option<T> {
        if !self.sent.front()?.0 {
            return None;
        }
        self.first += 1;
        self.sent.pop_front().map(|(_, thing)| thing)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.sent.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_overtakes_waits_for_what_was_sent_before() {
        let mut line = Line::default();
        let numbers = ['a', 'b', 'c'].map(|thing| line.send(thing));
        line.arrive(numbers[1]);
        assert_eq!(line.deliver(), None);
        line.arrive(numbers[0]);
        assert_eq!([line.deliver(), line.deliver(), line.deliver()], [Some('a'), Some('b'), None]);
        line.arrive(numbers[0]);
        line.arrive(numbers[2]);
        assert_eq!((line.deliver(), line.is_empty()), (Some('c'), true));
    }
}
