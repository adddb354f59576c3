//! tokio 1.53.3: a timer in the slot of its wheel's top level that is that of now, a whole turn
//! away, comes at the wrong time. Fixed in 1.54.1 (tokio pull request 8334).
#![cfg(test)]

use reveille::Checker;
use reveille::laws::{self, Timer};
use reveille::time::Instant;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::Sleep;

#[derive(Clone)]
struct Tokio;

/// The same moment by tokio's clock.
fn moment(due: Instant) -> tokio::time::Instant {
    let now = Instant::now();
    tokio::time::Instant::now() + due.duration_since(now) - now.duration_since(due)
}

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
fn keeps_the_laws_of_timers() {
    laws::timer(Tokio).checker(Checker::new().tokio(true)).check();
}
