//! Who waits for whom: a run is made again, and where it rests one task is dropped.

use crate::ledger::flag::{LOST, OVER};
use crate::task::TaskRef;
use crate::trace::TaskId;
use crate::world::{Core, Phase};

impl Core {
    /// Drops the task where the run has come to rest: whoever is woken thereby waits for it.
    pub(crate) fn probe_by_dropping(&self, id: TaskId) {
        let Some(task) = self.find_task(id).filter(|task| !task.ledger().has(OVER)) else { return };
        #[cfg(feature = "threads")]
        let waiting = if self.is_carried() { self.waiting_for(id) } else { Vec::new() };
        // The ledger alone tells who is woken; no law is judged any more.
        self.phase.set(Phase::Teardown);
        // What is in the midst of a poll cannot be dropped.
        if !task.ledger().has(LOST) {
            self.cancel(task);
        }
        let woken: Vec<TaskId> = self.ready.with(|ready| ready.iter().map(TaskRef::id).collect());
        #[cfg(feature = "threads")]
        let woken = [woken, waiting].concat();
        self.probed.with(|probed| *probed = Some(woken));
    }
}
