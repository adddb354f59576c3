//! What a model that holds has gone through.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// The iterations of a model that has not failed.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Explored {
    pub(crate) cases: Vec<Case>,
    /// Rules that were not checked, and why.
    left_out: Vec<(String, String)>,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) rule: String,
    pub(crate) iterations: u64,
    pub(crate) exhausted: bool,
    pub(crate) took: Duration,
}

impl Explored {
    pub(crate) fn of(case: Case) -> Explored {
        Explored { cases: vec![case], left_out: Vec::new() }
    }

    pub(crate) fn leave_out(&mut self, rule: &str, reason: &str) {
        self.left_out.push((rule.into(), reason.into()));
    }

    /// The rules that were not checked, since the type does not promise them, each with the reason.
    pub fn left_out(&self) -> impl Iterator<Item = (&str, &str)> {
        self.left_out.iter().map(|(rule, reason)| (&**rule, &**reason))
    }

    /// How many iterations there were, of all cases.
    #[must_use]
    pub fn iterations(&self) -> u64 {
        self.cases.iter().map(|case| case.iterations).sum()
    }

    /// Whether there are no others, within the bound on preemptions if there is one.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.cases.iter().all(|case| case.exhausted)
    }

    /// The rules that were checked, each with its iterations.
    pub fn rules(&self) -> impl Iterator<Item = (&str, u64)> {
        self.cases.iter().map(|case| (case.rule.as_str(), case.iterations))
    }

    /// How long it took, in the processes of the models.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.cases.iter().map(|case| case.took).sum()
    }
}

impl fmt::Display for Explored {
    /// A line for each case: its iterations and what it checks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut end = "";
        for case in &self.cases {
            let cut = if case.exhausted { "" } else { " (not all: the time was up)" };
            let plural = if case.iterations == 1 { "" } else { "s" };
            write!(f, "{end}{} iteration{plural}{cut}", case.iterations)?;
            if !case.rule.is_empty() {
                write!(f, ": {}", case.rule)?;
            }
            end = "\n";
        }
        for (rule, reason) in &self.left_out {
            write!(f, "{end}not checked: {rule} ({reason})")?;
            end = "\n";
        }
        Ok(())
    }
}
