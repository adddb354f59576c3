//! Polls on threads of their own: strands that may be left in the middle of a poll.
//!
//! By default a poll runs on the stack of whoever drives the run, to its end. Where a
//! [`Carrier`] gives each strand a thread, a step ends where the strand comes to a scheduling
//! point and the sampler has another one go first, or where it is blocked. The loop of the run is the same:
//! a strand that was left stands in the queue among those that are due, and its turn goes on
//! with its poll.
//!
//! ```text
//!             the loop of the run                      the strand's thread
//!   begin(strand, poll)  ------------------------->    poll.perform()
//!                                                        an atomic operation: goes_at(..)?
//!   Back::Preempted      <-------------------------      yes, and not to one that was left
//!   go_on(strand)        ------------------------->      the operation
//!                                                        a lock that is taken
//!   Back::Blocked        <-------------------------
//!   (somebody: unblock(strand))
//!   go_on(strand)        ------------------------->      it has the lock
//!   Back::Ended          <-------------------------    Pending, or Ready, or a panic
//! ```
//!
//! While a poll is left its task is what it is during any poll: it owes nothing, it cannot be
//! dropped, and a wake has it polled again afterwards. When the run ends, polls that were left
//! go on to their ends, without scheduling points; those that cannot are abandoned where they
//! are, with all that stands on their stacks.

mod calls;
mod homes;
pub mod operation;
mod passing;
pub mod quiet;

pub use calls::{
    Doorbell, Goes, Timer, begin_strand, blocks, choose_load, doorbell, goes_at, is_shielded,
    leave_run, loads_may_be_stale, name_strand, note_join, note_touch, now, path, race, shielded,
    stack, step, unblock, unblock_after,
};

use crate::ledger::flag::*;
use crate::panics;
use crate::private::Private;
use crate::task::TaskRef;
use crate::trace::{PollEnd, TaskId};
use crate::waker;
use crate::world::{self, Core};
use homes::Homes;
use std::cell::Cell;
use std::fmt;
use std::ptr::NonNull;
use std::rc::Rc;
use std::task::Context;

/// Who gives strands their threads.
pub trait Carrier: fmt::Debug {
    /// A run begins.
    fn begin_run(&self);

    /// Performs the poll on the thread of strand `strand`, from its beginning.
    ///
    /// Strands of one `home` are one thread to all that is done in them, though each has a stack
    /// of its own: they never go on within each other's polls.
    fn begin(&self, strand: u32, home: u32, poll: Poll) -> Back;

    /// Goes on on that thread, where it was left.
    fn go_on(&self, strand: u32) -> Back;

    /// Whether a strand can be left for another one without a way round by the loop of the run:
    /// then `begin` and `go_on` tell how the last of those came back.
    fn passes_on(&self) -> bool;

    /// The strands that wait in the midst of their polls for that one: for its end, or for
    /// something that it holds.
    fn waiting_for(&self, strand: u32) -> Vec<u32>;

    /// Wakes at most so many strands that wait for the word there, with one of these bits.
    fn wake_on(&self, address: usize, bits: u32, most: u32);

    /// What the calling strand has done happens before whatever that one does in its next poll.
    fn happens_before(&self, strand: u32);

    /// What those of that home have done happens before whatever the calling one does from now on.
    fn happens_after(&self, home: u32);

    /// The memory is of what a run is made of: whichever strand it is touched from, that is the run's
    /// doing.
    fn own(&self, address: usize, size: usize);

    /// The memory is kept for a task to come: what was done there has nothing to do with that one.
    fn free(&self, address: usize, size: usize);

    /// The strand is over, whether it was ever begun or not; its thread may be used again.
    fn over(&self, strand: u32);

    /// The strand will not go on: its thread is lost.
    fn abandon(&self, strand: u32);
}

/// How the loop of a run came back from a strand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Back {
    /// The poll has ended.
    Ended,
    /// Another strand goes first.
    Preempted,
    /// It gave its turn up: all others that can go before it.
    Yielded,
    /// It waits until [`unblock`] is called for it.
    Blocked,
}

