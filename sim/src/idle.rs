//! Nothing is runnable: time passes, or the run comes to rest.
//!
//! Virtual time moves only here, from one deadline to the next, or as far as the test
//! says. Three faults live on
//! it: a wake may be [late](crate::late), and a timer or an event that is due may be
//! put off, to the next later deadline (so that it changes places with another one) or
//! a millisecond. What a fault does to the clock is no sign that the run gets nowhere,
//! so a move that fires no timer is not counted as an idle one.

use crate::choice::Kind;
use crate::clock::{Alarm, Clock};
use crate::late::{LATEST, Late};
use crate::trace::What;
use crate::world::Core;

/// How often a timer is put off in a row, so that a run ends.
const MOST_PUT_OFF: u8 = 3;

/// By how much, in nanoseconds, if no other deadline is near.
const PUT_OFF_BY: u64 = 1_000_000;

/// Moves of the clock that never count as many.
const MOST_QUICK_MOVES: u64 = 100;

impl Core {
    /// Moves the clock; answers whether anything can happen now.
    #[cold]
    pub(crate) fn pass_time(&self) -> bool {
        if self.mailbox().has_letters() {
            self.attend();
            return !self.verdict.is_set();
        }
        if !self.late.with(|late| late.is_empty()) {
            self.end_delay();
            return !self.verdict.is_set();
        }
        let jumps = self.idle_jumps.get() + 1;
        if jumps == 1 {
            self.idle_since.set(self.steps.get());
        }
        let idled_enough = self.has_idled_enough(jumps);
        if !idled_enough && self.ask_guest() {
            self.idle_jumps.set(jumps);
            return true;
        }
        let timers = self.clock.with(|clock| clock.len());
        // The timers of daemons count as all others: they may wake somebody.
        if timers > 0 && !idled_enough {
            self.idle_jumps.set(jumps);
            self.progress.set(self.steps.get());
            let before = self.now.get();
            // What takes no time, such as a file that is read, is no idle time.
            if !self.jump() || self.now.get() == before {
                self.idle_jumps.set(jumps - 1);
            }
            return !self.verdict.is_set();
        }
        if timers > 0 && self.waits_for_an_old_timer() {
            // Something set before the others began to tick is still to come.
            self.idle_jumps.set(0);
            return true;
        }
        if timers > 0 {
            self.judge_horizon();
            return false;
        }
        self.rest()
    }

    /// Whether the clock has moved in vain for long, and the run is about to pass its last
    /// bound of steps. Up to there a task that ticks may yet end; it is judged here and
    /// not at the bound, because here nothing is runnable and who waits for whom shows.
    fn has_idled_enough(&self, jumps: u64) -> bool {
        let tenth = self.max_steps.get() / 10;
        let last = self.last_bound();
        let in_vain = jumps > tenth.max(MOST_QUICK_MOVES);
        in_vain && (self.steps.get() >= last - tenth || jumps > last)
    }

    /// Whether a timer, or the deadline of a property, is older than the present idle time: it does not merely tick.
    fn waits_for_an_old_timer(&self) -> bool {
        let idle_since = self.idle_since.get();
        self.clock.with(|clock| clock.any_set_by(idle_since))
            || self.any_deadline_open_by(idle_since)
    }

    /// Lets in the tasks whose wakes are late, after the next deadline if it is near.
    fn end_delay(&self) {
        let near = self.now.get().saturating_add(LATEST);
        let next = self.clock.with(|clock| clock.next_deadline());
        if next.is_some_and(|deadline| deadline <= near) {
            self.progress.set(self.steps.get());
            self.postpone_deadlines(next.unwrap_or(0).saturating_sub(self.now.get()));
            self.jump();
            self.let_in_overdue();
        } else {
            self.let_in_all();
        }
    }

    /// Moves the clock to the next deadline and fires its timers; answers whether one
    /// did fire.
    fn jump(&self) -> bool {
        let Some(deadline) = self.clock.with(Clock::advance) else { return false };
        self.ask_guest_again();
        self.pass_deadlines(deadline);
        if self.verdict.is_set() {
            return false;
        }
        if deadline > self.now.get() {
            self.now.set(deadline);
            self.record(|| What::ClockMoved { to: deadline });
            self.take_guest_along();
        }
        self.late.with(Late::note_move);
        let mut fired = false;
        loop {
            let due = self.clock.with(|clock| clock.due());
            if due == 0 {
                return fired;
            }
            let which = self.choose(Kind::Timer, due as u32) as usize;
            let is_event = self.clock.with(|clock| clock.is_event(which));
            let lateness = if is_event { Kind::LateEvent } else { Kind::LateTimer };
            if self.faults.get().has(lateness) && self.put_off(which, lateness) {
                continue;
            }
            let alarm = self.clock.with(|clock| clock.fire(which));
            fired = true;
            match alarm {
                Some(Alarm::Event(event)) => {
                    self.record(|| What::EventDue { deadline });
                    self.call_out(event);
                }
                Some(Alarm::Wake(waker)) => {
                    self.record(|| What::TimerFired { deadline });
                    self.call_out(|| waker.wake());
                }
                None => self.record(|| What::TimerFired { deadline }),
            }
        }
    }

    /// Moves the clock as far as the last step asked for, while tasks are runnable.
    pub(crate) fn advance(&self) {
        let (target, before) = (self.advance_to.take(), self.now.get());
        let next = || self.clock.with(|clock| clock.next_deadline());
        while next().is_some_and(|deadline| deadline <= target) && !self.verdict.is_set() {
            self.jump();
        }
        if target > self.now.get() && !self.verdict.is_set() {
            self.pass_to(target);
        }
        if target > before {
            self.hurry_guest();
        }
    }

    /// Moves the clock to a moment before the next deadline.
    fn pass_to(&self, target: u64) {
        self.pass_deadlines(target);
        if !self.verdict.is_set() {
            self.now.set(target);
            self.record(|| What::ClockMoved { to: target });
            self.progress.set(self.steps.get());
        }
        self.late.with(Late::note_move);
        self.let_in_overdue();
    }

    /// Puts a due timer off if the sampler wants it to; answers whether.
    #[cold]
    fn put_off(&self, which: usize, lateness: Kind) -> bool {
        let (times, next) =
            self.clock.with(|clock| (clock.times_put_off(which), clock.next_deadline()));
        let now = self.now.get();
        let near = next.filter(|deadline| *deadline <= now.saturating_add(LATEST));
        let later = near.unwrap_or(now.saturating_add(PUT_OFF_BY));
        if times >= MOST_PUT_OFF || later <= now || self.choose(lateness, 2) == 0 {
            return false;
        }
        self.clock.with(|clock| clock.put_off(which, later));
        self.postpone_deadlines(later - now);
        self.record(|| match lateness {
            Kind::LateEvent => What::EventSet { deadline: later },
            _ => What::TimerSet { deadline: later },
        });
        true
    }
}
