//! A count that its home thread changes without atomic operations.
//!
//! Nearly every clone and drop of a waker happens on the thread of the run, and
//! a locked instruction there costs as much as the rest of the bookkeeping. So
//! the home thread keeps a plain number and all other threads share an atomic
//! one; the truth is their sum. This is the counting half of biased reference
//! counting (Choi, Shull, Torrellas: "Biased Reference Counting", PACT 2018);
//! the other half, handing ownership over, happens once: at the end of a run the
//! home number is merged into the shared one, and whoever then takes the last
//! one away is told so.

use crate::sync::{AtomicI32, Ordering};
use std::cell::Cell;

/// Marks a shared number that includes what was counted at home.
const HANDED_OVER: i32 = 1 << 30;

#[derive(Debug)]
pub(crate) struct BiasedCount {
    /// Touched by the home thread only, and by nobody after the run.
    home: Cell<i32>,
    /// May be negative: a clone made at home may be dropped elsewhere.
    away: AtomicI32,
}

impl BiasedCount {
    pub(crate) fn new(home: i32) -> Self {
        BiasedCount { home: Cell::new(home), away: AtomicI32::new(0) }
    }

    /// Home thread only.
    #[inline(always)]
    pub(crate) fn increment(&self) {
        self.home.set(self.home.get() + 1);
    }

    /// Home thread only; answers whether the sum is now zero.
    #[inline(always)]
    pub(crate) fn decrement(&self) -> bool {
        self.home.set(self.home.get() - 1);
        self.is_zero()
    }

    /// Any thread.
    pub(crate) fn increment_away(&self) {
        self.away.fetch_add(1, Ordering::Relaxed);
    }

    /// Any thread. What this thread did before is visible to the home thread
    /// once it sees the sum at zero. Answers whether this was the last one of a
    /// count that was [handed over](Self::hand_over).
    pub(crate) fn decrement_away(&self) -> bool {
        self.away.fetch_sub(1, Ordering::AcqRel) == HANDED_OVER + 1
    }

    /// Home thread only, and its last call: from now on every thread counts as
    /// away. Answers whether the sum was zero, so that nobody will take the last
    /// one away.
    pub(crate) fn hand_over(&self) -> bool {
        let home = self.home.replace(0);
        self.away.fetch_add(home + HANDED_OVER, Ordering::AcqRel) + home == 0
    }

    /// Home thread only: the clones alive on all threads.
    #[inline(always)]
    pub(crate) fn sum(&self) -> i32 {
        self.home.get() + self.away.load(Ordering::Acquire)
    }

    #[inline(always)]
    pub(crate) fn is_zero(&self) -> bool {
        self.sum() == 0
    }

    /// Home thread only, with no clone alive.
    pub(crate) fn reset(&self) {
        self.home.set(0);
        self.away.store(0, Ordering::Relaxed);
    }
}
