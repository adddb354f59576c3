//! `cargo reveille test`.

use super::{refuse, warn};
use crate::args::{Seed, Test};
use crate::cargo::{Binary, CargoError, Listed, Workspace, build};
use crate::exit::Exit;
use crate::gate::{Gate, Limits, Lock, Ordinary, Outcome, Shard, Unit};
use crate::report::{self, Progress, Reporters};
use std::collections::BTreeSet;
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Names that are told at most where a filter finds nothing.
const MOST_TOLD: usize = 5;

/// A test of the workspace.
struct Known {
    binary: Arc<Binary>,
    name: String,
    is_ignored: bool,
}

impl Known {
    fn full_name(&self) -> String {
        format!("{}::{}", self.binary.krate(), self.name)
    }
}

pub(super) fn run(args: &Test) -> Exit {
    let shard = match &args.shard {
        None => Shard::WHOLE,
        Some(sharding) => match sharding.find(|name| std::env::var_os(name)) {
            Ok(shard) => shard,
            Err(error) => return refuse(Exit::Usage, error),
        },
    };
    // What cannot be written is better known before an hour of search than after.
    let reporters = match Reporters::open(&args.reports) {
        Ok(reporters) => reporters,
        Err(error) => return refuse(Exit::NotReady, error),
    };
    let (workspace, binaries) = match binaries(args) {
        Ok(found) => found,
        Err(CargoError::NotBuilt) => return refuse(Exit::NotBuilt, CargoError::NotBuilt),
        Err(error) => return refuse(Exit::NotReady, error),
    };
    let directory = workspace.target.join("reveille");
    let _lock = match Lock::take(&directory, shard) {
        Ok(lock) => lock,
        Err(locked) => return refuse(Exit::NotReady, locked),
    };
    let tests = list(binaries);
    let ordinary = Ordinary::read(&directory);
    let units = match choose(args, tests, &ordinary, shard) {
        Ok(units) => units,
        Err(why) => return refuse(Exit::NothingRan, why),
    };
    let outcome = match gate(args, &units, shard, directory.join("traces")) {
        Ok(outcome) => outcome,
        Err(error) => return refuse(Exit::NotReady, format!("the gate cannot begin: {error}")),
    };
    remember(ordinary, &outcome, &directory);
    conclude(args, shard, &outcome, reporters, &workspace)
}

fn binaries(args: &Test) -> Result<(Workspace, Vec<Binary>), CargoError> {
    match &args.binaries_metadata {
        None => build(&args.selection),
        Some(file) => {
            let workspace = Workspace::read(&args.selection)?;
            let binaries = workspace.binaries_of_nextest(file)?;
            Ok((workspace, binaries))
        }
    }
}

/// The tests of the binaries, in the order of their names.
fn list(binaries: Vec<Binary>) -> Vec<Known> {
    let binaries: Vec<Arc<Binary>> = binaries.into_iter().map(Arc::new).collect();
    let listed = std::thread::scope(|scope| {
        let asked: Vec<_> = binaries.iter().map(|binary| scope.spawn(|| binary.list())).collect();
        let answers = asked
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        answers.collect::<Vec<_>>()
    });
    let mut tests = Vec::new();
    for (binary, listed) in binaries.iter().zip(listed) {
        match listed {
            Ok(Listed::Tests(names)) => {
                tests.extend(names.into_iter().map(|(name, is_ignored)| Known {
                    binary: binary.clone(),
                    name,
                    is_ignored,
                }))
            }
            Ok(Listed::Foreign(says)) => warn(format!(
                "`{}` of `{}` is left out: asked for its tests it says `{says}`, expected those of the standard harness",
                binary.target, binary.package.name
            )),
            Err(error) => warn(format!("{} is left out: {error}", binary.path.display())),
        }
    }
    tests.sort_by_cached_key(Known::full_name);
    tests
}

