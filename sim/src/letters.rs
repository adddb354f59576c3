//! What other threads write to a run, and how it is read, between two steps.

use crate::ledger::last_clone_dropped;
use crate::trace::{TaskId, What};
use crate::waker::Place;
use crate::world::Core;

/// What other threads tell a run.
#[derive(Debug)]
pub(crate) enum Letter {
    Woken {
        identity: Place,
        thread: String,
    },
    Dropped {
        identity: Place,
    },
    HandleDropped {
        task: TaskId,
    },
    Aborted {
        task: TaskId,
    },
    #[cfg(feature = "threads")]
    WokenOn {
        address: usize,
        bits: u32,
        most: u32,
    },
}

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
