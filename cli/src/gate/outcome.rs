//! What came of it: the results that every report is made of.

use schemars::JsonSchema;
use serde::Serialize;
use std::path::PathBuf;

/// What a gate did.
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
pub struct Outcome {
    /// The reveille tests, in the order of their names.
    pub tests: Vec<TestResult>,
    /// Tests that are none of ours and passed when they were asked: binary and name.
    #[serde(skip)]
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
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
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
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
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
#[derive(Clone, Debug, Default, JsonSchema, Serialize)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, JsonSchema, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, JsonSchema, Serialize)]
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
    /// Its name with the crate in front.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}::{}", self.binary.replace('-', "_"), self.name)
    }
}
