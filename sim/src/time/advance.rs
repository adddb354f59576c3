//! Moving the clock by hand.

use crate::world;
use crate::yielding::yield_now;
use std::time::Duration;

/// Moves time on by `duration`, at once, also while other tasks could run; then yields.
///
/// As with tokio's, whoever sleeps until a moment on the way is woken, in the order of the
/// deadlines, and runs when all of the time has passed. [`sleep`](super::sleep) is what
/// lets others do their work in between. Events on the way happen in their order.
///
/// ```
/// # use reveille_sim as reveille;
/// # use std::time::Duration;
/// # reveille::doc(|| async {
/// let start = reveille::time::Instant::now();
/// reveille::time::advance(Duration::from_secs(60)).await;
/// assert_eq!(start.elapsed(), Duration::from_secs(60));
/// # });
/// ```
///
/// # Panics
///
/// If that is past the end of time, as tokio's does, and outside a run.
pub async fn advance(duration: Duration) {
    let core = world::expect_current("time::advance");
    let from = core.now.get().max(core.advance_to.get());
    let target = u64::try_from(duration.as_nanos()).ok().and_then(|by| from.checked_add(by));
    let Some(target) = target else {
        panic!("`time::advance` by {duration:?}: overflow when adding duration to instant");
    };
    core.advance_to.set(target);
    // The flag that the loop looks at anyway after a step.
    core.alarm.set(true);
    yield_now().await;
}
