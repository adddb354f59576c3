//! The shadow of memory: who touched which bytes last, and whether anything puts that before who
//! touches them now.
//!
//! For each eight bytes the accesses are kept that a later one could be in a race with: per strand
//! the last ones that no later access of its own or of somebody who knows of them stands for
//! (as FastTrack does with epochs: Flanagan and Freund, PLDI 2009; here also reads are kept one by
//! one, and bytes by a mask, so that nothing is told of neighbours). The first race of a run ends
//! it.

use super::clock::Clock;
use reveille_sim::carried;
use reveille_sim::{Access, Accessing, TaskId};
use std::backtrace::Backtrace;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::rc::Rc;

/// Bytes that share an entry, as a power of two.
const GRAIN: u32 = 3;
/// Grains beyond which it is less work to look at all entries than at each grain.
const MANY: usize = 4096;

/// An access that is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Touched {
    /// The number of its home.
    pub(crate) home: u32,
    /// That of the strand, for who is told.
    pub(crate) by: u32,
    pub(crate) address: usize,
    pub(crate) bytes: u8,
    pub(crate) how: Accessing,
}

#[derive(Debug)]
struct Record {
    home: u32,
    by: u32,
    /// By the count of its strand.
    at: u32,
    /// The bytes of the grain.
    mask: u8,
    how: Accessing,
    bytes: u8,
    step: u64,
    stack: Option<Rc<Backtrace>>,
}

/// The accesses of a run.
#[derive(Debug, Default)]
pub(super) struct Shadow {
    grains: HashMap<usize, Vec<Record>, BuildHasherDefault<Spread>>,
    /// The run has its race.
    is_over: bool,
}

impl Shadow {
    /// Notes an access of a strand that knows `clock`, and tells the run of a race; unless somebody
    /// `doubts` that the strand knows no more, whom it is answered that there would be one.
    pub(super) fn touch(&mut self, touched: Touched, clock: &Clock, doubts: bool) -> bool {
        if self.is_over {
            return false;
        }
        let Touched { address, bytes, .. } = touched;
        let end = address.saturating_add(bytes.into());
        let mut from = address;
        while from < end {
            let grain = from >> GRAIN;
            let until = end.min((grain + 1) << GRAIN);
            let first = from - (grain << GRAIN);
            let mask = ((1_u16 << (until - from)) - 1) << first;
            if self.touch_grain(grain, mask as u8, touched, clock, doubts) {
                return true;
            }
            from = until;
        }
        false
    }

    fn touch_grain(
        &mut self,
        grain: usize,
        mask: u8,
        touched: Touched,
        clock: &Clock,
        doubts: bool,
    ) -> bool {
        let Touched { home, by, how, bytes, .. } = touched;
        let now = clock.of(home);
        let records = self.grains.entry(grain).or_default();
        let stands = |record: &Record| {
            record.home == home
                && record.at == now
                && record.how == how
                && record.mask & mask == mask
        };
        if records.iter().any(stands) {
            return false;
        }
        let conflicts = |record: &&Record| {
            record.home != home
                && record.mask & mask != 0
                && (record.how.writes() || how.writes())
                && !(record.how.is_atomic() && how.is_atomic())
                && record.at > clock.of(record.home)
        };
        if let Some(first) = records.iter().find(conflicts) {
            if doubts {
                return true;
            }
            self.is_over = true;
            let earlier = Access::new(TaskId(first.by), first.how, first.bytes)
                .made_in(first.step, first.stack.clone());
            let later =
                Access::new(TaskId(by), how, bytes).made_in(carried::step(), carried::stack());
            carried::race(earlier, later);
            return false;
        }
        // Whoever races with what is forgotten here races with this access, too.
        records.retain(|record| {
            let is_known = record.at <= clock.of(record.home);
            let is_stronger = (how.writes() || !record.how.writes())
                && (!how.is_atomic() || record.how.is_atomic());
            !(is_known && is_stronger && record.mask & !mask == 0)
        });
        let (step, stack) = (carried::step(), carried::stack());
        records.push(Record { home, by, at: now, mask, how, bytes, step, stack });
        false
    }

