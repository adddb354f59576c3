//! A test of somebody else's, under many schedules.
//!
//! Its function is the body of every run, as a thread of the engine's. How many runs it gets is
//! bounded by time: the first is measured, and tells how many more there can be. What came of it
//! is one line for `run`, which reads it:
//!
//! ```text
//! suites: passed runs=100 steps=4242
//! suites: broken runs=100 differs=1
//! ```
//!
//! `differs` says that it was the first run that failed, when it was made again: something outlives a
//! run.
//!
//! | variable | meaning |
//! | --- | --- |
//! | `SUITES_RUNS` | how many runs there are at most |
//! | `SUITES_BUDGET` | how many milliseconds they may take |
//! | `SUITES_ALONE` | 1: each run has a process of its own |

use reveille::{Checker, Faults, TestOutput};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};
pub use suites_macros::test;

/// Runs that a test gets if they are fast.
const RUNS: u64 = 100;
/// How long they may take together.
const BUDGET: Duration = Duration::from_millis(300);
/// Scheduling decisions in a run, after which it is fair; after as many more it does not end.
const MOST_STEPS: u64 = 3_000_000;
/// How long, in real time, a strand may go on without coming to a scheduling point.
const LONGEST: Duration = Duration::from_secs(30);

/// Whether the function must panic.
#[derive(Clone, Copy, Debug)]
pub enum Panics {
    /// It must not.
    Never,
    /// With a message that contains this.
    With(&'static str),
}

/// Runs `body`, the test called `name`.
///
/// # Panics
///
/// If a law is broken.
pub fn check<T: TestOutput>(name: &str, panics: Panics, body: fn() -> T) {
    // Their sleeps and timeouts are to be exact, as they are on a machine with nothing else to do.
    let mut checker = Checker::new()
        .name(name)
        .corpus(false)
        .faults(Faults::NONE)
        .max_steps(MOST_STEPS)
        .watchdog(LONGEST);
    if number("SUITES_ALONE") == Some(1) {
        checker = checker.hermetic(true);
    }
    let body = || async move {
        match panics {
            Panics::Never => body().into_error().map_or(Ok(()), Err),
            Panics::With(text) => must_panic(text, body),
        }
    };
    let runs = number("SUITES_RUNS").unwrap_or(RUNS);
    let budget = number("SUITES_BUDGET").map_or(BUDGET, Duration::from_millis);
    let began = Instant::now();
    let mut result = checker.clone().runs(1).try_check(body);
    // The first run may be made twice, to see whether it can be repeated.
    let one = began.elapsed() / 2;
    let affordable = budget.as_nanos() / one.as_nanos().max(1);
    let runs = runs.min(u64::try_from(affordable).unwrap_or(u64::MAX)).max(1);
    let began_well = result.is_ok();
    if result.is_ok() && runs > 1 {
        result = checker.runs(runs).try_check(body);
    }
    match result {
        Ok(passed) => {
            passed.warnings.iter().for_each(|warning| println!("{warning}"));
            println!("suites: passed runs={} steps={}", passed.runs, passed.steps);
        }
        Err(error) => {
            let report = error.to_string();
            println!("{report}");
            // The same run has passed before.
            let again = report.contains("in the plain run") || report.contains("after run 0");
            let differs = u8::from(began_well && again);
            panic!("suites: broken runs={runs} differs={differs}");
        }
    }
}

fn number(variable: &str) -> Option<u64> {
    let value = std::env::var(variable).ok()?;
    Some(value.parse().unwrap_or_else(|_| panic!("{variable}: expected a number, got `{value}`")))
}

fn must_panic<T>(text: &str, body: fn() -> T) -> Result<(), String> {
    match catch_unwind(AssertUnwindSafe(body)) {
        Ok(_) => Err("it should have panicked".to_owned()),
        Err(panic) if message(&*panic).contains(text) => Ok(()),
        Err(panic) => resume_unwind(panic),
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default()
}
