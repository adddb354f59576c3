//! Ticks at a fixed period.

use super::{Instant, Sleep, sleep_until};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

/// Ticks now, and every `period` from now on.
///
/// # Panics
///
/// If `period` is zero, as tokio's does.
///
/// ```
/// # use reveille_sim as reveille;
/// # use std::time::Duration;
/// # reveille::doc(|| async {
/// let mut ticks = reveille::time::interval(Duration::from_secs(1));
/// let first = ticks.tick().await;
/// assert_eq!(ticks.tick().await - first, Duration::from_secs(1));
/// # });
/// ```
#[must_use = "an interval does nothing until `tick` is awaited"]
#[track_caller]
pub fn interval(period: Duration) -> Interval {
    interval_at(Instant::now(), period)
}

/// Ticks at `start`, and every `period` from then on.
///
/// # Panics
///
/// If `period` is zero, as tokio's does.
#[must_use = "an interval does nothing until `tick` is awaited"]
#[track_caller]
pub fn interval_at(start: Instant, period: Duration) -> Interval {
    assert!(!period.is_zero(), "`period` must be non-zero");
    Interval { sleep: sleep_until(start), period, missed: MissedTickBehavior::default() }
}

/// What an [`Interval`] does when a tick is asked for too late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissedTickBehavior {
    /// Ticks as fast as it can until it has caught up.
    #[default]
    Burst,
    /// Ticks at once, and every period from then on.
    Delay,
    /// Ticks at once, and then at the next multiple of the period from the start.
    Skip,
}

/// Ticks at a fixed period; see [`interval`].
#[derive(Debug)]
pub struct Interval {
    sleep: Sleep,
    period: Duration,
    missed: MissedTickBehavior,
}

impl Interval {
    /// Waits for the next tick and gives the moment for which it was meant.
    pub async fn tick(&mut self) -> Instant {
        poll_fn(|cx| self.poll_tick(cx)).await
    }

    /// The same as a poll.
    pub fn poll_tick(&mut self, cx: &mut Context<'_>) -> Poll<Instant> {
        ready!(Pin::new(&mut self.sleep).poll(cx));
        let due = self.sleep.deadline();
        let next = self.next(due, Instant::now());
        self.sleep = sleep_until(next);
        Poll::Ready(due)
    }

    fn next(&self, due: Instant, now: Instant) -> Instant {
        // Less than five milliseconds late is not missed, as with tokio.
        if now <= due + Duration::from_millis(5) {
            return due + self.period;
        }
        match self.missed {
            MissedTickBehavior::Burst => due + self.period,
            MissedTickBehavior::Delay => now + self.period,
            MissedTickBehavior::Skip => {
                let late = (now - due).as_nanos() % self.period.as_nanos();
                let late = Duration::from_nanos(u64::try_from(late).unwrap_or(u64::MAX));
                now + self.period - late
            }
        }
    }

    /// Ticks next after one period from now.
    pub fn reset(&mut self) {
        self.reset_at(Instant::now() + self.period);
    }

    /// Ticks next at once.
    pub fn reset_immediately(&mut self) {
        self.reset_at(Instant::now());
    }

    /// Ticks next after `duration`.
    pub fn reset_after(&mut self, duration: Duration) {
        self.reset_at(Instant::now() + duration);
    }

    /// Ticks next at `deadline`.
    pub fn reset_at(&mut self, deadline: Instant) {
        Pin::new(&mut self.sleep).reset(deadline);
    }

    /// What is done about missed ticks.
    #[must_use]
    pub fn missed_tick_behavior(&self) -> MissedTickBehavior {
        self.missed
    }

    /// Sets what is done about missed ticks.
    pub fn set_missed_tick_behavior(&mut self, behavior: MissedTickBehavior) {
        self.missed = behavior;
    }

    /// The time between two ticks.
    #[must_use]
    pub fn period(&self) -> Duration {
        self.period
    }
}
