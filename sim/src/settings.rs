//! What a run is given beside its sampler.

use crate::fault::Faults;
use crate::law::Levels;
use crate::trace::{Recording, TaskId};
use std::time::Duration;

/// The settings of a run.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settings {
    /// Polls after which the schedule becomes fair and free of faults. A run that
    /// has not ended after as many more is red.
    pub max_steps: u64,
    /// Tasks that may be unfinished at once, the root among them. With more the run is red.
    pub max_tasks: u64,
    /// The level of each law.
    pub levels: Levels,
    /// The faults that a sampler may switch on.
    pub faults: Faults,
    /// How much is recorded.
    pub recording: Recording,
    /// An experiment at the point where the run comes to rest.
    pub probe: Option<Probe>,
    /// How long, in real time, a run at rest waits for wakes from other threads.
    pub patience: Duration,
    /// Whether the run has a tokio runtime, of which its tasks are a part.
    #[cfg(feature = "tokio")]
    pub tokio: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            max_steps: 100_000,
            max_tasks: 50_000,
            levels: Levels::default(),
            faults: Faults::ALL,
            recording: Recording::Tape,
            probe: None,
            patience: Duration::ZERO,
            #[cfg(feature = "tokio")]
            tokio: false,
        }
    }
}

/// An experiment: when the run comes to rest, drop a task and see who is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The task whose future is dropped.
    pub drop: TaskId,
}
