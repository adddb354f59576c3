//! Virtual time: a number of nanoseconds, and the timers that wait for it.
//!
//! The timers stand in a [wheel](crate::wheel) until their deadline comes; then they are
//! due. Setting and cancelling one is O(1), and a cancelled timer leaves nothing behind.
//!
//! Timers of one deadline fire in the order in which they were set, unless the
//! sampler says otherwise.

use crate::huge;
use crate::prefetch;
use crate::ready::Ready;
use crate::sync::{AtomicU64, Ordering};
use crate::wheel::{First, Wheel};
use std::cell::Cell;
use std::fmt;
use std::num::NonZero;
use std::task::Waker;

/// Stands for a slot: the timer is due.
const DUE: u16 = u16::MAX;

/// Tells a timer from every other one of this process, in whatever run it was set.
type Stamp = NonZero<u64>;

/// Names a timer that was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimerKey {
    stamp: Stamp,
    index: u32,
}

#[derive(Debug)]
#[repr(align(64))]
struct Timer {
    deadline: u64,
    /// When it came among those that are due.
    arrival: u64,
    /// That of its key; none once it fired or was cancelled.
    stamp: Option<Stamp>,
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
    timers: Vec<Timer>,
    wheel: Wheel,
    /// The first few are the timers that are not set; it has a place for every timer.
    unset: Vec<u32>,
    not_set: usize,
    due: Ready<u32>,
    stamps: Stamps,
    earliest: Earliest,
}

/// The earliest deadline in the slots, if somebody asked and it is still there; else 0.
#[derive(Debug, Default)]
struct Earliest(Cell<u64>);

impl Earliest {
    /// A timer came into the slots.
    #[inline]
    fn note(&self, deadline: u64) {
        if deadline < self.0.get() {
            self.0.set(deadline);
        }
    }

    /// A timer went out of the slots; whether it was the last one with its deadline is
    /// not known.
    #[inline]
    fn forget(&self, deadline: u64) {
        if self.0.get() == deadline {
            self.0.set(0);
        }
    }
}

/// Stamps that were not given away.
#[derive(Debug)]
struct Stamps {
    last: Stamp,
}

impl Stamps {
    /// The first of a block of 2^32 that no other clock of this process has.
    #[cold]
    fn new() -> Stamps {
        static BLOCKS: AtomicU64 = AtomicU64::new(1);
        let block = BLOCKS.fetch_add(1, Ordering::Relaxed);
        Stamps { last: NonZero::new(block << 32).expect("blocks begin at 1") }
    }

    #[inline]
    fn take(&mut self) -> Stamp {
        if self.last.get() as u32 == u32::MAX {
            *self = Stamps::new();
        }
        self.last = self.last.saturating_add(1);
        self.last
    }
}

impl Clock {
    pub(crate) fn new() -> Self {
        Clock {
            timers: Vec::new(),
            wheel: Wheel::new(),
            unset: Vec::new(),
            not_set: 0,
            due: Ready::default(),
            stamps: Stamps::new(),
            earliest: Earliest::default(),
        }
    }

    /// Timers that wait.
    pub(crate) fn len(&self) -> usize {
        self.timers.len() - self.not_set
    }

    /// Whether a timer that waits was set in `step` or earlier.
    pub(crate) fn any_set_by(&self, step: u64) -> bool {
        let mut waiting = self.timers.iter().filter(|timer| timer.alarm.is_some());
        waiting.any(|timer| timer.set_in <= step)
    }

    /// Sets a timer in the given step of the run; the deadline must not lie in the past.
    #[inline]
    pub(crate) fn set(&mut self, deadline: u64, alarm: Alarm, step: u64) -> TimerKey {
        debug_assert!(deadline >= self.wheel.cursor());
        if self.not_set == 0 {
            self.make_room();
        }
        self.not_set -= 1;
        let index = self.unset[self.not_set];
        let stamp = self.stamps.take();
        self.earliest.note(deadline);
        let slot = self.wheel.link(index, deadline);
        let timer = &mut self.timers[index as usize];
        timer.deadline = deadline;
        timer.stamp = Some(stamp);
        timer.slot = slot;
        timer.set_in = step;
        timer.put_off = 0;
        timer.alarm = Some(alarm);
        TimerKey { stamp, index }
    }

