//! The heartbeat of a world: whether a poll is going on, and for how long it has been the same.

use crate::sync::{AtomicU64, Ordering};

/// The heartbeat of a world, for a watchdog on another thread.
#[derive(Debug, Default)]
pub struct Pulse {
    beats: AtomicU64,
}

impl Pulse {
    /// The number of polls begun and ended so far; odd while one is going on.
    #[must_use]
    pub fn beats(&self) -> u64 {
        self.beats.load(Ordering::Relaxed)
    }

    /// Whether a poll is going on.
    #[inline(always)]
    pub(crate) fn is_polling(&self) -> bool {
        self.beats() % 2 == 1
    }

    /// One more; for the thread of the world only, so no locked instruction is needed.
    #[inline(always)]
    pub(crate) fn beat(&self) {
        let beats = self.beats.load(Ordering::Relaxed);
        self.beats.store(beats + 1, Ordering::Relaxed);
    }
}
