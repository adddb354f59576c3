//! Virtual time: a number of nanoseconds, and the timers that wait for it.
//!
//! The timers stand in a hierarchical timing wheel (Varghese, Lauck: "Hashed and
//! Hierarchical Timing Wheels", SOSP 1987, scheme 7) of eleven levels of 64
//! slots. We differ in the tick, which is one nanosecond, so that deadlines are
//! exact; and in that time never ticks: as in a radix heap (Ahuja et al., 1990)
//! the cursor jumps to the first occupied slot. A timer stands on the level of
//! the highest six-bit digit in which its deadline differs from the cursor, so
//! setting and cancelling are O(1) and a timer moves down at most ten times. A
//! cancelled timer leaves nothing behind.
//!
//! Timers of one deadline fire in the order in which they were set, unless the
//! sampler says otherwise.

use crate::huge;
use crate::prefetch;
use crate::ready::Ready;
use std::cell::Cell;
use std::fmt;
use std::task::Waker;

const LEVELS: usize = 11;
const SLOTS: usize = 64;
const DIGIT: u32 = 6;
const NIL: u32 = u32::MAX;
/// Stands for a slot: the timer is due.
const DUE: u16 = u16::MAX;

/// Names a timer that was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimerKey {
    index: u32,
    generation: u32,
}

/// Neighbours in the circular list of a slot.
///
/// These stand apart from their timers: neighbours have nothing else to do with one
/// another, and of so little many lie in a cache.
#[derive(Clone, Copy, Debug)]
struct Links {
    next: u32,
    prev: u32,
}

#[derive(Debug)]
#[repr(align(64))]
struct Timer {
    deadline: u64,
    /// When it came among those that are due.
    arrival: u64,
    /// Grows when the timer fires or is cancelled, so that its key is void.
    generation: u32,
    slot: u16,
    /// The step in which it was set.
    set_in: u64,
    /// How often it was put off.
    put_off: u8,
    alarm: Option<Alarm>,
}

/// What happens at a deadline.
pub(crate) enum Alarm {
    /// Somebody who sleeps is woken.
    Wake(Waker),
    /// Something outside the tasks happens: a packet arrives, a device is ready.
    Event(Box<dyn FnOnce()>),
}

impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Alarm::Wake(_) => "Wake",
            Alarm::Event(_) => "Event",
        })
    }
}

