//! What is written down of the tests: which fail, how, and why.
//!
//! `EXPECTED.md` has two tables. In the first stands how many tests a crate has, in the second
//! each test that does not pass, with its verdict and the reason. A verdict with `or passes` is of
//! a test that fails only under some schedules, which a search as short as ours need not meet.

use crate::trial::{Outcome, Trial, Verdict};
use std::collections::BTreeMap;

/// A test that does not pass.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) verdicts: Vec<String>,
    pub(crate) reason: String,
}

#[derive(Debug, Default)]
pub(crate) struct Expected {
    /// By crate.
    tests: BTreeMap<String, usize>,
    /// By crate and test.
    failures: BTreeMap<(String, String), Failure>,
}

impl Expected {
    pub(crate) fn parse(text: &str) -> Result<Expected, String> {
        let mut expected = Expected::default();
        for line in text.lines().filter(|line| line.starts_with("| ")) {
            let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            match cells[..] {
                ["crate" | "---", ..] => {}
                [krate, tests] => {
                    let tests = tests.parse().map_err(|_| format!("how many is `{tests}`?"))?;
                    expected.tests.insert(krate.to_owned(), tests);
                }
                [krate, test, verdicts, reason] if !reason.is_empty() => {
                    let verdicts = verdicts.split(" or ").map(str::to_owned).collect();
                    let failure = Failure { verdicts, reason: reason.to_owned() };
                    expected.failures.insert((krate.to_owned(), test.to_owned()), failure);
                }
                _ => return Err(format!("EXPECTED.md: this has no reason: {line}")),
            }
        }
        Ok(expected)
    }

    pub(crate) fn failure(&self, trial: &Trial) -> Option<&Failure> {
        self.failures.get(&(trial.krate.clone(), trial.test.clone()))
    }

    /// What is not as it is written down. `is_whole` says that all tests of the crates were run.
    pub(crate) fn surprises(
        &self,
        trials: &[Trial],
        outcomes: &[Outcome],
        is_whole: bool,
    ) -> Vec<String> {
        let mut surprises = Vec::new();
        let mut tests: BTreeMap<&str, usize> = BTreeMap::new();
        for (trial, outcome) in trials.iter().zip(outcomes) {
            *tests.entry(&trial.krate).or_default() += 1;
            let verdict = outcome.verdict.to_string();
            let is_expected = match self.failure(trial) {
                Some(failure) => failure.verdicts.contains(&verdict),
                None => matches!(outcome.verdict, Verdict::Passed | Verdict::Ignored),
            };
            if !is_expected {
                surprises.push(format!("{} {}: {verdict}", trial.krate, trial.test));
            }
        }
        if is_whole {
            for (krate, count) in tests {
                let expected = self.tests.get(krate).copied().unwrap_or(0);
                if expected != count {
                    surprises.push(format!("{krate} has {count} tests, and not {expected}"));
                }
                let has = |test: &str| trials.iter().any(|t| t.krate == krate && t.test == test);
                let named = self.failures.keys().filter(|(of, _)| of == krate);
                let gone = named.filter(|(_, test)| !has(test));
                surprises.extend(gone.map(|(_, test)| format!("{krate} {test}: it is not there")));
            }
        }
        surprises
    }
}
