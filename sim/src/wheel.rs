//! The slots in which timers wait: a hierarchical timing wheel.
//!
//! It is that of Varghese and Lauck ("Hashed and Hierarchical Timing Wheels", SOSP 1987,
//! scheme 7), of eleven levels of 64 slots. We differ in the tick, which is one
//! nanosecond, so that deadlines are exact; and in that time never ticks: as in a radix
//! heap (Ahuja et al., 1990) the cursor jumps to the first occupied slot. A timer stands
//! on the level of the highest six-bit digit in which its deadline differs from the
//! cursor, so putting it in and taking it out are O(1) and it moves down at most ten
//! times.
//!
//! Within a slot the timers stand in the order in which they came.

use crate::huge;

const LEVELS: usize = 11;
const SLOTS: usize = 64;
const DIGIT: u32 = 6;
const NIL: u32 = u32::MAX;

/// Neighbours in the circular list of a slot.
///
/// These stand apart from their timers: neighbours have nothing else to do with one
/// another, and of so little many lie in a cache.
#[derive(Clone, Copy, Debug)]
struct Links {
    next: u32,
    prev: u32,
}

/// Timers by their index, each in the slot of its deadline.
#[derive(Debug)]
pub(crate) struct Wheel {
    /// No deadline is earlier.
    cursor: u64,
    /// A bit for each slot that is not empty.
    occupied: [u64; LEVELS],
    /// The first timer of each slot.
    heads: Box<[u32; LEVELS * SLOTS]>,
    links: Vec<Links>,
}

impl Wheel {
    pub(crate) fn new() -> Wheel {
        Wheel {
            cursor: 0,
            occupied: [0; LEVELS],
            heads: Box::new([NIL; LEVELS * SLOTS]),
            links: Vec::new(),
        }
    }

    /// The deadline to which time has come.
    pub(crate) fn cursor(&self) -> u64 {
        self.cursor
    }

    /// Has room for one more timer, which is in no slot.
    pub(crate) fn make_room(&mut self) {
        if self.links.len() == self.links.capacity() {
            self.links.reserve(1);
            huge::ask_for_large_pages_of(&self.links);
        }
        self.links.push(Links { next: NIL, prev: NIL });
    }

    /// Takes all timers out, for a new run.
    pub(crate) fn clear(&mut self) {
        self.heads.fill(NIL);
        self.occupied = [0; LEVELS];
    }

    /// Goes back to the beginning of time; no timer must be in.
    pub(crate) fn restart(&mut self) {
        self.cursor = 0;
    }

    /// Goes on to a deadline, before which no timer stands.
    pub(crate) fn move_to(&mut self, deadline: u64) {
        self.cursor = deadline;
    }

    /// Puts a timer into the slot of its deadline; answers which one that is.
    #[inline]
    pub(crate) fn link(&mut self, index: u32, deadline: u64) -> u16 {
        let differs = deadline ^ self.cursor;
        let level = (differs | 1).ilog2() / DIGIT;
        let digit = (deadline >> (DIGIT * level)) as usize % SLOTS;
        let slot = level as usize * SLOTS + digit;
        let head = self.heads[slot];
        let (prev, next) = if head == NIL {
            self.heads[slot] = index;
            self.occupied[level as usize] |= 1 << digit;
            (index, index)
        } else {
            (self.links[head as usize].prev, head)
        };
        self.links[prev as usize].next = index;
        self.links[next as usize].prev = index;
        self.links[index as usize] = Links { next, prev };
        slot as u16
    }

    /// Takes a timer out of the slot in which it is.
    #[inline(always)]
    pub(crate) fn unlink(&mut self, index: u32, slot: u16) {
        let Links { prev, next } = self.links[index as usize];
        let slot = usize::from(slot);
        if next == index {
            self.heads[slot] = NIL;
            self.occupied[slot / SLOTS] &= !(1 << (slot % SLOTS));
        } else {
            self.links[prev as usize].next = next;
            self.links[next as usize].prev = prev;
            if self.heads[slot] == index {
                self.heads[slot] = next;
            }
        }
    }

    /// The slot with the earliest deadline, if any timer is in; no other slot has an
    /// earlier one.
    pub(crate) fn first(&self) -> Option<First> {
        let level = self.occupied.iter().position(|slots| *slots != 0)?;
        let digit = self.occupied[level].trailing_zeros() as usize;
        let slot = level * SLOTS + digit;
        let head = self.heads[slot];
        let alone = self.links[head as usize].next == head;
        Some(First { slot: slot as u16, head, has_one_deadline: level == 0 || alone })
    }

    /// Moves to the beginning of a slot, before which there is no timer.
    pub(crate) fn enter(&mut self, slot: u16) {
        let (level, digit) = (usize::from(slot) / SLOTS, usize::from(slot) % SLOTS);
        let shift = DIGIT * level as u32;
        let above = u64::MAX.checked_shl(shift + DIGIT).unwrap_or(0);
        self.cursor = (self.cursor & above) | (digit as u64) << shift;
    }

    /// The timer of a slot that came earliest.
    pub(crate) fn head(&self, slot: u16) -> Option<u32> {
        Some(self.heads[usize::from(slot)]).filter(|head| *head != NIL)
    }

    /// Who came after a timer of the same slot; after the last one the first.
    pub(crate) fn next(&self, index: u32) -> u32 {
        self.links[index as usize].next
    }
}

/// The first slot that is not empty.
pub(crate) struct First {
    pub(crate) slot: u16,
    /// Its first timer.
    pub(crate) head: u32,
    /// All timers in it have one deadline, as far as can be seen at once.
    pub(crate) has_one_deadline: bool,
}
