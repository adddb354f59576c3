//! What a strand may have done without a word: the words whose changes are to be found by looking.
//!
//! The standard library comes compiled, and those of its functions that are not inlined make
//! their operations themselves: to take a lock that was taken, to wait on a condition variable,
//! to fill a once-cell, to take the token of a parker. They do that on words of 32 bits (futexes)
//! that the inlined part of the same call, or that of whoever unparks, has touched not long ago.
//! While a strand runs nobody else does, and each looks before it is left: so what has changed
//! since, the running strand has changed itself.

use std::collections::VecDeque;

/// Words that are looked at.
const MOST: usize = 32;

#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    pub(super) address: usize,
    pub(super) place: u32,
}

/// The words that were touched last, the latest first.
#[derive(Debug, Default)]
pub(super) struct Unseen(VecDeque<Word>);

impl Unseen {
    pub(super) fn note(&mut self, address: usize, place: u32) {
        if self.0.front().is_some_and(|word| word.address == address && word.place == place) {
            return;
        }
        self.0.retain(|word| word.address != address);
        self.0.truncate(MOST - 1);
        self.0.push_front(Word { address, place });
    }

    pub(super) fn words(&self) -> impl Iterator<Item = Word> {
        self.0.iter().copied()
    }

    pub(super) fn forget(&mut self, address: usize, size: usize) {
        self.0.retain(|word| !(address..address + size).contains(&word.address));
    }
}

impl Word {
    /// What is there now.
    ///
    /// # Safety
    ///
    /// Its memory was not given back.
    pub(super) unsafe fn load(self) -> u32 {
        let place = std::ptr::with_exposed_provenance::<u32>(self.address);
        // SAFETY: the caller's promise; an operation of that size was made there.
        unsafe { crate::linux::operation::Word::load(place) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_that_were_touched_last_are_kept() {
        let mut unseen = Unseen::default();
        (0..40).for_each(|n| unseen.note(0x1000 + 4 * n, n as u32));
        unseen.note(0x1000 + 4 * 10, 10);
        let places = |unseen: &Unseen| unseen.words().map(|word| word.place).collect::<Vec<u32>>();
        assert_eq!(places(&unseen).len(), MOST);
        assert_eq!(places(&unseen)[..3], [10, 39, 38]);
        assert_eq!(places(&unseen)[30..], [9, 8]);
        unseen.forget(0x1000 + 4 * 9, 4 * 29);
        assert_eq!(places(&unseen), [39, 38, 8]);
    }
}
