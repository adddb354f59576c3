//! Lines of JSON: one for each test, and a last one for all. [`schema`] says what is in them.

use crate::cargo::Workspace;
use crate::gate::{Outcome, TestResult};
use schemars::JsonSchema;
use serde::Serialize;

/// A line of the report.
#[derive(Debug, JsonSchema, Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line<'a> {
    /// A test.
    Test(&'a TestResult),
    /// The last line.
    End(End<'a>),
}

/// What all tests did together.
#[derive(Debug, JsonSchema, Serialize)]
struct End<'a> {
    /// The version of these lines: it changes when something is no longer as it was, not when
    /// something is added.
    version: u32,
    /// Tests that passed.
    passed: usize,
    /// Tests that failed.
    failed: usize,
    /// Tests that were not begun.
    not_run: usize,
    /// Runs of all checks.
    runs: u64,
    /// Seconds from the first test to the last.
    seconds: f64,
    /// How many ran at once.
    jobs: usize,
    /// Whether it was asked to stop before it was done.
    interrupted: bool,
    /// What was left out or went otherwise than asked.
    warnings: &'a [String],
}

/// The version of the lines.
const VERSION: u32 = 1;

pub(super) fn write(outcome: &Outcome, _workspace: &Workspace) -> String {
    let failed = outcome.failed().count();
    let end = End {
        version: VERSION,
        passed: outcome.tests.len() - failed,
        failed,
        not_run: outcome.not_run,
        runs: outcome.runs(),
        seconds: outcome.seconds,
        jobs: outcome.jobs,
        interrupted: outcome.interrupted,
        warnings: &outcome.warnings,
    };
    let lines = outcome.tests.iter().map(Line::Test).chain([Line::End(end)]);
    let text = |line: Line<'_>| serde_json::to_string(&line).unwrap_or_default() + "\n";
    lines.map(text).collect()
}

/// The JSON Schema of a line.
#[must_use]
pub fn schema() -> String {
    let schema = schemars::schema_for!(Line<'_>);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