/// The timers of a run.
#[derive(Debug)]
pub(crate) struct Clock {
    /// No deadline is earlier.
    cursor: u64,
    /// A bit for each slot that is not empty.
    occupied: [u64; LEVELS],
    /// The first timer of each slot.
    heads: Box<[u32; LEVELS * SLOTS]>,
    timers: Vec<Timer>,
    links: Vec<Links>,
    free: Vec<u32>,
    due: Ready<u32>,
    set: usize,
    /// The earliest deadline in the slots, if somebody asked and it is still there.
    earliest: Cell<Option<u64>>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Clock {
            cursor: 0,
            occupied: [0; LEVELS],
            heads: Box::new([NIL; LEVELS * SLOTS]),
            timers: Vec::new(),
            links: Vec::new(),
            free: Vec::new(),
            due: Ready::default(),
            set: 0,
            earliest: Cell::new(None),
        }
    }

    /// Timers that wait.
    pub(crate) fn len(&self) -> usize {
        self.set
    }

    /// Whether a timer that waits was set in `step` or earlier.
    pub(crate) fn any_set_by(&self, step: u64) -> bool {
        let mut waiting = self.timers.iter().filter(|timer| timer.alarm.is_some());
        waiting.any(|timer| timer.set_in <= step)
    }

    /// Sets a timer in the given step of the run; the deadline must not lie in the past.
    pub(crate) fn set(&mut self, deadline: u64, alarm: Alarm, step: u64) -> TimerKey {
        debug_assert!(deadline >= self.cursor);
        let index = match self.free.pop() {
            Some(index) => index,
            None => {
                self.make_room();
                self.timers.push(Timer {
                    deadline,
                    arrival: 0,
                    generation: 0,
                    slot: 0,
                    set_in: step,
                    put_off: 0,
                    alarm: None,
                });
                self.links.push(Links { next: NIL, prev: NIL });
                (self.timers.len() - 1) as u32
            }
        };
        let timer = &mut self.timers[index as usize];
        timer.deadline = deadline;
        timer.set_in = step;
        timer.put_off = 0;
        timer.alarm = Some(alarm);
        let generation = timer.generation;
        self.set += 1;
        self.link(index);
        TimerKey { index, generation }
    }

    fn make_room(&mut self) {
        if self.timers.len() == self.timers.capacity() {
            self.timers.reserve(1);
            let size = self.timers.capacity() * size_of::<Timer>();
            huge::ask_for_large_pages(self.timers.as_ptr().addr(), size);
        }
    }

    /// Takes the waker of a timer that has not fired out of it.
    pub(crate) fn take_waker(&mut self, key: TimerKey) -> Option<Waker> {
        match self.unfired(key)?.alarm.take()? {
            Alarm::Wake(waker) => Some(waker),
            Alarm::Event(_) => None,
        }
    }

    /// Gives a timer that has not fired a waker; what is in the way comes back.
    pub(crate) fn put_waker(&mut self, key: TimerKey, waker: Waker) -> Option<Alarm> {
        let alarm = Alarm::Wake(waker);
        match self.unfired(key) {
            Some(timer) => timer.alarm.replace(alarm),
            None => Some(alarm),
        }
    }

    /// A timer is looked at soon.
    #[inline]
    pub(crate) fn fetch(&self, key: TimerKey) {
        prefetch::fetch(self.timers.as_ptr().wrapping_add(key.index as usize).addr());
    }

    fn unfired(&mut self, key: TimerKey) -> Option<&mut Timer> {
        let timer = &mut self.timers[key.index as usize];
        (timer.generation == key.generation).then_some(timer)
    }

    /// Takes a timer away; none if it fired already.
    pub(crate) fn cancel(&mut self, key: TimerKey) -> Option<Alarm> {
        let timer = &self.timers[key.index as usize];
        if timer.generation != key.generation {
            return None;
        }
        if timer.slot == DUE {
            self.due.remove(timer.arrival);
        } else {
            self.unlink(key.index);
        }
        self.retire(key.index)
    }

    /// Moves to the next deadline and makes its timers due; none if no timer waits.
    pub(crate) fn advance(&mut self) -> Option<u64> {
        loop {
            let level = self.occupied.iter().position(|slots| *slots != 0)?;
            let digit = self.occupied[level].trailing_zeros() as usize;
            let slot = level * SLOTS + digit;
            let head = self.heads[slot];
            let alone = self.links[head as usize].next == head;
            if level == 0 || alone {
                // Nothing stands before this slot, and all in it has one deadline.
                self.cursor = self.timers[head as usize].deadline;
                while self.heads[slot] != NIL {
                    let index = self.heads[slot];
                    self.unlink(index);
                    let arrival = self.due.push(index);
                    let timer = &mut self.timers[index as usize];
                    (timer.slot, timer.arrival) = (DUE, arrival);
                }
                return Some(self.cursor);
            }
            let shift = DIGIT * level as u32;
            let above = u64::MAX.checked_shl(shift + DIGIT).unwrap_or(0);
            self.cursor = (self.cursor & above) | (digit as u64) << shift;
            while self.heads[slot] != NIL {
                let index = self.heads[slot];
                self.unlink(index);
                self.link(index);
            }
        }
    }

    /// The earliest deadline of the timers that are not due; none if there are none.
    pub(crate) fn next_deadline(&self) -> Option<u64> {
        if self.earliest.get().is_none() {
            self.earliest.set(self.find_earliest());
        }
        self.earliest.get()
    }

    /// Looks through the first slot, which may be long.
    fn find_earliest(&self) -> Option<u64> {
        let level = self.occupied.iter().position(|slots| *slots != 0)?;
        let digit = self.occupied[level].trailing_zeros() as usize;
        let first = self.heads[level * SLOTS + digit];
        let mut earliest = self.timers[first as usize].deadline;
        let mut index = self.links[first as usize].next;
        // In a slot of the lowest level all have one deadline.
        while index != first && level > 0 {
            earliest = earliest.min(self.timers[index as usize].deadline);
            index = self.links[index as usize].next;
        }
        Some(earliest)
    }

    /// How often the due timer at `which` was put off since it was set.
    pub(crate) fn times_put_off(&self, which: usize) -> u8 {
        self.timers[self.due.get(which) as usize].put_off
    }

    /// Whether the due timer at `which` is an event.
    pub(crate) fn is_event(&self, which: usize) -> bool {
        let timer = &self.timers[self.due.get(which) as usize];
        matches!(timer.alarm, Some(Alarm::Event(_)))
    }

    /// Sets a due timer anew, for a later deadline. Its key stays good, and so does
    /// the step in which it was set.
    pub(crate) fn put_off(&mut self, which: usize, deadline: u64) {
        debug_assert!(deadline > self.cursor);
        let index = self.due.take(which);
        let timer = &mut self.timers[index as usize];
        timer.deadline = deadline;
        timer.put_off += 1;
        self.link(index);
    }

    /// Timers that are due.
    pub(crate) fn due(&self) -> usize {
        self.due.len()
    }

    /// Fires one of the due timers; 0 is the one set earliest.
    pub(crate) fn fire(&mut self, which: usize) -> Option<Alarm> {
        let index = self.due.take(which);
        self.retire(index)
    }

    /// Takes all timers away, for a new run.
    pub(crate) fn clear(&mut self) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        if self.set != 0 {
            self.due.clear();
            self.earliest.set(None);
            self.heads.fill(NIL);
            self.occupied = [0; LEVELS];
            // A timer may have lost its waker to a clone that panicked.
            for timer in &mut self.timers {
                timer.generation = timer.generation.wrapping_add(1);
                alarms.extend(timer.alarm.take());
            }
            self.free.clear();
            self.free.extend((0..self.timers.len() as u32).rev());
            self.set = 0;
        }
        self.cursor = 0;
        alarms
    }

    fn retire(&mut self, index: u32) -> Option<Alarm> {
        let timer = &mut self.timers[index as usize];
        timer.generation = timer.generation.wrapping_add(1);
        self.set -= 1;
        self.free.push(index);
        timer.alarm.take()
    }

    fn link(&mut self, index: u32) {
        let deadline = self.timers[index as usize].deadline;
        if self.earliest.get().is_some_and(|earliest| deadline < earliest) {
            self.earliest.set(Some(deadline));
        }
        let differs = deadline ^ self.cursor;
        let level = differs.checked_ilog2().unwrap_or(0) / DIGIT;
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
        self.timers[index as usize].slot = slot as u16;
    }

    fn unlink(&mut self, index: u32) {
        let Links { prev, next } = self.links[index as usize];
        let Timer { deadline, slot, .. } = self.timers[index as usize];
        let slot = usize::from(slot);
        if self.earliest.get() == Some(deadline) {
            // Whether it is the last one with it is not known.
            self.earliest.set(None);
        }
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn noop() -> Alarm {
        Alarm::Wake(Waker::noop().clone())
    }

    #[derive(Clone, Debug)]
    enum Step {
        Set(u64),
        Cancel(prop::sample::Index),
        Ask,
        Advance,
        /// The same, with the first timer that is due put off.
        PutOff(u64),
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let delay = prop_oneof![0..4u64, 0..200u64, 0..1_000_000u64, any::<u64>()];
        let step = prop_oneof![
            4 => delay.prop_map(Step::Set),
            2 => any::<prop::sample::Index>().prop_map(Step::Cancel),
            2 => Just(Step::Advance),
            2 => Just(Step::Ask),
            1 => (1..300u64).prop_map(Step::PutOff),
        ];
        prop::collection::vec(step, 0..200)
    }

    proptest! {
        /// The model is a list kept in order of deadline, then of setting.
        #[test]
        fn fires_in_order_and_keeps_nothing_cancelled(steps in steps()) {
            let mut clock = Clock::new();
            let mut model: Vec<(u64, TimerKey)> = Vec::new();
            let mut now = 0u64;
            for step in steps {
                match step {
                    Step::Set(delay) => {
                        let deadline = now.saturating_add(delay);
                        let key = clock.set(deadline, noop(), 0);
                        let at = model.partition_point(|(other, _)| *other <= deadline);
                        model.insert(at, (deadline, key));
                    }
                    Step::Cancel(index) if !model.is_empty() => {
                        let (_, key) = model.remove(index.index(model.len()));
                        prop_assert!(clock.cancel(key).is_some());
                        prop_assert!(clock.cancel(key).is_none());
                    }
                    Step::Cancel(_) => {}
                    Step::Ask => {
                        let first = model.first().map(|(deadline, _)| *deadline);
                        prop_assert_eq!(clock.next_deadline(), first);
                    }
                    Step::Advance | Step::PutOff(_) => {
                        let first = model.first().map(|(deadline, _)| *deadline);
                        prop_assert_eq!(clock.next_deadline(), first);
                        prop_assert_eq!(clock.advance(), first);
                        if let (Step::PutOff(by), Some(first)) = (&step, first)
                            && let Some(later) = first.checked_add(*by)
                        {
                            clock.put_off(0, later);
                            let (_, key) = model.remove(0);
                            let at = model.partition_point(|(other, _)| *other <= later);
                            model.insert(at, (later, key));
                        }
                        while clock.due() > 0 {
                            let key = model.remove(0).1;
                            prop_assert!(clock.unfired(key).is_some());
                            prop_assert!(clock.fire(0).is_some());
                            prop_assert!(clock.unfired(key).is_none());
                        }
                        now = first.unwrap_or(now);
                        prop_assert!(model.first().is_none_or(|(deadline, _)| *deadline > now));
                    }
                }
                prop_assert_eq!(clock.len(), model.len());
                prop_assert!(clock.timers.iter().filter(|t| t.alarm.is_some()).count() == model.len());
            }
            prop_assert_eq!(clock.clear().len(), model.len());
            prop_assert_eq!(clock.len(), 0);
            prop_assert_eq!(clock.advance(), None);
        }
    }

    #[test]
    fn a_timer_knows_how_often_it_was_put_off() {
        let mut clock = Clock::new();
        for _ in 0..2 {
            let key = clock.set(0, noop(), 0);
            for times in 0..3 {
                assert_eq!(clock.advance(), Some(u64::from(times)));
                assert_eq!(clock.times_put_off(0), times);
                clock.put_off(0, u64::from(times) + 1);
            }
            assert!(clock.cancel(key).is_some());
            clock.clear();
        }
    }

    #[test]
    fn dropped_timers_keep_no_memory() {
        let mut clock = Clock::new();
        for round in 0..300_000u64 {
            let key = clock.set(round * 1_000_003, noop(), 0);
            clock.cancel(key);
        }
        assert_eq!((clock.len(), clock.timers.len()), (0, 1));
    }
}
