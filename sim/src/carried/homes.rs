//! Homes: which strands live on the same thread.
//!
//! A task that need not be `Send` stays on the thread of whoever spawned it. Where a
//! [carrier](super::Carrier) gives strands threads, it has one for its stack all the same; so that
//! nobody sees a difference, those of one home exclude each other. While the poll of one is left
//! in its middle, the thread is busy: whoever else of the home is due stands *aside*, in the order of the wakes, and
//! comes into the queue when that poll ends.
//!
//! ```text
//! spawn, a thread that begins        a home of its own
//! spawn_local, spawn_daemon          that of whoever spawned it
//!
//! the first point, or wait, in a poll   the home is taken: who is due and lives there goes aside
//! the poll goes on, ends, is lost       ... and comes back when it has ended
//! ```
//!
//! A home is taken no earlier than at the first scheduling point of a poll, because a poll without
//! one is a step of its own: nobody can tell who was aside meanwhile. Who lives alone never takes
//! anything.

use crate::ledger::flag::*;
use crate::private::Private;
use crate::task::TaskRef;
use crate::trace::TaskId;
use crate::world::{Core, Phase};
use std::cell::Cell;

/// The homes of a run.
#[derive(Debug, Default)]
pub(crate) struct Homes {
    /// Whether anybody shares one.
    pub(crate) are_shared: Cell<bool>,
    /// By the numbers of tasks: the first one that lived there. Who lives alone may be missing.
    of: Private<Vec<u32>>,
    /// Those where a poll goes on that may be left, or was.
    taken: Private<Vec<Taken>>,
}

#[derive(Debug)]
struct Taken {
    home: u32,
    by: TaskId,
    /// Who is due, in the order of the wakes.
    aside: Vec<TaskRef>,
}

impl Homes {
    /// A run begins.
    pub(crate) fn reset(&self) {
        if self.are_shared.replace(false) {
            self.of.with(Vec::clear);
            self.taken.with(Vec::clear);
        }
    }

    fn of(&self, task: TaskId) -> TaskId {
        if !self.are_shared.get() {
            return task;
        }
        TaskId(self.of.with(|of| of.get(task.0 as usize).copied()).unwrap_or(task.0))
    }

    /// Calls `f` with the home of a task, if a poll has taken it.
    fn with_taken<R>(&self, task: TaskRef, f: impl FnOnce(&mut Taken) -> R) -> Option<R> {
        let home = self.of(task.id()).0;
        self.taken.with(|taken| taken.iter_mut().find(|taken| taken.home == home).map(f))
    }
}

impl Core {
    /// A task was born, to share the thread of who spawned it or not.
    pub(crate) fn move_in(&self, task: TaskRef, parent: Option<TaskRef>) {
        let Some(parent) = parent.filter(|_| task.ledger().has(SHARES)) else {
            return task.ledger().clear(SHARES);
        };
        parent.ledger().set(SHARES);
        let (homes, own) = (&self.carriage.homes, task.id().0);
        homes.are_shared.set(true);
        let home = homes.of(parent.id());
        homes.of.with(|of| {
            of.extend(of.len() as u32..own);
            of.push(home.0);
        });
    }

    /// Nobody else of its home has a turn until the poll of the running task has ended.
    #[inline(always)]
    pub(super) fn has_thread(&self) {
        if self.carriage.homes.are_shared.get()
            && let Some(task) = self.running.get()
            && task.ledger().flags.get() & (SHARES | AT_HOME) == SHARES
        {
            self.take_home(task);
        }
    }

    /// The thread of a task is busy from now on, until its poll has ended.
    #[cold]
    pub(crate) fn take_home(&self, task: TaskRef) {
        let homes = &self.carriage.homes;
        if self.phase.get() == Phase::Teardown {
            return;
        }
        debug_assert_eq!(homes.with_taken(task, |taken| taken.by), None, "it is taken");
        task.ledger().set(AT_HOME);
        let home = homes.of(task.id());
        let lives_here =
            |other: &TaskRef| other.ledger().has(SHARES) && homes.of(other.id()) == home;
        let aside: Vec<TaskRef> =
            self.ready.with(|ready| ready.iter().filter(lives_here).collect());
        for due in &aside {
            self.take_from_queue(*due);
            due.ledger().set(ASIDE);
        }
        // A point may have chosen one of them to go next.
        self.next.set(self.next.get().filter(|next| !next.ledger().has(ASIDE)));
        homes.taken.with(|taken| taken.push(Taken { home: home.0, by: task.id(), aside }));
    }

    /// The poll of a task has ended, or never will: who stands aside for it is due.
    #[cold]
    pub(crate) fn give_home_back(&self, task: TaskRef) {
        task.ledger().clear(AT_HOME);
        let id = task.id();
        let taken = self.carriage.homes.taken.with(|taken| {
            let at = taken.iter().position(|taken| taken.by == id)?;
            Some(taken.swap_remove(at))
        });
        for due in taken.into_iter().flat_map(|taken| taken.aside) {
            due.ledger().clear(ASIDE);
            self.enqueue_at_once(due);
        }
    }

    /// Puts a task that is due behind those who stand aside, if its home is taken; answers
    /// whether it is.
    #[cold]
    pub(crate) fn puts_aside(&self, task: TaskRef) -> bool {
        let is_aside = self.phase.get() != Phase::Teardown
            && self.carriage.homes.with_taken(task, |taken| taken.aside.push(task)).is_some();
        if is_aside {
            task.ledger().set(ASIDE);
        }
        is_aside
    }

    /// On whose thread a task lives: by the first one that did.
    pub(crate) fn home_of(&self, task: TaskId) -> TaskId {
        self.carriage.homes.of(task)
    }

    /// Takes out a task that stands aside.
    #[cold]
    pub(crate) fn call_in(&self, task: TaskRef) {
        task.ledger().clear(ASIDE);
        self.carriage.homes.with_taken(task, |taken| taken.aside.retain(|other| *other != task));
    }

    /// Who stands aside until the poll of a task has ended.
    pub(crate) fn waiting_for_home(&self, id: TaskId) -> Vec<TaskId> {
        self.carriage.homes.taken.with(|taken| {
            let by_it = taken.iter().filter(|taken| taken.by == id);
            by_it.flat_map(|taken| &taken.aside).map(|task| task.id()).collect()
        })
    }
}
