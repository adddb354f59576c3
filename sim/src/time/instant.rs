//! A moment of virtual time.

use crate::world;
use std::fmt;
use std::ops::{Add, AddAssign, Sub, SubAssign};
use std::sync::OnceLock;
use std::time::Duration;

/// A moment of virtual time, counted in nanoseconds from the start of the run.
///
/// It ends after 584 years; sums that go further stop there, as a deadline that
/// far away is none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// The present moment of the run; its start if called outside a run.
    #[must_use]
    #[inline]
    pub fn now() -> Instant {
        Instant(world::current().map_or(0, |core| core.now.get()))
    }

    /// The moment of virtual time that was made a moment of real time by
    /// [`into_std`](Self::into_std). Any other one, such as the present moment of the
    /// machine, differs from run to run; one before the first of these calls is the start
    /// of the run.
    #[must_use]
    pub fn from_std(std: std::time::Instant) -> Instant {
        let since = std.saturating_duration_since(*origin());
        Instant(u64::try_from(since.as_nanos()).unwrap_or(u64::MAX))
    }

    /// This moment as one of the standard library: their differences are those of virtual
    /// time.
    #[must_use]
    pub fn into_std(self) -> std::time::Instant {
        *origin() + Duration::from_nanos(self.0)
    }

    #[inline]
    pub(crate) fn nanos(self) -> u64 {
        self.0
    }

    /// The time since an earlier moment; zero if it is a later one.
    #[must_use]
    pub fn duration_since(&self, earlier: Instant) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }

    /// The time since an earlier moment; none if it is a later one.
    #[must_use]
    pub fn checked_duration_since(&self, earlier: Instant) -> Option<Duration> {
        self.0.checked_sub(earlier.0).map(Duration::from_nanos)
    }

    /// The time since an earlier moment; zero if it is a later one.
    #[must_use]
    pub fn saturating_duration_since(&self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }

    /// The time from this moment to now.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        Instant::now().duration_since(*self)
    }

    /// This moment and `duration`; none past the end of time.
    #[must_use]
    #[inline]
    pub fn checked_add(&self, duration: Duration) -> Option<Instant> {
        let nanos = duration.as_secs().checked_mul(1_000_000_000)?;
        let nanos = nanos.checked_add(u64::from(duration.subsec_nanos()))?;
        self.0.checked_add(nanos).map(Instant)
    }

    /// This moment less `duration`; none before the start of the run.
    #[must_use]
    pub fn checked_sub(&self, duration: Duration) -> Option<Instant> {
        let nanos = u64::try_from(duration.as_nanos()).ok()?;
        self.0.checked_sub(nanos).map(Instant)
    }

    #[inline]
    pub(crate) fn saturating_add(self, duration: Duration) -> Instant {
        self.checked_add(duration).unwrap_or(Instant(u64::MAX))
    }
}

/// What stands for the start of every run.
fn origin() -> &'static std::time::Instant {
    static ORIGIN: OnceLock<std::time::Instant> = OnceLock::new();
    ORIGIN.get_or_init(std::time::Instant::now)
}

impl From<std::time::Instant> for Instant {
    fn from(std: std::time::Instant) -> Instant {
        Instant::from_std(std)
    }
}

impl From<Instant> for std::time::Instant {
    fn from(instant: Instant) -> std::time::Instant {
        instant.into_std()
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;
    #[inline]
    fn add(self, duration: Duration) -> Instant {
        self.saturating_add(duration)
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        *self = *self + duration;
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;
    /// Stops at the start of the run.
    fn sub(self, duration: Duration) -> Instant {
        self.checked_sub(duration).unwrap_or(Instant(0))
    }
}

impl SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, duration: Duration) {
        *self = *self - duration;
    }
}

impl Sub<Instant> for Instant {
    type Output = Duration;
    fn sub(self, earlier: Instant) -> Duration {
        self.duration_since(earlier)
    }
}

impl fmt::Debug for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Instant(start + {:?})", Duration::from_nanos(self.0))
    }
}
