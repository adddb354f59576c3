//! What other threads wrote to the run is read here, between two steps.

use crate::ledger::last_clone_dropped;
use crate::trace::What;
use crate::world::{Core, Letter};

impl Core {
    pub(crate) fn read_letters(&self) {
        if !self.mailbox().has_letters() {
            return;
        }
        for letter in self.mailbox().take() {
            match letter {
                Letter::Woken { identity, thread } => {
                    let ledger = identity.arrive(self).and_then(|identity| identity.ledger.get());
                    // SAFETY: a task detaches its identities before its memory goes.
                    if let Some(ledger) = ledger.map(|ledger| unsafe { ledger.as_ref() }) {
                        let owner = ledger.owner();
                        self.record(|| What::WokenFromOutside { owner, thread: (*thread).into() });
                        self.call_out(|| {
                            ledger.wake(self);
                        });
                        self.foreign_threads.with(|threads| {
                            if !threads.contains(&thread) {
                                threads.push(thread);
                            }
                        });
                    }
                }
                Letter::Dropped { identity } => {
                    if let Some(identity) = identity.arrive(self)
                        && identity.clones.is_zero()
                    {
                        self.call_out(|| last_clone_dropped(self, identity));
                    }
                }
                Letter::HandleDropped { task } => {
                    if let Some(task) = self.find_task(task) {
                        self.handle_gone(task);
                    }
                }
                #[cfg(feature = "threads")]
                Letter::WokenOn { address, bits, most } => self.wake_on(address, bits, most),
                Letter::Aborted { task } => {
                    if let Some(task) = self.find_task(task) {
                        self.abort(task);
                    }
                }
            }
        }
    }
}
