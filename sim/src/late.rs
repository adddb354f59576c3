//! Wakes that take effect only after time has moved on: the fault `delayed-wake`.
//!
//! A task whose wake is late counts as woken, so it owes nothing and a second wake
//! changes nothing; it only stands here instead of in the queue. It is let in after
//! the clock has next moved and the timers of that moment have fired, so a timeout
//! may win against a wake that came first. No wake is lost and none waits long: if no
//! timer is due within [`LATEST`], the late ones are let in before the clock moves,
//! and so are they after [`MOST_STEPS`] (while somebody spins, time stands still),
//! when somebody aborts the task, or when the schedule becomes fair.
//!
//! Only what a task does is a wake that may be late: for the wakes of timers there is
//! the fault `late-timer`, so that without it a sleep is as long as it says.

use crate::choice::Kind;
use crate::ledger::flag::LATE;
use crate::task::TaskRef;
use crate::trace::What;
use crate::world::Core;

/// How far, in nanoseconds, a fault may push a wake or a timer: a tenth of a second,
/// what a loaded machine does. Unbounded, it would let the timeout of a minute that
/// guards a test win, and a timer that is late wait for one set to the end of time.
pub(crate) const LATEST: u64 = 100_000_000;

/// How many polls a wake may be late if time does not move.
const MOST_STEPS: u64 = 100;

/// The tasks whose wakes are late, in the order of these wakes.
#[derive(Debug, Default)]
pub(crate) struct Late {
    tasks: Vec<(TaskRef, u64)>,
    /// Moves of the clock so far.
    moves: u64,
}

impl Late {
    pub(crate) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    pub(crate) fn clear(&mut self) {
        self.tasks.clear();
        self.moves = 0;
    }

    /// The clock moves: those that are here now are to be let in afterwards.
    pub(crate) fn note_move(&mut self) {
        self.moves += 1;
    }

    fn add(&mut self, task: TaskRef) {
        self.tasks.push((task, self.moves));
    }

    fn remove(&mut self, task: TaskRef) {
        self.tasks.retain(|(other, _)| *other != task);
    }

    /// Takes the first one whose wake is older than the last move of the clock.
    fn take_overdue(&mut self) -> Option<TaskRef> {
        // They stand in the order of their wakes.
        let (_, since) = *self.tasks.first()?;
        (since < self.moves).then(|| self.tasks.remove(0).0)
    }
}

impl Core {
    /// Puts a task that was just woken into the queue, or among the late ones.
    #[cold]
    pub(crate) fn wake_now_or_later(&self, task: TaskRef) {
        if self.running.get().is_some() && self.choose(Kind::DelayedWake, 2) == 1 {
            task.ledger().set(LATE);
            self.late.with(|late| late.add(task));
            self.bound.set(self.bound.get().min(self.steps.get() + MOST_STEPS));
        } else {
            self.enqueue(task);
        }
    }

    /// Lets in the tasks whose wakes came before the last move of the clock.
    pub(crate) fn let_in_overdue(&self) {
        while let Some(task) = self.late.with(Late::take_overdue) {
            task.ledger().clear(LATE);
            self.record(|| What::LetIn { task: task.id() });
            self.enqueue(task);
        }
    }

    /// Lets in all tasks whose wakes are late.
    pub(crate) fn let_in_all(&self) {
        self.late.with(Late::note_move);
        self.let_in_overdue();
    }

    /// Lets in one task, if its wake is late.
    pub(crate) fn let_in(&self, task: TaskRef) {
        if task.ledger().has(LATE) {
            self.forget_late(task);
            self.record(|| What::LetIn { task: task.id() });
            self.enqueue(task);
        }
    }

    /// Takes a task that is over, or about to be polled, from among the late ones.
    #[cold]
    pub(crate) fn forget_late(&self, task: TaskRef) {
        task.ledger().clear(LATE);
        self.late.with(|late| late.remove(task));
    }
}
