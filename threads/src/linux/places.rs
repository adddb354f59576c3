//! Names for places in memory: the same in every run in which the same is done.
//!
//! An address is no name: it differs from process to process, and samplers remember what was
//! shared from run to run. So a place is named after the strand that touched it first, how it did,
//! and by how many places that strand had named so before: which of two strands comes first to one
//! place decides who names it, and if all were counted alike it would shift the names of all
//! places that both come to later, and a flag that is only read would be called what a lock is
//! called in another run. Memory that was freed and is allocated anew is
//! another place: where an allocator puts things depends on what ran before.

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
    /// Where the entries of this run are.
    filled: Vec<u32>,
    /// Places that have a number.
    count: u32,
    /// That which was touched last, as it may well be the next one.
    last: Option<(usize, Place)>,
    /// A bit for each of the blocks of memory in which a place may be.
    blocks: [u64; BLOCKS / 64],
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    address: usize,
    run: u32,
    is_freed: bool,
    place: Place,
}

const EMPTY: Entry = Entry {
    address: 0,
    run: 0,
    is_freed: false,
    place: Place { number: 0, resource: Resource::named("") },
};
const FEWEST: usize = 64;
const BLOCKS: usize = 4096;
/// Bytes of a block, as a power of two.
const BLOCK: u32 = 6;

/// The bit of the block that the address is in; blocks share them.
fn bit_of(address: usize) -> (usize, u64) {
    let block = address >> BLOCK;
    let bit = (block ^ (block >> 12)) % BLOCKS;
    (bit / 64, 1 << (bit % 64))
}

impl Places {
    pub(crate) fn new() -> Places {
        let blocks = [0; BLOCKS / 64];
        let entries = vec![EMPTY; FEWEST];
        Places { entries, run: 1, filled: Vec::new(), count: 0, last: None, blocks }
    }

    /// Forgets all places.
    pub(crate) fn begin_run(&mut self) {
        self.count = 0;
        self.last = None;
        self.filled.clear();
        self.blocks = [0; BLOCKS / 64];
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
        match self.last {
            Some((last, place)) if last == address => place,
            _ => self.look_up(address, namer),
        }
    }

    #[inline(never)]
    fn look_up(&mut self, address: usize, namer: impl FnOnce() -> (Path, u32)) -> Place {
        let place = self.find(address, namer);
        self.last = Some((address, place));
        place
    }

    #[inline]
    fn find(&mut self, address: usize, namer: impl FnOnce() -> (Path, u32)) -> Place {
        let mut at = self.home_of(address);
        loop {
            let entry = self.entries[at];
            if entry.run != self.run {
                return self.add(address, namer());
            }
            if entry.address == address {
                if entry.is_freed {
                    let place = self.new_place(namer());
                    self.entries[at] = Entry { is_freed: false, place, ..entry };
                    return place;
                }
                return entry.place;
            }
            at = (at + 1) & (self.entries.len() - 1);
        }
    }

    /// Whether somebody has touched what is at the address.
    pub(crate) fn knows(&self, address: usize) -> bool {
        let mut at = self.home_of(address);
        while self.entries[at].run == self.run {
            if self.entries[at].address == address {
                return !self.entries[at].is_freed;
            }
            at = (at + 1) & (self.entries.len() - 1);
        }
        false
    }

    #[inline]
    fn home_of(&self, address: usize) -> usize {
        // Fibonacci hashing; the lowest bits of addresses are alike.
        let spread = (address as u64 >> 2).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (spread >> 32) as usize & (self.entries.len() - 1)
    }

    #[cold]
    fn add(&mut self, address: usize, name: (Path, u32)) -> Place {
        if self.filled.len() * 2 >= self.entries.len() {
            self.grow();
        }
        let place = self.new_place(name);
        self.put(Entry { address, run: self.run, is_freed: false, place });
        let (word, bit) = bit_of(address);
        self.blocks[word] |= bit;
        place
    }

    fn new_place(&mut self, (path, nth): (Path, u32)) -> Place {
        let resource = Resource::from(path.word()).at(nth.into());
        self.count += 1;
        Place { number: self.count - 1, resource }
    }

    /// The memory is given back: what is there from now on is something else.
    pub(crate) fn free(&mut self, address: usize, size: usize) {
        let last = address + size.saturating_sub(1);
        let mut blocks = (address >> BLOCK)..=(last >> BLOCK);
        let may_be_known = |block: usize| {
            let (word, bit) = bit_of(block << BLOCK);
            self.blocks[word] & bit != 0
        };
        if blocks.clone().count() < BLOCKS && !blocks.any(may_be_known) {
            return;
        }
        self.last = None;
        // Few addresses are looked up, many are looked for among those that are known.
        if size < self.filled.len() {
            (address..=last).for_each(|address| self.free_at(address));
            return;
        }
        for at in &self.filled {
            let entry = &mut self.entries[*at as usize];
            entry.is_freed |= (address..=last).contains(&entry.address);
        }
    }

    fn free_at(&mut self, address: usize) {
        let mut at = self.home_of(address);
        while self.entries[at].run == self.run {
            if self.entries[at].address == address {
                self.entries[at].is_freed = true;
                return;
            }
            at = (at + 1) & (self.entries.len() - 1);
        }
    }

    fn put(&mut self, entry: Entry) {
        let mut at = self.home_of(entry.address);
        while self.entries[at].run == self.run {
            at = (at + 1) & (self.entries.len() - 1);
        }
        self.entries[at] = entry;
        self.filled.push(at as u32);
    }

    fn grow(&mut self) {
        let twice = self.entries.len() * 2;
        let before = std::mem::replace(&mut self.entries, vec![EMPTY; twice]);
        self.filled.clear();
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
    fn what_is_freed_is_another_place_when_it_is_touched_again() {
        let mut places = Places::new();
        let at =
            |places: &mut Places, address, nth| places.at(address, || (Path::ROOT, nth)).number;
        assert_eq!([at(&mut places, 0x1008, 0), at(&mut places, 0x1010, 1)], [0, 1]);
        places.free(0x1000, 16);
        assert_eq!([at(&mut places, 0x1008, 2), at(&mut places, 0x1010, 3)], [2, 1]);
        assert_eq!(at(&mut places, 0x1008, 4), 2);
        assert!(places.knows(0x1010) && !places.knows(0x1018));
        places.free(0x1010, 0);
        places.free(0x2000, 1 << 30);
        assert_eq!(at(&mut places, 0x1008, 5), 2);
        places.free(0, 1 << 30);
        assert!(!places.knows(0x1008));
        assert_eq!([at(&mut places, 0x1008, 6), at(&mut places, 0x1010, 7)], [3, 4]);
    }

    #[test]
    fn what_is_freed_is_found_among_many() {
        let mut places = Places::new();
        for nth in 0..1000 {
            places.at(0x1000 + 8 * nth as usize, || (Path::ROOT, nth));
        }
        places.free(0x1800, 16);
        let is_known =
            |places: &mut Places, address| places.at(address, || (Path::ROOT, 5000)).number < 1000;
        let around = [0x17f8, 0x1800, 0x1808, 0x1810].map(|at| is_known(&mut places, at));
        assert_eq!(around, [true, false, false, true]);
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