/// Those that are asked for, of this shard.
fn choose(
    args: &Test,
    tests: Vec<Known>,
    ordinary: &Ordinary,
    shard: Shard,
) -> Result<Vec<Unit>, String> {
    if tests.is_empty() {
        return Err(
            "there is no test that could be one of reveille: no package of those that are built \
             depends on `reveille` and has tests"
                .into(),
        );
    }
    let is_asked_for = |test: &&Known| {
        let name = test.full_name();
        let fits = |filter: &String| match args.exact {
            true => name == *filter || test.name == *filter,
            false => name.contains(filter.as_str()),
        };
        args.filters.is_empty() || args.filters.iter().any(fits)
    };
    let (asked, others): (Vec<&Known>, Vec<&Known>) = tests.iter().partition(is_asked_for);
    if asked.is_empty() {
        return Err(no_such_test(&args.filters, &others));
    }
    let (ignored, asked): (Vec<&Known>, Vec<&Known>) =
        asked.into_iter().partition(|test| test.is_ignored && !args.include_ignored);
    if asked.is_empty() {
        return Err(format!(
            "all {} tests that are asked for are ignored; `--include-ignored` runs them",
            ignored.len()
        ));
    }
    // All are shared out, those of other kinds, too: what one shard has learnt of them by now
    // must not change what is left to the others.
    let units = shard.units(asked.len()).map(|(test, seed)| (asked[test], seed));
    let units = units.filter(|(test, _)| !ordinary.has(&test.binary.path, &test.name));
    let units: Vec<Unit> = units
        .map(|(Known { binary, name, .. }, seed)| Unit {
            binary: binary.clone(),
            name: name.clone(),
            seed,
        })
        .collect();
    match units.is_empty() && shard == Shard::WHOLE {
        true => Err("of the tests that are asked for none is one of reveille".into()),
        false => Ok(units),
    }
}

fn no_such_test(filters: &[String], tests: &[&Known]) -> String {
    let named = filters.join("` or `");
    let near = |test: &&&Known| {
        let distance = |filter: &String| {
            let (name, full) = (test.name.as_str(), test.full_name());
            strsim::levenshtein(filter, name).min(strsim::levenshtein(filter, &full))
        };
        filters.iter().map(distance).min()
    };
    let mut nearest: Vec<&&Known> = tests.iter().collect();
    nearest.sort_by_cached_key(|test| (near(test), test.full_name()));
    let names: BTreeSet<String> =
        nearest.iter().take(MOST_TOLD).map(|test| format!("\n  {}", test.full_name())).collect();
    let names: String = names.into_iter().collect();
    format!("no test has `{named}` in its name; of {} tests the nearest are{names}", tests.len())
}

fn gate(args: &Test, units: &[Unit], shard: Shard, traces: PathBuf) -> std::io::Result<Outcome> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let seed = args.seed.map(|seed| match seed {
        Seed::Given(seed) => seed,
        Seed::Random => RandomState::new().hash_one(std::process::id()),
    });
    if let (Some(seed), Some(Seed::Random), false) = (seed, args.seed, args.quiet) {
        anstream::eprintln!(
            "reveille: random choices begin at {seed:#x}; --seed {seed:#x} repeats that"
        );
    }
    let limits = Limits {
        time: args.time,
        runs: args.runs,
        seed,
        seeds_taken: shard.seeds(units.len()),
        jobs: args.jobs.map_or(cores, usize::from),
        fail_fast: args.fail_fast,
        hang: args.hang,
    };
    let mut progress = Progress::new(args.quiet);
    let gate = Gate::new(units, &limits, traces, args.strict, &mut progress)?;
    // If nobody can be told of Ctrl-C, it ends the process as it always does.
    let _ = ctrlc::set_handler(gate.interrupter());
    let outcome = gate.run();
    progress.end();
    Ok(outcome)
}

fn remember(mut ordinary: Ordinary, outcome: &Outcome, directory: &Path) {
    for (binary, name) in &outcome.ordinary {
        ordinary.add(binary, name);
    }
    ordinary.write(directory);
}

fn conclude(
    args: &Test,
    shard: Shard,
    outcome: &Outcome,
    reporters: Reporters,
    workspace: &Workspace,
) -> Exit {
    outcome.warnings.iter().for_each(warn);
    if !args.quiet {
        report::summary(outcome);
    }
    let written = reporters.write(outcome, workspace);
    let exit = match exit_of(outcome) {
        // The others have the tests; that all of them together ran nothing `report` says.
        Exit::NothingRan if shard != Shard::WHOLE && outcome.tests.is_empty() => {
            warn(format!("none of the tests of shard {shard} is one of reveille"));
            Exit::Passed
        }
        Exit::NothingRan => return refuse(Exit::NothingRan, report::nothing_ran(outcome)),
        exit => exit,
    };
    match written {
        Ok(()) => exit,
        Err(error) if exit == Exit::Passed => refuse(Exit::NoReport, error),
        Err(error) => refuse(exit, error),
    }
}

fn exit_of(outcome: &Outcome) -> Exit {
    if outcome.failed().next().is_some() {
        Exit::Failed
    } else if outcome.interrupted {
        Exit::Interrupted
    } else if outcome.runs() == 0 {
        Exit::NothingRan
    } else {
        Exit::Passed
    }
}
