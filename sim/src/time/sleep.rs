//! Waiting for a moment.

use super::Instant;
use crate::clock::{Alarm, TimerKey};
use crate::trace::What;
use crate::world::{self, Core};
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
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
pub fn sleep(duration: Duration) -> Sleep {
    sleep_until(Instant::now() + duration)
}

/// Waits until `deadline`.
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
    timer: Option<Timer>,
}

struct Timer {
    key: TimerKey,
    outlet: usize,
    run: u64,
}

impl Timer {
    /// The world that the timer was set in, if the calling thread is in that run.
    fn world(&self) -> Option<&'static Core> {
        world::current().filter(|core| core.is_run(self.outlet, self.run))
    }
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
    pub(super) fn fetch(&self) {
        if let Some(timer) = &self.timer
            && let Some(core) = timer.world()
        {
            core.clock.with(|clock| clock.fetch(timer.key));
        }
    }

    fn arm(&mut self, core: &Core, alarm: Alarm) {
        let deadline = self.deadline.nanos().max(core.now.get());
        core.record(|| What::TimerSet { deadline });
        let key = core.clock.with(|clock| clock.set(deadline, alarm, core.steps.get()));
        self.timer = Some(Timer { key, outlet: core.outlet(), run: core.run.get() });
    }

    fn cancel(&mut self) -> Option<Alarm> {
        let timer = self.timer.take()?;
        let core = timer.world()?;
        let alarm = core.clock.with(|clock| clock.cancel(timer.key))?;
        core.record(|| What::TimerDropped { deadline: self.deadline.nanos() });
        Some(alarm)
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let core = world::expect_current("sleep");
        if core.now.get() >= self.deadline.nanos() {
            self.cancel();
            return Poll::Ready(());
        }
        let set = match &self.timer {
            Some(timer) if timer.world().is_some() => core.clock.with(|clock| {
                // Taken out, so that no waker is cloned or dropped in here.
                clock.take_waker(timer.key)
            }),
            _ => None,
        };
        match (set, &self.timer) {
            (Some(mut waker), Some(timer)) => {
                waker.clone_from(cx.waker());
                drop(core.clock.with(|clock| clock.put_waker(timer.key, waker)));
            }
            _ => self.arm(core, Alarm::Wake(cx.waker().clone())),
        }
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
