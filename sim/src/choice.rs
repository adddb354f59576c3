//! One draw of a run: what is decided, among how many options, which was taken.
//!
//! Option 0 is always the default: the world as it would run if nobody
//! interfered. So a choice that is not 0 is a *deviation*, and a run is told by
//! its deviations alone.

use std::fmt;

/// What a choice decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Kind {
    /// Which runnable strand goes next. Default: the one that ran last if it did
    /// not yield, else the one woken earliest.
    Schedule,
    /// Which of several timers with the same deadline fires first. Default: the
    /// one set earliest.
    Timer,
    /// Whether a poll hands out a waker of a new identity. Default: no.
    FreshWaker,
    /// Whether a task that nobody woke is polled all the same. Default: no.
    SpuriousPoll,
    /// A value drawn by the test itself with [`draw`](crate::draw). Default: 0.
    Input,
    /// What entropy from outside the run is made of, where that can be decided.
    /// Default: 0.
    Entropy,
}

impl Kind {
    /// All kinds, in the order of their lanes on a tape.
    pub const ALL: [Kind; 6] = [
        Kind::Schedule,
        Kind::Timer,
        Kind::FreshWaker,
        Kind::SpuriousPoll,
        Kind::Input,
        Kind::Entropy,
    ];

    /// The stable name, as written on tapes.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Schedule => "schedule",
            Kind::Timer => "timer",
            Kind::FreshWaker => "fresh-waker",
            Kind::SpuriousPoll => "spurious-poll",
            Kind::Input => "input",
            Kind::Entropy => "entropy",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether this is a fault: something that goes wrong only because a sampler wants it to.
    #[must_use]
    pub const fn is_fault(self) -> bool {
        matches!(self, Kind::FreshWaker | Kind::SpuriousPoll)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
