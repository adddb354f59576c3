//! Events: what happens at a virtual time outside of all tasks.

use crate::clock::{Alarm, TimerKey};
use crate::trace::What;
use crate::world::{self, Core};
use std::time::Duration;

/// Has `event` happen after `delay`, outside of all tasks, as an interrupt does.
///
/// Among events and timers of the same moment the sampler chooses which comes first,
/// and with the fault `late-event` one may come late. What has not happened when the
/// run ends does not happen. A delay past the end of time is one to its end.
///
/// ```
/// # use reveille_sim as reveille;
/// # use std::{cell::Cell, rc::Rc, time::Duration};
/// # reveille::doc(|| async {
/// let rang = Rc::new(Cell::new(false));
/// let bell = rang.clone();
/// reveille::reactor::after(Duration::from_secs(1), move || bell.set(true));
/// reveille::time::sleep(Duration::from_secs(2)).await;
/// assert!(rang.get());
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn after(delay: Duration, event: impl FnOnce() + 'static) {
    world::expect_current("reactor::after").happen_after(delay, event);
}

impl Core {
    /// Has `event` happen after `delay`.
    pub(crate) fn happen_after(&self, delay: Duration, event: impl FnOnce() + 'static) {
        self.set_event(delay, event);
    }

    /// The same, with a key to take it back with.
    pub(crate) fn set_event(&self, delay: Duration, event: impl FnOnce() + 'static) -> TimerKey {
        let delay = u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX);
        let deadline = self.now.get().saturating_add(delay);
        self.record(|| What::EventSet { deadline });
        let alarm = Alarm::Event(Box::new(event));
        self.clock.with(|clock| clock.set(deadline, alarm, self.steps.get()))
    }
}
