//! Hermetic runs: each in a process of its own, with fixed entropy and clocks.
//!
//! Hidden randomness is everywhere. A thread of its own for every run would be
//! enough for `HashMap`, whose keys are drawn per thread, but not for
//! `futures::select!` and `tokio::select!`: each seeds its generator from a counter
//! in a static that every new thread moves on. So a run needs the statics of a
//! fresh process, too, and gets them thus:
//!
//! ```text
//! test binary           the search met a run that cannot be repeated
//!  └ the same binary, for this test alone, addresses not randomised     the search starts over
//!     ├ fork, a new thread: one run, its record through a file in memory
//!     ├ fork, a new thread: the next ...
//! ```
//!
//! A fork starts where the process stood before any run, and its thread is fresh,
//! so every run finds the same statics and thread-locals, in the search as in a
//! replay of another day. Places on the stack and the heap are not quite the same:
//! a sampler stands on other frames and takes other memory than a replay. Entropy
//! and clocks are those of [`interpose`](crate::interpose): what they give is on the
//! tape.
//!
//! What stays the same in all runs: the shuffles of `futures::select!` and the numbers
//! of `fastrand`, which no entropy feeds. `tokio::select!`, `HashMap` and `rand` differ
//! from run to run.

// Elsewhere nobody is asked, so nobody reads an answer.
#[cfg_attr(not(any(target_os = "linux", test)), allow(dead_code))]
mod answer;
#[cfg(target_os = "linux")]
mod child;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod forks;

#[cfg(target_os = "linux")]
pub(crate) use child::check_in_child;
#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{check_in_child, forked};
#[cfg(target_os = "linux")]
pub(crate) use forks::forked;

use crate::error::CheckError;
use crate::passed::Passed;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// Tells a child which check it is for, and where to put the answer.
pub(crate) const CHILD: &str = "REVEILLE_HERMETIC_CHILD";

/// Why there can be no hermetic runs.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unavailable {
    /// Not on this system.
    System,
    /// The test harness did not run the test again in a process of its own.
    Harness {
        /// The name that the harness was asked for.
        test: String,
        /// What the process said last.
        output: String,
    },
    /// Not under a fuzzer.
    Fuzzer,
    /// The system refused.
    Refused(std::io::Error),
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unavailable::System => f.write_str("that takes Linux"),
            Unavailable::Harness { test, output } => {
                write!(f, "the test harness did not run `{test}` by itself")?;
                if output.is_empty() { Ok(()) } else { write!(f, "; it said:\n{output}") }
            }
            Unavailable::Fuzzer => f.write_str("a fuzzer sees only what its own process covers"),
            Unavailable::Refused(error) => write!(f, "the system refused ({error})"),
        }
    }
}

impl std::error::Error for Unavailable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Unavailable::Refused(error) => Some(error),
            _ => None,
        }
    }
}

/// Which check of the test `name` this is, on this thread, counted from 0.
pub(crate) fn next_ordinal(name: &str) -> u32 {
    thread_local! {
        static CHECKS: RefCell<BTreeMap<String, u32>> = const { RefCell::new(BTreeMap::new()) };
    }
    CHECKS.with_borrow_mut(|checks| {
        let next = checks.entry(name.to_owned()).or_insert(0);
        *next += 1;
        *next - 1
    })
}

/// The process that does the hermetic runs of one check.
#[derive(Debug)]
pub(crate) struct Child {
    ordinal: u32,
    answer: PathBuf,
}

impl Child {
    pub(crate) fn from_env() -> Option<Child> {
        let value = std::env::var(CHILD).ok()?;
        let (ordinal, answer) = value.split_once(':')?;
        Some(Child { ordinal: ordinal.parse().ok()?, answer: answer.into() })
    }

    /// Gives the answer and ends the process, if it was this check that was asked for.
    pub(crate) fn answer(
        self,
        ordinal: u32,
        result: Result<Passed, CheckError>,
    ) -> Result<Passed, CheckError> {
        if ordinal != self.ordinal {
            return result;
        }
        let written = std::fs::write(&self.answer, answer::to_text(&result));
        std::process::exit(i32::from(written.is_err()));
    }
}