    #[cold]
    #[inline(never)]
    fn make_room(&mut self) {
        if self.timers.len() == self.timers.capacity() {
            self.timers.reserve(1);
            huge::ask_for_large_pages_of(&self.timers);
        }
        self.unset.push(0);
        self.unset[0] = self.timers.len() as u32;
        self.not_set = 1;
        self.wheel.make_room();
        self.timers.push(Timer {
            deadline: 0,
            arrival: 0,
            stamp: None,
            slot: 0,
            set_in: 0,
            put_off: 0,
            alarm: None,
        });
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

    #[inline]
    fn unfired(&mut self, key: TimerKey) -> Option<&mut Timer> {
        // The key may be of another clock, which has more timers.
        let timer = self.timers.get_mut(key.index as usize)?;
        (timer.stamp == Some(key.stamp)).then_some(timer)
    }

    /// Takes a timer away; none if it fired already.
    #[inline(always)]
    pub(crate) fn cancel(&mut self, key: TimerKey) -> Option<Alarm> {
        let timer = self.timers.get_mut(key.index as usize)?;
        if timer.stamp != Some(key.stamp) {
            return None;
        }
        timer.stamp = None;
        if timer.slot == DUE {
            self.due.remove(timer.arrival);
        } else {
            self.earliest.forget(timer.deadline);
            self.wheel.unlink(key.index, timer.slot);
        }
        self.unset[self.not_set] = key.index;
        self.not_set += 1;
        timer.alarm.take()
    }

    /// Moves to the next deadline and makes its timers due; none if no timer waits.
    pub(crate) fn advance(&mut self) -> Option<u64> {
        loop {
            let First { slot, head, has_one_deadline } = self.wheel.first()?;
            if has_one_deadline {
                // Nothing stands before this slot.
                let deadline = self.timers[head as usize].deadline;
                self.wheel.move_to(deadline);
                self.earliest.forget(deadline);
                while let Some(index) = self.wheel.head(slot) {
                    self.wheel.unlink(index, slot);
                    let arrival = self.due.push(index);
                    let timer = &mut self.timers[index as usize];
                    (timer.slot, timer.arrival) = (DUE, arrival);
                }
                return Some(deadline);
            }
            self.wheel.enter(slot);
            while let Some(index) = self.wheel.head(slot) {
                self.wheel.unlink(index, slot);
                let timer = &mut self.timers[index as usize];
                timer.slot = self.wheel.link(index, timer.deadline);
            }
        }
    }

    /// The earliest deadline of the timers that are not due; none if there are none.
    pub(crate) fn next_deadline(&self) -> Option<u64> {
        match self.earliest.0.get() {
            0 => {
                let earliest = self.find_earliest()?;
                self.earliest.0.set(earliest);
                Some(earliest)
            }
            earliest => Some(earliest),
        }
    }

    /// Looks through the first slot, which may be long.
    fn find_earliest(&self) -> Option<u64> {
        let First { head, has_one_deadline, .. } = self.wheel.first()?;
        let mut earliest = self.timers[head as usize].deadline;
        let mut index = self.wheel.next(head);
        while index != head && !has_one_deadline {
            earliest = earliest.min(self.timers[index as usize].deadline);
            index = self.wheel.next(index);
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
        debug_assert!(deadline > self.wheel.cursor());
        let index = self.due.take(which);
        self.earliest.note(deadline);
        let timer = &mut self.timers[index as usize];
        timer.deadline = deadline;
        timer.slot = self.wheel.link(index, deadline);
        timer.put_off += 1;
    }

    /// Timers that are due.
    pub(crate) fn due(&self) -> usize {
        self.due.len()
    }

    /// Fires one of the due timers; 0 is the one set earliest.
    pub(crate) fn fire(&mut self, which: usize) -> Option<Alarm> {
        let index = self.due.take(which);
        let timer = &mut self.timers[index as usize];
        timer.stamp = None;
        self.unset[self.not_set] = index;
        self.not_set += 1;
        timer.alarm.take()
    }

    /// Takes all timers away, for a new run.
    pub(crate) fn clear(&mut self) -> Vec<Alarm> {
        let mut alarms = Vec::new();
        if self.len() != 0 {
            self.due.clear();
            self.earliest = Earliest::default();
            self.wheel.clear();
            // A timer may have lost its waker to a clone that panicked.
            for timer in &mut self.timers {
                timer.stamp = None;
                alarms.extend(timer.alarm.take());
            }
            for (place, index) in self.unset.iter_mut().zip((0..self.timers.len() as u32).rev()) {
                *place = index;
            }
            self.not_set = self.timers.len();
        }
        self.wheel.restart();
        alarms
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
    fn a_key_names_nothing_in_another_clock() {
        let (mut one, mut other) = (Clock::new(), Clock::new());
        let keys: Vec<_> = (1..=3).map(|deadline| one.set(deadline, noop(), 0)).collect();
        let own = other.set(1, noop(), 0);
        for key in &keys {
            assert!(other.cancel(*key).is_none());
            assert!(other.take_waker(*key).is_none());
        }
        assert!(other.cancel(own).is_some());
        assert!(keys.into_iter().all(|key| one.cancel(key).is_some()));
    }

    #[test]
    fn a_key_names_nothing_in_another_run() {
        let mut clock = Clock::new();
        let old = clock.set(1, noop(), 0);
        assert_eq!(clock.clear().len(), 1);
        let new = clock.set(1, noop(), 0);
        assert!(clock.cancel(old).is_none());
        assert!(clock.cancel(new).is_some());
    }

    #[test]
    fn stamps_go_on_in_a_block_of_their_own() {
        let mut stamps = Stamps::new();
        let first = stamps.take();
        let mut after = Stamps::new();
        stamps.last = first.saturating_add(u64::from(u32::MAX) - 2);
        let last = stamps.take();
        assert_eq!(last.get(), first.get() + u64::from(u32::MAX) - 1);
        let (next, others) = (stamps.take(), after.take());
        assert!(next > others && others > last);
        assert_ne!(next.get() >> 32, others.get() >> 32);
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