/// A poll that is to be made.
#[derive(Debug)]
pub struct Poll {
    core: *const Core,
    task: TaskRef,
}

impl Poll {
    /// Makes it; for the thread of the strand, and only once.
    pub fn perform(self) {
        // SAFETY: the loop of the run made it and waits for its end.
        let core = unsafe { &*self.core };
        let _inside = world::enter(core);
        let identity = self.task.ledger().current();
        let waker = waker::borrowed(identity, core.recording.get());
        let end = self.task.poll(&mut Context::from_waker(&waker));
        core.carriage.end.set(Some(end));
        core.carriage.notes.with(|notes| *notes = panics::take_notes());
    }
}

/// What is to be known of the beginning of a poll when it ends.
const BEGAN_WITH: [(u32, u32); 2] = [(STALE, WAS_STALE), (SPURIOUS, WAS_SPURIOUS)];

/// Scheduling points, for each step that a run may make before it becomes fair, after which it does
/// so: a strand may go round in circles without ever being left.
const POINTS_A_STEP: u64 = 10;

/// Turns that are given up, since time has moved or a strand has ended, after which time passes
/// though strands are runnable: on a machine it passes while they spin, and what they wait for may
/// be a strand that sleeps.
const SPUN_ENOUGH: u32 = 1_000;

/// How often those that were left have a turn at the end of a run.
const MOST_ROUNDS: usize = 100;

/// What a world knows of its carrier.
#[derive(Debug)]
pub(crate) struct Carriage {
    /// Where the carrier is, which `owned` keeps there.
    carrier: Cell<Option<NonNull<dyn Carrier>>>,
    owned: Private<Option<Rc<dyn Carrier>>>,
    is_carried: Cell<bool>,
    passes_on: Cell<bool>,
    /// Scheduling points that the strands of the run may still come to.
    points_left: Cell<u64>,
    /// Turns that were given up at that time, since a strand has ended.
    spun: Cell<(u64, u32)>,
    pub(crate) homes: Homes,
    /// Who came back last.
    pub(crate) last: Cell<TaskId>,
    /// How the last poll ended.
    end: Cell<Option<PollEnd>>,
    /// What was noted of its panics, on the strand's thread.
    notes: Private<Vec<panics::Note>>,
}

impl Carriage {
    pub(crate) fn new() -> Carriage {
        Carriage {
            carrier: Cell::new(None),
            owned: Private::default(),
            is_carried: Cell::new(false),
            passes_on: Cell::new(false),
            points_left: Cell::new(0),
            spun: Cell::new((0, 0)),
            homes: Homes::default(),
            last: Cell::new(TaskId::ROOT),
            end: Cell::new(None),
            notes: Private::default(),
        }
    }

    /// A run begins.
    pub(crate) fn reset(&self, max_steps: u64) {
        self.points_left.set(max_steps.saturating_mul(POINTS_A_STEP));
        self.spun.set((0, 0));
        self.homes.reset();
    }

    #[inline(always)]
    fn with_carrier<R>(&self, f: impl FnOnce(&dyn Carrier) -> R) -> Option<R> {
        let carrier = self.carrier.get()?;
        // SAFETY: it is there as long as it is set, which changes only while no run goes on.
        Some(f(unsafe { carrier.as_ref() }))
    }
}

impl world::World {
    /// Has `carrier` give the strands of all runs to come their threads.
    pub fn carry_by(&mut self, carrier: Option<Rc<dyn Carrier>>) {
        self.core.carriage.is_carried.set(carrier.is_some());
        let passes_on = carrier.as_ref().is_some_and(|carrier| carrier.passes_on());
        self.core.carriage.passes_on.set(passes_on);
        self.core.carriage.carrier.set(carrier.as_deref().map(NonNull::from));
        self.core.carriage.owned.with(|owned| *owned = carrier);
    }
}

impl Core {
    #[inline(always)]
    pub(crate) fn is_carried(&self) -> bool {
        self.carriage.is_carried.get()
    }

