//! What came of it: the results that every report is made of.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What a gate did.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The reveille tests, in the order of their names.
    pub tests: Vec<TestResult>,
    /// Tests that are none of ours and passed when they were asked: binary and name.
    pub ordinary: Vec<(PathBuf, String)>,
    /// Tests that were not begun.
    pub not_run: usize,
    /// What was left out or went otherwise than asked, in sentences.
    pub warnings: Vec<String>,
    /// Seconds from the first test to the last.
    pub seconds: f64,
    /// How many ran at once.
    pub jobs: usize,
    /// Whether it was asked to stop.
    pub interrupted: bool,
}

/// What a test did.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
pub struct TestResult {
    /// Its package.
    pub package: String,
    /// The target of cargo that it is in.
    pub binary: String,
    /// Its name, as the harness knows it.
    pub name: String,
    /// Its checks.
    pub checks: Vec<CheckResult>,
    /// Why it failed; nothing if it passed.
    pub failures: Vec<Failure>,
    /// Seconds of all its processes together.
    pub seconds: f64,
}

/// What a check of a test did, in all its processes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema, Serialize)]
pub struct CheckResult {
    /// Its name: that of the test with the crate in front.
    pub name: String,
    /// Entries of the corpus that were replayed.
    pub entries: u64,
    /// Runs.
    pub runs: u64,
    /// Polls in all of them.
    pub steps: u64,
    /// Runs that do not count, since their arguments were rejected.
    pub rejected: u64,
    /// Different schedules that one search saw, the one that saw most.
    pub distinct: u64,
    /// How likely the next run is to show a new schedule.
    pub chance_of_new: f64,
    /// Whether there is no other schedule.
    pub everything: bool,
    /// What does not fail the test.
    pub warnings: Vec<String>,
}

/// Why a test failed.
#[derive(
    Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Serialize,
)]
pub struct Failure {
    /// What it is.
    pub kind: FailureKind,
    /// The law that is broken, if it is one.
    pub law: Option<String>,
    /// In a sentence.
    pub sentence: String,
    /// The whole report.
    pub report: String,
    /// Where in the code, the most telling place first.
    pub places: Vec<Place>,
    /// The tape.
    pub tape: Option<String>,
    /// The entry of the corpus that has it.
    pub corpus: Option<PathBuf>,
    /// Its trace.
    pub trace: Option<PathBuf>,
}

/// What a failure is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Serialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum FailureKind {
    /// A law is broken.
    #[default]
    Law,
    /// The check could not be made.
    Check,
    /// The test failed outside its checks.
    Outside,
    /// The process ended itself or was ended.
    Died,
    /// It did not end.
    Hung,
}

/// A place in the code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Serialize)]
pub struct Place {
    /// What was done there.
    pub what: String,
    /// The file, relative to the workspace where it is in it.
    pub file: String,
    /// The line.
    pub line: u64,
}

impl Outcome {
    /// Runs of all checks.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.checks().map(|check| check.runs).sum()
    }

    /// Takes in what another machine did. In whatever order that is done, nothing is lost and the
    /// result is the same; the same outcome must not be taken in twice, since its runs would
    /// count twice.
    pub fn merge(&mut self, other: Outcome) {
        for test in other.tests {
            let is_it = |known: &&mut TestResult| known.identity() == test.identity();
            match self.tests.iter_mut().find(is_it) {
                Some(known) => known.merge(test),
                None => self.tests.push(test),
            }
        }
        self.tests.sort_by_cached_key(|test| (test.full_name(), test.package.clone()));
        for warning in other.warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        self.warnings.sort();
        self.not_run += other.not_run;
        // They worked side by side.
        self.seconds = self.seconds.max(other.seconds);
        self.jobs += other.jobs;
        self.interrupted |= other.interrupted;
    }

    /// All checks.
    pub fn checks(&self) -> impl Iterator<Item = &CheckResult> {
        self.tests.iter().flat_map(|test| &test.checks)
    }

    /// The tests that failed.
    pub fn failed(&self) -> impl Iterator<Item = &TestResult> {
        self.tests.iter().filter(|test| !test.failures.is_empty())
    }
}

impl TestResult {
    fn identity(&self) -> (&str, &str, &str) {
        (&self.package, &self.binary, &self.name)
    }

    fn merge(&mut self, other: TestResult) {
        for check in other.checks {
            match self.checks.iter_mut().find(|known| known.name == check.name) {
                Some(known) => known.merge(check),
                None => self.checks.push(check),
            }
        }
        self.checks.sort_by(|a, b| a.name.cmp(&b.name));
        for failure in other.failures {
            if !self.failures.contains(&failure) {
                self.failures.push(failure);
            }
        }
        self.failures.sort();
        self.seconds += other.seconds;
    }

    /// Its name with the crate in front.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}::{}", self.binary.replace('-', "_"), self.name)
    }
}

impl CheckResult {
    fn merge(&mut self, other: CheckResult) {
        // Of what searches from different seeds promise the most is still to be had.
        self.chance_of_new = self.chance_of_new.max(other.chance_of_new);
        self.entries = self.entries.max(other.entries);
        self.runs += other.runs;
        self.steps += other.steps;
        self.rejected += other.rejected;
        self.distinct = self.distinct.max(other.distinct);
        self.everything |= other.everything;
        for warning in other.warnings {
            if !self.warnings.contains(&warning) {
                self.warnings.push(warning);
            }
        }
        self.warnings.sort();
    }
}
