//! Lines of JSON: one for each test, and a last one for all. [`schema`] says what is in them.

use crate::cargo::Workspace;
use crate::gate::{Outcome, TestResult};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

/// A line that is read.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Read {
    Test(TestResult),
    End(ReadEnd),
    /// Of a later version that only adds.
    #[serde(other)]
    Other,
}

#[derive(Debug, Deserialize)]
struct ReadEnd {
    version: u32,
    not_run: usize,
    seconds: f64,
    jobs: usize,
    interrupted: bool,
    warnings: Vec<String>,
}

/// Lines that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LinesError {
    /// A line is none of them.
    #[error("line {number}: expected what `cargo reveille test --json` writes: {cause}")]
    Line {
        /// Its number, from 1 on.
        number: usize,
        /// Why.
        #[source]
        cause: serde_json::Error,
    },
    /// The last line is missing.
    #[error("the last line is missing: the gate that wrote it did not come to its end")]
    Cut,
    /// They are of another version.
    #[error("lines of version {0}, expected {VERSION}")]
    OtherVersion(u32),
}

/// Reads what [`write`] wrote.
///
/// # Errors
///
/// If a line is none of them, or the last one is missing.
pub fn read(text: &str) -> Result<Outcome, LinesError> {
    let mut outcome = Outcome::default();
    let mut end = None;
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let read = serde_json::from_str(line);
        match read.map_err(|cause| LinesError::Line { number: at + 1, cause })? {
            Read::Test(test) => outcome.tests.push(test),
            Read::End(read) => end = Some(read),
            Read::Other => {}
        }
    }
    let end = end.ok_or(LinesError::Cut)?;
    if end.version != VERSION {
        return Err(LinesError::OtherVersion(end.version));
    }
    let ReadEnd { not_run, seconds, jobs, interrupted, warnings, .. } = end;
    Ok(Outcome { not_run, seconds, jobs, interrupted, warnings, ..outcome })
}

/// The JSON Schema of a line.
#[must_use]
pub fn schema() -> String {
    let schema = schemars::schema_for!(Line<'_>);
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}
