//! What a check that found nothing tells.

use crate::coverage::{Coverage, grouped};
use crate::marks::Mark;
use std::fmt;

/// What a check that found nothing did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Passed {
    /// The test.
    pub test: String,
    /// Runs made.
    pub runs: u64,
    /// Polls in all runs together.
    pub steps: u64,
    /// Runs made in vain, because their arguments were rejected; they are not among `runs`.
    pub rejected: u64,
    /// The marks that were looked for or expected, by name.
    pub marks: Vec<Mark>,
    /// Entries of the corpus that were replayed before these runs.
    pub corpus: u64,
    /// What the runs covered.
    pub coverage: Coverage,
    /// What was found and does not fail the test.
    pub warnings: Vec<String>,
}

impl fmt::Display for Passed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = if self.runs == 1 { "" } else { "s" };
        write!(f, "`{}` passed {} run{s}", self.test, grouped(self.runs))?;
        if self.rejected > 0 {
            write!(f, ", beside {} rejected", grouped(self.rejected))?;
        }
        write!(f, ": {}", self.coverage)?;
        for Mark { name, seen, .. } in &self.marks {
            write!(f, "\n  reached {} times: {name}", grouped(*seen))?;
        }
        Ok(())
    }
}
