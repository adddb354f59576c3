//! Runs the tests of published crates, each in a process of its own, and compares what came of
//! them with `EXPECTED.md`.

mod built;
mod expected;
mod table;
mod trial;

use built::Suite;
use expected::Expected;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, fs, thread};
use trial::{Outcome, Trial, Verdict};

/// What stands on the command line.
#[derive(Debug, Default)]
struct Arguments {
    crates: Vec<String>,
    runs: Option<u64>,
    records: bool,
    filter: Option<String>,
}

impl Arguments {
    fn parse() -> Result<Arguments, String> {
        let mut arguments = Arguments::default();
        let mut rest = env::args().skip(1);
        while let Some(word) = rest.next() {
            match word.as_str() {
                "--runs" => {
                    let runs = rest.next().and_then(|runs| runs.parse().ok());
                    arguments.runs = Some(runs.ok_or("expected a number after --runs")?);
                }
                "--record" => arguments.records = true,
                "--" => arguments.filter = rest.next(),
                option if option.starts_with('-') => {
                    return Err(format!("expected --runs, --record or --, got `{option}`"));
                }
                _ => arguments.crates.push(word),
            }
        }
        if arguments.records && (arguments.filter.is_some() || !arguments.crates.is_empty()) {
            return Err("--record is for all tests of all crates".to_owned());
        }
        Ok(arguments)
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("suites/run: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether all is as expected.
fn run() -> Result<bool, String> {
    let arguments = Arguments::parse()?;
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = fs::read_to_string(directory.join("EXPECTED.md"));
    let expected = Expected::parse(&text.map_err(|error| format!("EXPECTED.md: {error}"))?)?;
    let suites = built::build(&directory, &arguments.crates)?;
    let mut trials = Vec::new();
    for suite in &suites {
        trials.extend(suite.tests()?);
    }
    if let Some(filter) = &arguments.filter {
        trials.retain(|trial| trial.test.contains(filter));
    }
    if trials.is_empty() {
        return Err("no test is called so".to_owned());
    }
    let logs = logs_beside(&suites);
    let outcomes = try_all(&trials, arguments.runs, &expected, &logs);
    let list = fs::write(logs.join("list.tsv"), table::list(&trials, &outcomes));
    list.map_err(|error| format!("{}: {error}", logs.display()))?;
    let is_whole = arguments.filter.is_none();
    let surprises = expected.surprises(&trials, &outcomes, is_whole);
    let table = table::of(&trials, &outcomes, arguments.runs);
    print!("{table}");
    if arguments.records {
        let path = directory.join("RESULTS.md");
        let text = table::page(&table, &trials, &outcomes, &expected);
        fs::write(path, text).map_err(|error| format!("RESULTS.md: {error}"))?;
    }
    for surprise in &surprises {
        println!("unexpected: {surprise}");
    }
    if !surprises.is_empty() {
        println!("what they said is in {}", logs.display());
    }
    Ok(surprises.is_empty())
}

fn logs_beside(suites: &[Suite]) -> PathBuf {
    let built = suites.first().and_then(|suite| suite.executable.parent());
    built.unwrap_or(Path::new(".")).join("suites-logs")
}

/// The outcomes of the trials, in their order.
fn try_all(trials: &[Trial], runs: Option<u64>, expected: &Expected, logs: &Path) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let outcomes: Vec<_> = trials.iter().map(|_| Mutex::new(None)).collect();
    let work = || {
        while let Some(trial) = trials.get(next.fetch_add(1, Ordering::Relaxed)) {
            let known = expected.failure(trial).map_or(&[][..], |failure| &failure.verdicts);
            let outcome = match trial.is_ignored {
                true => Outcome::ignored(),
                false => trial.run(runs, known, logs),
            };
            let at = trials.iter().position(|other| std::ptr::eq(other, trial));
            if let Some(place) = at.and_then(|at| outcomes.get(at)) {
                *place.lock().expect("nobody panics") = Some(outcome);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let taken = |place: Mutex<Option<_>>| place.into_inner().ok().flatten();
    outcomes.into_iter().map(|place| taken(place).unwrap_or_else(Outcome::ignored)).collect()
}

/// Whether a test is to be counted as one that was run.
fn was_run(outcome: &Outcome) -> bool {
    outcome.verdict != Verdict::Ignored
}
