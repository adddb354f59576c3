//! Wakers that do more than they seem to: the faults `reentrant-waker` and
//! `panicking-clone`, which a test has to ask for.
//!
//! There are executors that poll a task inside the call of `wake`, and wakers whose
//! clone or drop runs code of somebody's (an `Arc` with a destructor, a scheduler's
//! hook). Here a wake may poll the woken task at once, and the clone or the drop of a
//! waker may poll any task that is due; the drop cancels one that was aborted, if
//! there is one. A future that calls a waker while it holds a lock then panics or
//! hangs: the law `wake-in-lock`. Any panic of a nested poll counts, since nobody can
//! see a lock; so a test whose tasks panic on purpose should not ask for the fault.
//!
//! A suite whose thing under test several threads may poll has one task polled inside the poll
//! of another as well, where its inner future says so ([`poll_another`]): no waker is called
//! there, and a panic is just a panic.
//!
//! What keeps it sound:
//!
//! - It happens only inside a poll of the executor's, when the user's code has called
//!   a waker: there no table of the world is entered and no reference into the task
//!   that is polled next is held. Wakers that the executor itself calls, at timers or
//!   for those who join, do not re-enter.
//! - One level deep, never while a panic unwinds, and never a task that is being
//!   polled, is over, or was told to go next by a scheduling point.
//! - The vtable touches nothing after a nested poll: it may have freed what the
//!   waker belonged to. So a wake by value drops its clone first.
//! - What unwinds out of the nested poll ends in it.

use crate::choice::Kind;
use crate::ledger::flag::*;
use crate::strand::{Runnable, Strand, Touch};
use crate::task::TaskRef;
use crate::trace::TaskId;
use crate::world::{self, Core};
use std::fmt;
use std::panic::{Location, resume_unwind};

/// A poll inside a call of a waker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Nested {
    /// The task that called the waker.
    pub caller: TaskId,
    /// Where that task was spawned.
    pub caller_spawned_at: &'static Location<'static>,
    /// The task that is polled inside that call.
    pub polled: TaskId,
}

/// Why a task is polled inside the poll of another.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Inner {
    /// A waker was called.
    Waker(Nested),
    /// Another thread would poll it meanwhile.
    Thread,
    /// None is: the clock of a guest is about to move, and no task may see the two apart.
    Never,
}

/// The poll inside a call of a waker that is going on on the calling thread.
///
/// For those who must tell of a run that will not end.
#[must_use]
pub fn current_nested() -> Option<Nested> {
    world::current()?.inside_a_waker()
}

/// Polls a task that is due within the poll that goes on, as another thread would meanwhile.
///
/// For a suite whose thing under test is to bear that. Whether there was one.
#[doc(hidden)]
pub fn poll_another() -> bool {
    world::current().is_some_and(|core| core.is_met_by_another())
}

/// Does something in which no waker runs a task at once, whatever the faults are.
///
/// For a suite's own wakes, where what is under test is not concerned.
#[doc(hidden)]
pub fn quietly<R>(f: impl FnOnce() -> R) -> R {
    match world::current() {
        Some(core) => core.without_reentry(f),
        None => f(),
    }
}

/// What a task panics with when the fault `panicking-clone` strikes it.
///
/// A task that ends by it counts as one that was cancelled; its join error is a panic
/// with this payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PanickedClone(());

impl PanickedClone {
    pub(crate) const MESSAGE: &'static str = "a fault made the clone of a waker panic";
}

impl fmt::Display for PanickedClone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(PanickedClone::MESSAGE)
    }
}

impl std::error::Error for PanickedClone {}

impl Core {
    /// Whether a call of a waker may do more than it should in this run.
    #[inline(always)]
    pub(crate) fn wakers_misbehave(&self) -> bool {
        self.faults.get().are_of_wakers()
    }

    /// A waker is about to be cloned.
    #[cold]
    pub(crate) fn maybe_panic_in_clone(&self) {
        let strikes = self.faults.get().has(Kind::PanickingClone)
            && self.is_polling()
            && self.choose(Kind::PanickingClone, 2) == 1;
        if strikes {
            // Past the hook: nobody needs to hear of it.
            resume_unwind(Box::new(PanickedClone(())));
        }
    }

