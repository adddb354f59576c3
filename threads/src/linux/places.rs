//! Names for places in memory: the same in every run in which the same is done.
//!
//! An address is no name: it differs from process to process, and samplers remember what was
//! shared from run to run. So a place is named after the strand that touched it first, and by how
//! many places that strand had named before.

use reveille_sim::{Path, Resource};

/// A place that was touched in the present run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Its number in the run.
    pub(crate) number: u32,
    /// What samplers call it.
    pub(crate) resource: Resource,
}

/// The places of a run, by their addresses: a table with open addressing.
#[derive(Debug)]
pub(crate) struct Places {
    entries: Vec<Entry>,
    /// Which run it is; entries of others are empty.
    run: u32,
    count: u32,
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    address: usize,
    run: u32,
    place: Place,
}

const EMPTY: Entry =
    Entry { address: 0, run: 0, place: Place { number: 0, resource: Resource::named("") } };
const FEWEST: usize = 64;

impl Places {
    pub(crate) fn new() -> Places {
        Places { entries: vec![EMPTY; FEWEST], run: 1, count: 0 }
    }

    /// Forgets all places.
    pub(crate) fn begin_run(&mut self) {
        self.count = 0;
        self.run = self.run.wrapping_add(1);
        if self.run == 0 {
            self.entries.fill(EMPTY);
            self.run = 1;
        }
    }

    /// The place at the address; `namer` tells who touches it and how many that one has named, if it
    /// has no name yet.
    #[inline]
    pub(crate) fn at(&mut self, address: usize, namer: impl FnOnce() -> (Path, u32)) -> Place {
        let mut at = self.home_of(address);
        loop {
            let entry = self.entries[at];
            if entry.run != self.run {
                return self.add(address, namer());
            }
            if entry.address == address {
                return entry.place;
            }
            at = (at + 1) & (self.entries.len() - 1);
        }
    }

    #[inline]
    fn home_of(&self, address: usize) -> usize {
        // Fibonacci hashing; the lowest bits of addresses are alike.
        let spread = (address as u64 >> 2).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (spread >> 32) as usize & (self.entries.len() - 1)
    }

    #[cold]
    fn add(&mut self, address: usize, (path, nth): (Path, u32)) -> Place {
        if self.count as usize * 2 >= self.entries.len() {
            self.grow();
        }
        let resource = Resource::from(path.word()).at(nth.into());
        let place = Place { number: self.count, resource };
        self.count += 1;
        self.put(Entry { address, run: self.run, place });
        place
    }

    fn put(&mut self, entry: Entry) {
        let mut at = self.home_of(entry.address);
        while self.entries[at].run == self.run {
            at = (at + 1) & (self.entries.len() - 1);
        }
        self.entries[at] = entry;
    }

    fn grow(&mut self) {
        let twice = self.entries.len() * 2;
        let before = std::mem::replace(&mut self.entries, vec![EMPTY; twice]);
        let run = self.run;
        for entry in before.into_iter().filter(|entry| entry.run == run) {
            self.put(entry);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_keeps_its_name_within_a_run() {
        let mut places = Places::new();
        let addresses: Vec<usize> = (0..1000).map(|n| 0x7f00_0000 + n * 8).collect();
        for (nth, address) in (0..).zip(&addresses) {
            let place = places.at(*address, || (Path::ROOT, nth));
            assert_eq!(place.number, nth);
        }
        for (nth, address) in (0..).zip(&addresses) {
            let place = places.at(*address, || unreachable!());
            assert_eq!(place.number, nth);
            assert_eq!(place.resource, Resource::from(Path::ROOT.word()).at(nth.into()));
        }
    }

    #[test]
    fn names_are_those_of_who_touched_first_wherever_the_memory_is() {
        let mut places = Places::new();
        let first = [0x1000, 0x2000].map(|address| places.at(address, || (Path::ROOT, 3)));
        places.begin_run();
        let again = places.at(0x7777_0000, || (Path::ROOT, 3));
        assert_eq!(again, first[0]);
        assert_eq!(first[0].resource, first[1].resource);
        assert_ne!(places.at(0x1000, || (Path::ROOT.child(0), 3)).resource, again.resource);
    }
}
