//! Nothing is runnable: time passes, or the run comes to rest.
//!
//! Virtual time moves only here, from one deadline to the next.

use crate::choice::Kind;
use crate::trace::What;
use crate::world::Core;

impl Core {
    /// Moves the clock; answers whether anything can happen now.
    #[cold]
    pub(crate) fn pass_time(&self) -> bool {
        if self.mailbox().has_letters() {
            self.attend();
            return !self.verdict.is_set();
        }
        let timers = self.clock.with(|clock| clock.len());
        let jumps = self.idle_jumps.get() + 1;
        if jumps == 1 {
            self.idle_since.set(self.steps.get());
        }
        let horizon = (self.max_steps.get() / 10).max(100);
        // The timers of daemons count as all others: they may wake somebody.
        if timers > 0 && jumps <= horizon {
            self.idle_jumps.set(jumps);
            self.progress.set(self.steps.get());
            self.jump();
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

    /// Whether a timer, or the deadline of a property, is older than the present idle time: it does not merely tick.
    fn waits_for_an_old_timer(&self) -> bool {
        let idle_since = self.idle_since.get();
        self.clock.with(|clock| clock.any_set_by(idle_since))
            || self.any_deadline_open_by(idle_since)
    }

    /// Moves the clock to the next deadline and fires its timers.
    fn jump(&self) {
        let Some(deadline) = self.clock.with(crate::clock::Clock::advance) else { return };
        self.pass_deadlines(deadline);
        if self.verdict.is_set() {
            return;
        }
        if deadline > self.now.get() {
            self.now.set(deadline);
            self.record(|| What::ClockMoved { to: deadline });
        }
        loop {
            let due = self.clock.with(|clock| clock.due());
            if due == 0 {
                return;
            }
            let which = self.choose(Kind::Timer, due as u32);
            let waker = self.clock.with(|clock| clock.fire(which as usize));
            self.record(|| What::TimerFired { deadline });
            if let Some(waker) = waker {
                self.call_out(|| waker.wake());
            }
        }
    }
}
