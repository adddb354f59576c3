//! Virtual time, in tokio's names and semantics.
//!
//! Time stands still while any task is runnable. When none is, it jumps to the
//! next deadline, so a test of an hour takes microseconds. Deadlines fire in
//! order and are exact to the nanosecond; among equal ones the sampler chooses.
//! Every run begins at the same instant.

mod advance;
pub mod error;
mod instant;
mod interval;
mod sleep;
mod timeout;

pub use advance::advance;
pub use error::Elapsed;
pub use instant::Instant;
pub use interval::{Interval, MissedTickBehavior, interval, interval_at};
pub use sleep::{Sleep, sleep, sleep_until};
#[doc(no_inline)]
pub use std::time::Duration;
pub use timeout::{Timeout, timeout, timeout_at};
