//! The law `buffer-in-flight`: memory that is the kernel's is touched.

use crate::finding::Detail;
use crate::law::Law;
use crate::task::TaskRef;
use crate::trace::{Owner, TaskId, What};
use crate::world::{self, Core, Phase};
use std::fmt;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, Ordering};

/// What was done to memory in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misuse {
    /// Its owner dropped it.
    Dropped,
    /// It was given back to the allocator.
    Freed,
    /// It was given back to the allocator because its contents moved.
    Moved,
    /// Somebody wrote to it.
    Written,
    /// Somebody had written to it by the time of the completion.
    Changed,
    /// It was handed over again.
    SubmittedAgain,
}

impl Misuse {
    /// The verb, as in "the memory is ..".
    #[must_use]
    pub const fn verb(self) -> &'static str {
        match self {
            Misuse::Dropped => "dropped",
            Misuse::Freed => "freed",
            Misuse::Moved => "moved and freed",
            Misuse::Written => "written",
            Misuse::Changed => "found changed",
            Misuse::SubmittedAgain => "submitted again",
        }
    }
}

impl fmt::Display for Misuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.verb())
    }
}

/// An operation whose memory was touched while it was in flight.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Misused {
    /// The number of the operation in the run.
    pub operation: u32,
    /// What it does: `read` or `write`.
    pub verb: &'static str,
    /// What it is on.
    pub device: String,
    /// Where it was submitted.
    pub submitted_at: &'static Location<'static>,
    /// The step in which it was submitted.
    pub submitted_in: u64,
    /// What was done.
    pub how: Misuse,
    /// Where, if it was a call that knows it.
    pub at: Option<&'static Location<'static>>,
}

/// Names an operation, and says where it comes from.
#[derive(Debug)]
pub(super) struct Ticket {
    pub(super) number: u32,
    pub(super) source: u32,
    pub(super) verb: &'static str,
    pub(super) device: String,
    pub(super) at: &'static Location<'static>,
    pub(super) step: u64,
    pub(super) task: TaskId,
    pub(super) outlet: usize,
    pub(super) run: u64,
    /// One report is enough.
    pub(super) told: AtomicBool,
}

impl Ticket {
    fn world(&self) -> Option<&'static Core> {
        world::current().filter(|core| core.is_run(self.outlet, self.run))
    }

    /// The memory of this operation was touched. Nothing is said of what happens when
    /// the run is over: its kernel is gone.
    pub(super) fn misused(&self, how: Misuse, at: Option<&'static Location<'static>>) {
        let Some(core) = self.world() else { return };
        let goes_on = matches!(core.phase.get(), Phase::Free | Phase::FairTail);
        if !goes_on || self.told.swap(true, Ordering::Relaxed) {
            return;
        }
        core.record(|| What::Misused { operation: self.number, how });
        let owner = core.running.get().map_or(self.task, TaskRef::id);
        let misused = Misused {
            operation: self.number,
            verb: self.verb,
            device: self.device.clone(),
            submitted_at: self.at,
            submitted_in: self.step,
            how,
            at,
        };
        let detail = Detail::Misused(Box::new(misused));
        core.find(Law::BufferInFlight, Owner::Task(owner), Vec::new(), detail);
    }

    pub(super) fn is_told(&self) -> bool {
        self.told.load(Ordering::Relaxed)
    }
}
