//! The laws of timers: futures that are ready at a time.

mod acting;
mod model;
mod plan;
mod run;

use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use reveille_sim::Kind;
use reveille_sim::time::Instant;
use std::pin::Pin;
use std::time::Duration;

/// Timers for the suite [`timer`]: how to make one, and what can be done with it.
///
/// What they do not have is left as it is, and is not tested; what the runs came by is told when
/// the suite has passed.
///
/// ```
/// use reveille::laws::{self, Timer};
/// use reveille::time::{Instant, Sleep, sleep_until};
/// use std::pin::Pin;
///
/// #[derive(Clone)]
/// struct Ours;
///
/// impl Timer for Ours {
///     type Wheel = ();
///     type Sleep = Sleep;
///
///     fn open(&self) {}
///
///     fn sleep_until(&self, _wheel: &(), due: Instant) -> Sleep {
///         sleep_until(due)
///     }
///
///     fn reset(&self, _wheel: &(), sleep: Pin<&mut Sleep>, due: Instant) -> Option<()> {
///         Some(sleep.reset(due))
///     }
/// }
///
/// laws::timer(Ours).runs(100).check();
/// ```
pub trait Timer: Clone + 'static {
    /// What the timers share, and is dropped after them: a wheel, a heap, or nothing.
    type Wheel: 'static;
    /// What is ready at its time.
    type Sleep: Future + 'static;

    /// Makes a wheel without timers.
    fn open(&self) -> Self::Wheel;

    /// What drives the wheel for as long as it is there, in a task of its own. By default nothing
    /// needs to.
    fn drive(&self, wheel: &Self::Wheel) -> Option<Pin<Box<dyn Future<Output = ()>>>> {
        let _ = wheel;
        None
    }

    /// A timer that is ready at `due`, or at once if that has passed.
    fn sleep_until(&self, wheel: &Self::Wheel, due: Instant) -> Self::Sleep;

    /// Has a timer be ready at `due`, which may be earlier or later than before, or have passed.
    /// Who waits for it is woken then; one that was ready may be waited for anew. Some if it can
    /// be done.
    fn reset(&self, wheel: &Self::Wheel, sleep: Pin<&mut Self::Sleep>, due: Instant) -> Option<()> {
        let _ = (wheel, sleep, due);
        None
    }

    /// Whether a timer that was waited for says that its time has come.
    fn is_elapsed(&self, sleep: &Self::Sleep) -> Option<bool> {
        let _ = sleep;
        None
    }

    /// How much later than its time a timer may be ready. By default no later: time is virtual.
    fn granularity(&self) -> Duration {
        Duration::ZERO
    }

    /// For how long a timer may be set. By default for some years.
    fn longest(&self) -> Duration {
        Duration::MAX
    }
}

/// The laws of timers: each is ready at its time, not before, and nobody waits for longer, near or
/// far, whichever waker it was polled with last; one that is reset goes by its new time, also for
/// who waits already; one that is dropped disturbs no other.
///
/// Time is virtual and exact: the faults `late-timer` and `delayed-wake` are left out. Timers
/// on tokio's clock take a checker with `Checker::tokio`.
///
/// See [`Timer`] for what to tell of them, with an example.
pub fn timer<T: Timer>(timer: T) -> Suite<impl Laws> {
    Suite::new(TimerLaws(timer))
}

struct TimerLaws<T>(T);

impl<T> sealed::Sealed for TimerLaws<T> {}

impl<T: Timer> Laws for TimerLaws<T> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let longest = self.0.longest();
        let arguments = argument("sleepers", plan::sleepers(sizes.steps(), longest))
            .and("hand", plan::hand(sizes.steps(), longest))
            .and("age", plan::age());
        let checker = checker.clone().without(Kind::LateTimer).without(Kind::DelayedWake);
        checker.try_check_with(arguments, |(sleepers, hand, age)| {
            run::run(self.0.clone(), sleepers, hand, age)
        })
    }
}
