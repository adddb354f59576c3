//! Virtual time, in tokio's names and semantics.
//!
//! Time stands still while any task is runnable. When none is, it jumps to the
//! next deadline, so a test of an hour takes microseconds. Deadlines fire in
//! order and are exact to the nanosecond; among equal ones the sampler chooses.
//! Every run begins at the same instant.

mod instant;
mod interval;
mod sleep;
mod timeout;

pub use instant::Instant;
pub use interval::{Interval, MissedTickBehavior, interval, interval_at};
pub use sleep::{Sleep, sleep, sleep_until};
pub use timeout::{Elapsed, Timeout, timeout, timeout_at};
