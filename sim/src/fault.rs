//! Faults that a run may suffer, switched on and off per run.
//!
//! A fault that is off is never asked for, so it costs nothing and leaves no
//! entry on the tape: an absent lane means "always the default".

use crate::choice::Kind;
use std::fmt;

/// A set of faults.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub struct Faults(u32);

impl Faults {
    /// No fault at all.
    pub const NONE: Faults = Faults(0);
    /// Every fault that a correct future must bear.
    pub const ALL: Faults = Faults::NONE
        .with(Kind::FreshWaker)
        .with(Kind::SpuriousPoll)
        .with(Kind::DelayedWake)
        .with(Kind::LateTimer)
        .with(Kind::Cancellation)
        .with(Kind::SpuriousReadiness)
        .with(Kind::LateEvent)
        .with(Kind::ShortIo)
        .with(Kind::Latency)
        .with(Kind::TornWrite)
        .with(Kind::CancelOutcome);

    /// What wakers do that no waker should.
    const OF_WAKERS: Faults = Faults::NONE.with(Kind::ReentrantWaker).with(Kind::PanickingClone);

    /// This set and `kind`, if `kind` is a fault.
    #[must_use]
    pub const fn with(self, kind: Kind) -> Faults {
        if kind.is_fault() { Faults(self.0 | 1 << kind as u32) } else { self }
    }

    /// This set without `kind`.
    #[must_use]
    pub const fn without(self, kind: Kind) -> Faults {
        Faults(self.0 & !(1 << kind as u32))
    }

    /// The kinds in this set.
    pub fn iter(self) -> impl Iterator<Item = Kind> {
        Kind::ALL.into_iter().filter(move |kind| self.has(*kind))
    }

    /// What is in both.
    #[must_use]
    pub const fn and(self, other: Faults) -> Faults {
        Faults(self.0 & other.0)
    }

    /// Whether `kind` may happen.
    #[must_use]
    #[inline(always)]
    pub const fn has(self, kind: Kind) -> bool {
        self.0 & (1 << kind as u32) != 0
    }

    /// Whether a call of a waker may do more than it should.
    #[inline(always)]
    pub(crate) const fn are_of_wakers(self) -> bool {
        !self.and(Faults::OF_WAKERS).is_empty()
    }

    /// Whether nothing may happen.
    #[must_use]
    #[inline(always)]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
