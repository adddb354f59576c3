//! Memory of what runs are made of.
//!
//! The world of a run belongs to the thread that drives it, whichever strand it is called from, and
//! strands run one at a time. Its own code is compiled without calls before loads and stores, but what
//! of it is generic or inlined is compiled with the crate that uses it, and has them.

use std::collections::BTreeMap;

/// Places that are nobody's to race for, by their beginnings, with their ends.
#[derive(Debug, Default)]
pub(super) struct Own(BTreeMap<usize, usize>);

impl Own {
    pub(super) fn add(&mut self, address: usize, size: usize) {
        self.0.insert(address, address + size);
    }

    pub(super) fn has(&self, address: usize) -> bool {
        let before = self.0.range(..=address).next_back();
        before.is_some_and(|(_, end)| address < *end)
    }

    /// The memory is given back: what begins there is another's.
    pub(super) fn forget(&mut self, address: usize, size: usize) {
        while let Some((gone, _)) = self.0.range(address..address + size).next() {
            let gone = *gone;
            self.0.remove(&gone);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_what_was_added_and_not_given_back() {
        let mut own = Own::default();
        own.add(0x2000, 0x10);
        own.add(0x1000, 8);
        let at = |own: &Own| [0xfff, 0x1000, 0x1007, 0x1008, 0x2000, 0x2010].map(|at| own.has(at));
        assert_eq!(at(&own), [false, true, true, false, true, false]);
        own.forget(0x1008, 0x10_0000);
        assert_eq!(at(&own), [false, true, true, false, false, false]);
        own.forget(0xff0, 0x20);
        assert!(!own.has(0x1000));
    }
}