    #[inline]
    fn count_point(&self) {
        let left = self.carriage.points_left.get().wrapping_sub(1);
        self.carriage.points_left.set(left);
        if left == 0 {
            self.steps.set(self.steps.get().max(self.max_steps.get()));
        }
    }

    /// Begins a poll on the strand's own thread; `flags` are those that it begins with.
    pub(crate) fn begin_on_strand(&self, task: TaskRef, flags: u32) {
        for (is, was) in BEGAN_WITH {
            task.ledger().set(if flags & is != 0 { was } else { 0 });
        }
        let poll = Poll { core: self, task };
        let (id, home) = (task.id().0, self.home_of(task.id()).0);
        let back = self.carriage.with_carrier(|carrier| carrier.begin(id, home, poll));
        self.came_back(back.unwrap_or(Back::Ended));
    }

    /// The turn of a task whose poll was left.
    #[cold]
    pub(crate) fn go_on_with(&self, task: TaskRef) {
        self.is_entered_again(task);
        let back = self.carriage.with_carrier(|carrier| carrier.go_on(task.id().0));
        self.came_back(back.unwrap_or(Back::Ended));
    }

    /// A poll that was left goes on.
    #[inline]
    fn is_entered_again(&self, task: TaskRef) {
        let ledger = task.ledger();
        let again = ledger.has(AGAIN);
        ledger.clear(LEFT | AGAIN | BLOCKED | WOKEN);
        self.running.set(Some(task));
        self.work.set(0);
        if again {
            ledger.set(WOKEN);
            self.enqueue(task);
        }
        self.pulse.beat();
    }

    /// Whoever runs came back to the loop.
    fn came_back(&self, back: Back) {
        let Some(task) = self.running.get() else { return };
        self.carriage.last.set(task.id());
        match back {
            Back::Ended => {
                self.carriage.spun.set((0, 0));
                let end = self.carriage.end.take().unwrap_or(PollEnd::Panicked);
                panics::put_notes(self.carriage.notes.with(std::mem::take));
                let ledger = task.ledger();
                let began_with = BEGAN_WITH.iter().filter(|(_, was)| ledger.has(*was));
                let flags = began_with.fold(0, |flags, (is, _)| flags | is);
                ledger.clear(WAS_STALE | WAS_SPURIOUS);
                if ledger.has(AT_HOME) {
                    self.give_home_back(task);
                }
                self.polled(task, flags, end);
            }
            Back::Preempted => self.leave(task, false),
            Back::Yielded => {
                task.strand().wake(Some(task.strand()));
                self.leave(task, false);
                self.note_spin();
            }
            Back::Blocked => self.leave(task, true),
        }
    }

    /// Whoever wakes a task or begins it has done what it did before the task goes on from there.
    #[inline(always)]
    pub(crate) fn happens_before(&self, task: TaskId) {
        if self.is_carried() {
            self.carriage.with_carrier(|carrier| carrier.happens_before(task.0));
        }
    }

    /// Whoever is told that a task is over goes on after all that it did.
    #[inline(always)]
    pub(crate) fn happens_after(&self, task: TaskId) {
        if self.is_carried() {
            let home = self.home_of(task).0;
            self.carriage.with_carrier(|carrier| carrier.happens_after(home));
        }
    }

    /// A run begins whose sampler is lent.
    pub(crate) fn begin_carried_run(&self) {
        if self.is_carried() {
            self.carriage.with_carrier(|carrier| {
                carrier.begin_run();
                carrier.own(self.address(), size_of::<Core>());
            });
        }
    }

    /// A task was born: what of its memory is not its future's belongs to the run.
    #[inline(always)]
    pub(crate) fn owns_part_of(&self, task: TaskRef) {
        if self.is_carried() {
            let part = task.part_of_run();
            self.carriage.with_carrier(|carrier| carrier.own(part.start, part.len()));
        }
    }

    /// The memory of a task is kept for another one.
    #[inline(always)]
    pub(crate) fn memory_is_kept(&self, address: usize, size: usize) {
        if self.is_carried() {
            self.carriage.with_carrier(|carrier| carrier.free(address, size));
        }
    }

