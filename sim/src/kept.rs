//! Wakers that are kept when their task is gone: a test that knows better says when nobody
//! should have one.
//!
//! At the end of a run all wakers should be gone. A suite can demand more: what a task has left
//! in a thing that lives on is nobody's any more when the task has dropped its part of it.

use crate::finding::Detail;
use crate::law::Law;
use crate::trace::{Owner, TaskId};
use crate::world::{self, Core};

/// Nobody should have a waker of `task` any more, if it is over: the law `waker-leak`.
/// Outside a run it does nothing.
#[doc(hidden)]
pub fn keeps_wakers(task: TaskId) {
    if let Some(core) = world::current() {
        core.find_kept(Owner::Task(task));
    }
}

impl Core {
    fn find_kept(&self, owner: Owner) {
        // What was forgotten may keep the wakers of anybody, and is not to blame.
        if self.forgot.get() {
            return;
        }
        let clones = self.identities.with(|identities| identities.kept(self.address(), owner));
        if clones > 0 {
            self.find(Law::WakerLeak, owner, Vec::new(), Detail::KeptWakers { clones });
            self.alarm.set(self.verdict.is_set());
        }
    }
}