    /// Forgets what was done to these bytes.
    pub(super) fn forget(&mut self, address: usize, size: usize) {
        if self.grains.is_empty() || size == 0 {
            return;
        }
        let (first, last) = (address >> GRAIN, (address + size - 1) >> GRAIN);
        if last - first > MANY {
            self.grains.retain(|grain, _| !(first..=last).contains(grain));
        } else {
            (first..=last).for_each(|grain| drop(self.grains.remove(&grain)));
        }
    }
}

/// Spreads addresses; they come from the program and not from an attacker.
#[derive(Debug, Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_usize(usize::from(*byte)));
    }

    fn write_usize(&mut self, word: usize) {
        // The multiplier of splitmix64; the high half has the most of it, the table uses both ends.
        let mixed = (self.0 ^ word as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

#[cfg(test)]
mod tests {
    use super::super::clock::Clock;
    use super::*;

    fn touch(shadow: &mut Shadow, clock: &Clock, strand: u32, address: usize, how: Accessing) {
        shadow.touch(Touched { home: strand, by: strand, address, bytes: 4, how }, clock, false);
    }

    /// Clocks of two strands that know nothing of each other.
    fn apart() -> [Clock; 2] {
        let mut clocks = [Clock::default(), Clock::default()];
        (0..).zip(&mut clocks).for_each(|(strand, clock)| _ = clock.tick(strand));
        clocks
    }

    #[test]
    fn two_accesses_race_if_they_overlap_one_writes_and_one_is_plain() {
        use Accessing::*;
        let all = [Read, Write, AtomicRead, AtomicWrite];
        for (first, second) in all.into_iter().flat_map(|one| all.map(|other| (one, other))) {
            for apart_by in [0, 2, 4] {
                let (mut shadow, [one, two]) = (Shadow::default(), apart());
                touch(&mut shadow, &one, 0, 0x1000, first);
                touch(&mut shadow, &two, 1, 0x1000 + apart_by, second);
                let races = (first.writes() || second.writes())
                    && !(first.is_atomic() && second.is_atomic())
                    && apart_by < 4;
                assert_eq!(shadow.is_over, races, "{first} {second} {apart_by}");
            }
        }
    }

    #[test]
    fn who_knows_of_the_other_does_not_race() {
        let (mut shadow, [one, mut two]) = (Shadow::default(), apart());
        touch(&mut shadow, &one, 0, 0x1006, Accessing::Write);
        two.join(&one);
        touch(&mut shadow, &two, 1, 0x1006, Accessing::Write);
        assert!(!shadow.is_over);
        // The first one does not know of that.
        touch(&mut shadow, &one, 0, 0x1008, Accessing::Read);
        assert!(shadow.is_over);
    }

    #[test]
    fn a_later_read_does_not_stand_for_a_write() {
        let (mut shadow, [one, two]) = (Shadow::default(), apart());
        touch(&mut shadow, &one, 0, 0x1000, Accessing::Write);
        touch(&mut shadow, &one, 0, 0x1000, Accessing::Read);
        touch(&mut shadow, &two, 1, 0x1000, Accessing::Read);
        assert!(shadow.is_over);
    }

    #[test]
    fn a_later_atomic_operation_does_not_stand_for_a_plain_access() {
        let (mut shadow, [one, two]) = (Shadow::default(), apart());
        touch(&mut shadow, &one, 0, 0x1000, Accessing::Write);
        touch(&mut shadow, &one, 0, 0x1000, Accessing::AtomicWrite);
        touch(&mut shadow, &two, 1, 0x1000, Accessing::AtomicRead);
        assert!(shadow.is_over);
    }

    #[test]
    fn memory_that_was_given_back_is_new() {
        for size in [16, 1 << 20] {
            let (mut shadow, [one, two]) = (Shadow::default(), apart());
            touch(&mut shadow, &one, 0, 0x1008, Accessing::Write);
            shadow.forget(0x1000, size);
            touch(&mut shadow, &two, 1, 0x1008, Accessing::Write);
            assert!(!shadow.is_over);
            touch(&mut shadow, &one, 0, 0x1008, Accessing::Read);
            assert!(shadow.is_over);
        }
    }
}
