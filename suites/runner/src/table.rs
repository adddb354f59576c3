//! The results as tables.

use crate::expected::Expected;
use crate::trial::{Outcome, Trial, Verdict};
use crate::was_run;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// The sums of a crate, or of all.
#[derive(Debug, Default)]
struct Sums {
    tests: usize,
    passed: usize,
    failed: usize,
    ignored: usize,
    runs: u64,
    steps: u64,
    cpu: Duration,
    alone: usize,
    /// Tests that were given fewer runs than others, and the least that one had.
    cut: usize,
    least: Option<u64>,
}

impl Sums {
    fn add(&mut self, outcome: &Outcome, wanted: u64) {
        self.tests += 1;
        match outcome.verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Ignored => self.ignored += 1,
            Verdict::Broken(_) | Verdict::Ended(_) => self.failed += 1,
        }
        self.runs += outcome.runs;
        self.steps += outcome.steps;
        self.cpu += outcome.cpu;
        self.alone += usize::from(outcome.is_alone);
        if outcome.verdict == Verdict::Passed && outcome.runs < wanted {
            self.cut += 1;
            self.least = Some(self.least.map_or(outcome.runs, |least| least.min(outcome.runs)));
        }
    }

    fn row(&self, name: &str) -> String {
        let Sums { tests, passed, alone, failed, ignored, runs, steps, cut, .. } = self;
        let least = self.least.map_or("-".to_owned(), |least| least.to_string());
        let cpu = self.cpu.as_secs_f64();
        format!(
            "| {name} | {tests} | {passed} | {alone} | {failed} | {ignored} | {runs} | {steps} | {cut} | {least} | {cpu:.1} |\n"
        )
    }
}

/// One line for each crate.
pub(crate) fn of(trials: &[Trial], outcomes: &[Outcome], runs: Option<u64>) -> String {
    let wanted = runs.unwrap_or(100);
    let mut crates: BTreeMap<&str, Sums> = BTreeMap::new();
    let mut all = Sums::default();
    for (trial, outcome) in trials.iter().zip(outcomes) {
        crates.entry(&trial.krate).or_default().add(outcome, wanted);
        all.add(outcome, wanted);
    }
    let mut text = String::from(
        "| crate | tests | passed | of these alone | failed | ignored | runs | steps | tests cut short | least runs | CPU seconds |\n\
         | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
    );
    crates.iter().for_each(|(name, sums)| text.push_str(&sums.row(name)));
    text.push_str(&all.row("all"));
    text
}

/// `RESULTS.md`: the table, and every test that failed with its reason.
pub(crate) fn page(
    table: &str,
    trials: &[Trial],
    outcomes: &[Outcome],
    expected: &Expected,
) -> String {
    let mut text = format!(
        "# Results\n\nWritten by `suites/run --record`; what the columns mean is in README.md.\n\n{table}\n\
         Tests that fail:\n\n| crate | test | verdict | reason |\n| --- | --- | --- | --- |\n"
    );
    for (trial, outcome) in trials.iter().zip(outcomes) {
        if was_run(outcome) && outcome.verdict != Verdict::Passed {
            let reason = expected.failure(trial).map_or("**unexpected**", |known| &known.reason);
            let Trial { krate, test, .. } = trial;
            let _ = writeln!(text, "| {krate} | {test} | {} | {reason} |", outcome.verdict);
        }
    }
    text
}

/// One line for each test, for who wants to sort them.
pub(crate) fn list(trials: &[Trial], outcomes: &[Outcome]) -> String {
    let mut text = String::from("crate\ttest\tverdict\truns\tsteps\tCPU seconds\n");
    for (Trial { krate, test, .. }, outcome) in trials.iter().zip(outcomes) {
        let Outcome { verdict, runs, steps, cpu, .. } = outcome;
        let cpu = cpu.as_secs_f64();
        let _ = writeln!(text, "{krate}\t{test}\t{verdict}\t{runs}\t{steps}\t{cpu:.2}");
    }
    text
}
