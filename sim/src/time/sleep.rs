//! Waiting for a moment.

use super::Instant;
use crate::clock::{Alarm, TimerKey};
use crate::trace::What;
use crate::world::{self, Core};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Waits until `duration` has passed.
///
/// ```
/// # use reveille_sim as reveille;
/// # use std::time::Duration;
/// # reveille::doc(|| async {
/// let start = reveille::time::Instant::now();
/// reveille::time::sleep(Duration::from_secs(3600)).await;
/// assert_eq!(start.elapsed(), Duration::from_secs(3600));
/// # });
/// ```
#[inline]
pub fn sleep(duration: Duration) -> Sleep {
    sleep_until(Instant::now() + duration)
}

/// Waits until `deadline`.
#[inline]
pub fn sleep_until(deadline: Instant) -> Sleep {
    Sleep { deadline, timer: None }
}

/// The future of [`sleep`] and [`sleep_until`].
///
/// Its timer is set by the first poll and taken away when it is dropped. Awaiting
/// it outside a run panics, as tokio's does.
#[must_use = "futures do nothing unless polled"]
pub struct Sleep {
    deadline: Instant,
    timer: Option<TimerKey>,
}

impl Sleep {
    /// When it is over.
    #[must_use]
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether the deadline has passed.
    #[must_use]
    pub fn is_elapsed(&self) -> bool {
        Instant::now() >= self.deadline
    }

    /// Sets another deadline.
    pub fn reset(self: Pin<&mut Self>, deadline: Instant) {
        let this = self.get_mut();
        let alarm = this.cancel();
        this.deadline = deadline;
        if let (Some(alarm), Some(core)) = (alarm, world::current()) {
            this.arm(core, alarm);
        }
    }

    /// Its timer is looked at soon, whatever comes.
    #[inline]
    pub(super) fn fetch(&self) {
        if let (Some(timer), Some(core)) = (self.timer, world::current()) {
            core.clock.with(|clock| clock.fetch(timer));
        }
    }

    #[inline]
    fn arm(&mut self, core: &Core, alarm: Alarm) {
        let deadline = self.deadline.nanos().max(core.now.get());
        core.record(|| What::TimerSet { deadline });
        let step = core.steps.get();
        self.timer = Some(core.clock.with(|clock| clock.set(deadline, alarm, step)));
    }

    /// Gives the timer that was set the waker of this poll.
    #[inline(never)]
    fn poll_again(&mut self, core: &Core, key: TimerKey, waker: &Waker) {
        // Taken out, so that no waker is cloned or dropped in here.
        match core.clock.with(|clock| clock.take_waker(key)) {
            Some(mut taken) => {
                taken.clone_from(waker);
                drop(core.clock.with(|clock| clock.put_waker(key, taken)));
            }
            None => self.arm(core, Alarm::Wake(waker.clone())),
        }
    }

    #[inline(never)]
    fn disarm(&mut self) {
        self.cancel();
    }

    #[inline(always)]
    fn cancel(&mut self) -> Option<Alarm> {
        let key = self.timer.take()?;
        let core = world::current()?;
        let alarm = core.clock.with(|clock| clock.cancel(key))?;
        core.record(|| What::TimerDropped { deadline: self.deadline.nanos() });
        Some(alarm)
    }
}

impl Future for Sleep {
    type Output = ();

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let core = world::expect_current("sleep");
        if core.now.get() >= self.deadline.nanos() {
            if self.timer.is_some() {
                self.disarm();
            }
            return Poll::Ready(());
        }
        match self.timer {
            Some(key) => self.poll_again(core, key, cx.waker()),
            None => self.arm(core, Alarm::Wake(cx.waker().clone())),
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    #[inline]
    fn drop(&mut self) {
        if self.timer.is_some() {
            self.disarm();
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
