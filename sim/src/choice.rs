//! One draw of a run: what is decided, among how many options, which was taken.
//!
//! Option 0 is always the default: the world as it would run if nobody
//! interfered. So a choice that is not 0 is a *deviation*, and a run is told by
//! its deviations alone.

use std::fmt;

/// What a choice decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
#[non_exhaustive]
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
    /// Whether a wake takes effect only after time has moved on. Default: no.
    DelayedWake,
    /// Whether a timer that is due fires later. Default: no.
    LateTimer,
    /// Whether a future under `cancellable` is dropped. Default: no.
    Cancellation,
    /// Whether a future that is to be cancelled is forgotten instead. Default: no.
    ForgottenFuture,
    /// Whether a call of a waker runs the woken task at once. Default: no.
    ReentrantWaker,
    /// Whether the clone of a waker panics. Default: no.
    PanickingClone,
    /// What the arguments of the test are made of. Default: 0.
    Argument,
    /// Whether a source that is not ready is said to be. Default: no.
    SpuriousReadiness,
    /// Whether an event that is due is delivered later. Default: no.
    LateEvent,
    /// How much less a read or a write transfers than it could. Default: nothing.
    ShortIo,
    /// Whether an operation is interrupted before it has done anything. Default: no.
    Interrupted,
    /// How long what was sent is under way, between the bounds of its link. Default: the
    /// shortest time.
    Latency,
    /// Whether a datagram is lost. Default: no.
    Loss,
    /// Whether a datagram arrives twice. Default: no.
    Duplication,
    /// Whether a datagram is overtaken by later ones. Default: no.
    Reordering,
    /// Whether a connection is reset. Default: no.
    Reset,
    /// Whether a connection is refused. Default: no.
    Refused,
    /// Whether a write finds the disk full. Default: no.
    DiskFull,
    /// How much of what was not synced survives a crash. Default: all of it.
    TornWrite,
    /// Which way an operation ends that is being cancelled. Default: cancelled.
    CancelOutcome,
    /// How much older the value of an atomic is that a thread loads, where its order and those
    /// of the stores permit that. Default: it is the newest.
    StaleLoad,
}

impl Kind {
    /// All kinds, in the order of their lanes on a tape.
    pub const ALL: [Kind; 27] = [
        Kind::Schedule,
        Kind::Timer,
        Kind::FreshWaker,
        Kind::SpuriousPoll,
        Kind::Input,
        Kind::Entropy,
        Kind::DelayedWake,
        Kind::LateTimer,
        Kind::Cancellation,
        Kind::ForgottenFuture,
        Kind::ReentrantWaker,
        Kind::PanickingClone,
        Kind::Argument,
        Kind::SpuriousReadiness,
        Kind::LateEvent,
        Kind::ShortIo,
        Kind::Interrupted,
        Kind::Latency,
        Kind::Loss,
        Kind::Duplication,
        Kind::Reordering,
        Kind::Reset,
        Kind::Refused,
        Kind::DiskFull,
        Kind::TornWrite,
        Kind::CancelOutcome,
        Kind::StaleLoad,
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
            Kind::DelayedWake => "delayed-wake",
            Kind::LateTimer => "late-timer",
            Kind::Cancellation => "cancellation",
            Kind::ForgottenFuture => "forgotten-future",
            Kind::ReentrantWaker => "reentrant-waker",
            Kind::PanickingClone => "panicking-clone",
            Kind::Argument => "argument",
            Kind::SpuriousReadiness => "spurious-readiness",
            Kind::LateEvent => "late-event",
            Kind::ShortIo => "short-io",
            Kind::Interrupted => "interrupted",
            Kind::Latency => "latency",
            Kind::Loss => "loss",
            Kind::Duplication => "duplication",
            Kind::Reordering => "reordering",
            Kind::Reset => "reset",
            Kind::Refused => "refused",
            Kind::DiskFull => "disk-full",
            Kind::TornWrite => "torn-write",
            Kind::CancelOutcome => "cancel-outcome",
            Kind::StaleLoad => "stale-load",
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
        self.is_of_io()
            || matches!(
                self,
                Kind::FreshWaker
                    | Kind::SpuriousPoll
                    | Kind::DelayedWake
                    | Kind::LateTimer
                    | Kind::Cancellation
                    | Kind::ForgottenFuture
                    | Kind::ReentrantWaker
                    | Kind::PanickingClone
                    | Kind::StaleLoad
            )
    }

    /// Whether this is a fault of the reactor and of what stands on it: sockets, files,
    /// completions.
    #[must_use]
    pub const fn is_of_io(self) -> bool {
        self as u8 >= Kind::SpuriousReadiness as u8 && self as u8 <= Kind::CancelOutcome as u8
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