    /// A turn was given up. Time goes on after so many, to the next deadline, if there is one.
    fn note_spin(&self) {
        let now = self.now.get();
        let (since, times) = self.carriage.spun.get();
        let times = if since == now { times + 1 } else { 1 };
        self.carriage.spun.set((now, times));
        if times < SPUN_ENOUGH {
            return;
        }
        self.carriage.spun.set((now, 0));
        if let Some(deadline) = self.clock.with(|clock| clock.next_deadline()) {
            self.advance_to.set(self.advance_to.get().max(deadline));
            self.alarm.set(true);
        }
    }

    /// Who waits for a strand in the midst of its poll.
    pub(crate) fn waiting_for(&self, id: TaskId) -> Vec<TaskId> {
        let waiting = self.carriage.with_carrier(|carrier| carrier.waiting_for(id.0));
        let mut waiting: Vec<TaskId> =
            waiting.unwrap_or_default().into_iter().map(TaskId).collect();
        waiting.extend(self.waiting_for_home(id));
        waiting
    }

    /// The strand of a task is over.
    pub(crate) fn give_thread_back(&self, task: TaskRef) {
        if self.is_carried() {
            self.carriage.with_carrier(|carrier| carrier.over(task.id().0));
        }
    }

    /// Puts a task aside whose poll has not ended.
    fn leave(&self, task: TaskRef, is_blocked: bool) {
        let ledger = task.ledger();
        self.has_thread();
        self.pulse.beat();
        self.running.set(None);
        if ledger.has(WOKEN) {
            self.take_from_queue(task);
            ledger.set(AGAIN);
        }
        ledger.set(LEFT | WOKEN);
        if is_blocked {
            ledger.set(BLOCKED);
        } else {
            self.enqueue_at_once(task);
        }
    }

    /// Somebody outside of the run wakes who sleeps on a word.
    pub(crate) fn wake_on(&self, address: usize, bits: u32, most: u32) {
        self.carriage.with_carrier(|carrier| carrier.wake_on(address, bits, most));
    }

    pub(crate) fn unblock(&self, id: TaskId) -> bool {
        let Some(task) = self.find_task(id).filter(|task| task.ledger().has(BLOCKED)) else {
            return false;
        };
        task.ledger().clear(BLOCKED);
        task.strand().wake(self.running.get().map(TaskRef::strand));
        self.enqueue_at_once(task);
        true
    }

    /// Ends the polls that were left, as the run is over: those that go on to their ends do, the
    /// others are abandoned with all that they have.
    pub(crate) fn end_left_polls(&self) {
        if !self.is_carried() {
            return;
        }
        let left = || self.tasks_by_id().into_iter().filter(|task| task.ledger().has(LEFT));
        let mut rounds = 0;
        let mut gets_on = true;
        while gets_on && rounds < MOST_ROUNDS {
            rounds += 1;
            gets_on = false;
            for task in left().filter(|task| !task.ledger().has(BLOCKED)) {
                self.take_from_queue(task);
                task.ledger().clear(LEFT | AGAIN | WOKEN);
                self.running.set(Some(task));
                self.pulse.beat();
                let back = self.carriage.with_carrier(|carrier| carrier.go_on(task.id().0));
                // To be left anew is to get on, too: it may wait for what comes after it.
                gets_on = true;
                self.came_back(back.unwrap_or(Back::Ended));
            }
        }
        left().for_each(|task| self.abandon(task));
    }

    /// Leaves a task as it is for ever: it is never freed.
    fn abandon(&self, task: TaskRef) {
        let ledger = task.ledger();
        if !ledger.has(BLOCKED) {
            self.take_from_queue(task);
        }
        self.carriage.with_carrier(|carrier| carrier.abandon(task.id().0));
        ledger.clear(WOKEN | AGAIN | BLOCKED);
        // What stands on its stack may keep anything, and is not to blame.
        self.forgot.set(true);
        self.unfinished.set(self.unfinished.get() - 1);
    }
}
