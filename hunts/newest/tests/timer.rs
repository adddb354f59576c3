//! Published timers of their newest versions. Few have a clock that a test can set.

use reveille::Checker;
use reveille::laws::{self, Timer};
use reveille::time::Instant;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::Sleep;

/// The same moment by tokio's clock.
fn moment(due: Instant) -> tokio::time::Instant {
    let now = Instant::now();
    tokio::time::Instant::now() + due.duration_since(now) - now.duration_since(due)
}

#[derive(Clone)]
struct Tokio;

impl Timer for Tokio {
    type Wheel = ();
    type Sleep = Sleep;

    fn open(&self) {}

    fn sleep_until(&self, _wheel: &(), due: Instant) -> Sleep {
        tokio::time::sleep_until(moment(due))
    }

    fn reset(&self, _wheel: &(), sleep: Pin<&mut Sleep>, due: Instant) -> Option<()> {
        sleep.reset(moment(due));
        Some(())
    }

    fn is_elapsed(&self, sleep: &Sleep) -> Option<bool> {
        Some(sleep.is_elapsed())
    }

    fn granularity(&self) -> Duration {
        Duration::from_millis(1)
    }
}

#[test]
fn tokio_sleep() {
    laws::timer(Tokio).checker(Checker::new().tokio(true)).check();
}
