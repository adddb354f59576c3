//! A test that knows better who may wait: it says of a task at rest that it could go on.
//!
//! The ledger sees who can be woken, not what for. A suite that compares with a model knows
//! whether a task that waits has a reason to; one that has none was forgotten, and that is
//! `stuck` though others may still do something. What the ledger itself holds against the
//! task goes first, because it names the line. And what a suite has polled by others knows of
//! laws that are broken inside of them.

use crate::finding::Detail;
use crate::law::Law;
use crate::trace::{Owner, TaskId};
use crate::world::{self, Core};

/// Ends the run: `task` waits, could go on as `how` says, and nobody wakes it. Outside a
/// run it does nothing.
#[doc(hidden)]
pub fn forgotten(task: TaskId, how: String) {
    if let Some(core) = world::current() {
        core.find_forgotten(task, how);
    }
}

/// Ends the poll that is going on, and the run: it breaks `law`, as `how` says. Returns if that
/// law is allowed. Outside a run it does nothing.
#[doc(hidden)]
pub fn broken(law: Law, how: String) {
    if let Some(core) = world::current() {
        core.stop_poll(law, Detail::Forgotten(how));
    }
}

impl Core {
    fn find_forgotten(&self, task: TaskId, how: String) {
        let owner = Owner::Task(task);
        let debts = self.standing_debts();
        match debts.iter().find(|debt| debt.ledger().owner() == owner) {
            Some(debt) => self.find(debt.law, owner, Vec::new(), Detail::None),
            None => self.find(Law::Stuck, owner, vec![task], Detail::Forgotten(how)),
        }
        self.alarm.set(true);
    }
}
