//! Who watches a gate, and what is shown.

use super::outcome::Failure;
use std::time::Duration;

/// Who watches.
pub trait Display {
    /// Shows how far it is.
    fn seen(&mut self, seen: &Seen);
    /// A test failed.
    fn failed(&mut self, test: &str, failure: &Failure);
}

/// How far it is.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Tests that made their usual runs.
    pub done: usize,
    /// Tests in all.
    pub tests: usize,
    /// Runs so far.
    pub runs: u64,
    /// Tests that failed.
    pub failed: usize,
    /// How likely the next run is to show something new, on the average.
    pub chance: Option<f64>,
    /// Since the beginning.
    pub elapsed: Duration,
    /// How long it may take.
    pub time: Option<Duration>,
}