    /// A waker of this task was called.
    #[cold]
    pub(crate) fn maybe_run_in_wake(&self, woken: TaskId) {
        if self.may_reenter()
            && let Some(task) = self.find_task(woken)
            && self.can_run_inside(task)
            && self.choose(Kind::ReentrantWaker, 2) == 1
        {
            self.run_inside(task, Inner::Waker);
        }
    }

    /// A waker was cloned.
    #[cold]
    pub(crate) fn maybe_run_in_clone(&self) {
        if self.may_reenter() {
            self.maybe_run_one_of(&self.due_tasks());
        }
    }

    /// A waker was dropped.
    #[cold]
    pub(crate) fn maybe_run_in_drop(&self) {
        if self.may_reenter() {
            let due = self.due_tasks();
            match due.iter().find(|task| task.ledger().has(ABORTED)) {
                Some(aborted) => self.maybe_run_one_of(&[*aborted]),
                None => self.maybe_run_one_of(&due),
            }
        }
    }

    fn is_polling(&self) -> bool {
        self.pulse.is_polling() && self.running.get().is_some() && !std::thread::panicking()
    }

    /// Does something in which no task may be polled by a waker.
    pub(crate) fn without_reentry<R>(&self, f: impl FnOnce() -> R) -> R {
        let nested = self.nested.get();
        if nested.is_none() {
            self.nested.set(Some(Inner::Never));
        }
        let result = f();
        self.nested.set(nested);
        result
    }

    fn may_reenter(&self) -> bool {
        self.faults.get().has(Kind::ReentrantWaker)
            && self.nested.get().is_none()
            && !self.verdict.is_set()
            && self.is_polling()
    }

    fn can_run_inside(&self, task: TaskRef) -> bool {
        #[cfg(feature = "threads")]
        if self.is_carried() {
            // It has a thread of its own, on which it meets the others at every operation.
            return false;
        }
        // Not one that nobody asked for: if it panics it is for that reason.
        let flags = task.ledger().flags.get() & (WOKEN | SPURIOUS | RUNNING | OVER);
        flags == WOKEN && self.next.get() != Some(task)
    }

    fn due_tasks(&self) -> Vec<TaskRef> {
        let queue: Vec<TaskRef> = self.ready.with(|ready| ready.iter().collect());
        queue.into_iter().filter(|task| self.can_run_inside(*task)).collect()
    }

    fn maybe_run_one_of(&self, tasks: &[TaskRef]) {
        if tasks.is_empty() || self.choose(Kind::ReentrantWaker, 2) == 0 {
            return;
        }
        let strands: Vec<&Strand> = tasks.iter().map(|task| task.strand()).collect();
        let option = self.choose_strand(&Runnable::of(&strands));
        self.run_inside(tasks[option as usize], Inner::Waker);
    }

    fn is_met_by_another(&self) -> bool {
        if self.nested.get().is_some() || self.verdict.is_set() || !self.is_polling() {
            return false;
        }
        let due = self.due_tasks();
        if due.is_empty() {
            return false;
        }
        let strands: Vec<&Strand> = due.iter().map(|task| task.strand()).collect();
        let option = self.choose_strand(&Runnable::of(&strands));
        self.run_inside(due[option as usize], |_| Inner::Thread);
        true
    }

    /// The poll inside a call of a waker that goes on.
    pub(crate) fn inside_a_waker(&self) -> Option<Nested> {
        match self.nested.get()? {
            Inner::Waker(nested) => Some(nested),
            Inner::Thread | Inner::Never => None,
        }
    }

    /// Polls `task` inside the poll that is going on.
    fn run_inside(&self, task: TaskRef, why: fn(Nested) -> Inner) {
        let Some(caller) = self.running.get() else { return };
        self.take_from_queue(task);
        let _inside = Inside { core: self, caller, work: self.work.get() };
        self.nested.set(Some(why(Nested {
            caller: caller.id(),
            caller_spawned_at: caller.record().spawned_at,
            polled: task.id(),
        })));
        // The step beats once more before and after its poll.
        self.pulse.beat();
        task.strand().take_turn();
        self.tell_sampler(|sampler| sampler.turn(task.strand()));
        task.strand().set_next(Touch::Anything);
        self.step(task);
    }
}

/// Goes back to the poll around a nested one.
struct Inside<'a> {
    core: &'a Core,
    caller: TaskRef,
    work: u64,
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        let core = self.core;
        core.nested.set(None);
        core.running.set(Some(self.caller));
        core.work.set(self.work);
        if !core.pulse.is_polling() {
            core.pulse.beat();
        }
    }
}
