//! From strand to strand without the way round by the loop of the run.
//!
//! Where a carrier can leave one strand for another, and the loop has nothing else to look at
//! between two steps, the strand that is left does what the loop would do: the same choices in
//! the same order, so that tapes are the same either way.

use crate::ledger::flag::*;
use crate::prefetch;
use crate::strand::{Runnable, Touch};
use crate::task::TaskRef;
use crate::world::{Core, Phase};

impl Core {
    /// The step ends here, and that of the strand begins that a point has chosen, if it was left.
    #[inline]
    pub(super) fn pass_on(&self) -> Option<TaskRef> {
        let next = self.next.get().filter(|next| next.ledger().has(LEFT))?;
        if !self.may_pass_on() {
            return None;
        }
        self.leave(self.running.get()?, false);
        self.next.set(None);
        self.take_from_queue(next);
        self.goes_in_place(next);
        Some(next)
    }

    /// The same where the strand is blocked, and nobody was chosen yet.
    pub(super) fn block_and_pass_on(&self) -> Option<TaskRef> {
        self.has_thread();
        let running = self.running.get()?;
        // If it was woken it stands in the queue itself, until it is left.
        let is_due = running.ledger().has(WOKEN) && !running.ledger().has(LATE | ASIDE);
        let others = (self.ready.with(|ready| ready.len()) - usize::from(is_due)) as u32;
        let is_of_loop = self.phase.get() != Phase::Free || self.next.get().is_some();
        if is_of_loop || !(1..=prefetch::FEW).contains(&others) || !self.may_pass_on() {
            return None;
        }
        self.carriage.last.set(running.id());
        self.leave(running, true);
        let option = self.choose_strand(&Runnable::in_queue(self, others)) as usize;
        let next = self.ready.with(|ready| ready.get(option));
        if !next.ledger().has(LEFT) {
            // The loop begins its poll.
            self.next.set(Some(next));
            return None;
        }
        self.ready.with(|ready| ready.take(option));
        self.goes_in_place(next);
        Some(next)
    }

    /// Whether the loop has nothing to do between this step and the next.
    #[inline]
    fn may_pass_on(&self) -> bool {
        let is_watched = self.alarm.get() || self.verdict.is_set() || self.mailbox().has_letters();
        self.carriage.passes_on.get() && !is_watched && self.steps.get() < self.bound.get()
    }

    /// The next step begins, of a strand that was left.
    #[inline]
    fn goes_in_place(&self, next: TaskRef) {
        self.steps.set(self.steps.get() + 1);
        next.strand().take_turn();
        self.tell_sampler(|sampler| sampler.turn(next.strand()));
        next.strand().set_next(Touch::Anything);
        self.is_entered_again(next);
    }
}
