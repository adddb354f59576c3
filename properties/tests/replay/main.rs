//! Every failure can be repeated from its tape alone, in another process.
//!
//! ```text
//! this process      searches, writes what failed into files: tape, verdict, events
//! another process   is the same binary; replays each tape and compares
//! ```
//!
//! Runs that end their process, by the watchdog or by an abort, are in [`ended`].

mod arguments;
mod bodies;
mod ended;
mod failure;
mod specimens;

use failure::{By, Failed, seen_by_checker, seen_by_world, seen_in};
use reveille::{CheckError, Law, Tape};
use reveille_sim::{Portfolio, World};
use specimens::{SPECIMENS, Specimen};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// Failures that are to be repeated at least.
const FAILURES: usize = 10_000;
/// Different failures that a world is to find of one specimen at most.
const MOST_OF_ONE: usize = 500;
/// The same for one whose failing runs take a second for thirty; none is told as found.
const MOST_OF_LONG: usize = 5;
/// Runs of one seed, and seeds of one specimen.
const RUNS: u64 = 100;
const SEEDS: u64 = 60;
/// Seeds of one specimen whose failures are made small and told.
const SEEDS_TOLD: u64 = 5;
/// One in so many of the failures that a world found is told as it was found.
const TOLD: usize = 40;
/// Seeds of the test with arguments.
const SEEDS_OF_ARGUMENTS: u64 = 20;

/// Names the file that the other process reads.
const FILE: &str = "REPLAY_FAILURES";

/// What worlds find of a specimen, unshrunk; each tape once.
fn found(specimen: &Specimen) -> Vec<Failed> {
    let is_long = specimen.breaks.contains(&Law::Starvation);
    let most = if is_long { MOST_OF_LONG } else { MOST_OF_ONE };
    let settings = specimen.settings();
    let mut world = World::new();
    let mut tapes = BTreeSet::new();
    let mut failed = Vec::new();
    for seed in 0..SEEDS {
        let mut portfolio = Portfolio::new(seed);
        for run in 0..RUNS {
            let outcome = world.run(&settings, &mut portfolio, run, specimen.body);
            let Some(seen) = seen_by_world(&outcome) else { continue };
            let tape = world.tape().to_text(specimen.name);
            if tapes.insert(world.digest()) {
                failed.push(Failed { by: By::World, specimen: specimen.name.into(), tape, seen });
            }
            if failed.len() == most {
                return failed;
            }
        }
    }
    failed
}

/// What checkers find of a specimen, made small.
fn shrunk(specimen: &Specimen) -> Vec<Failed> {
    let seeds = if specimen.breaks.contains(&Law::Starvation) { 1 } else { SEEDS_TOLD };
    let checked = (0..seeds).filter_map(|seed| {
        let result = specimen.checker().seed(seed).try_check(specimen.body);
        let Err(CheckError::Broken(failure)) = result else { return None };
        assert!(specimen.breaks.contains(&failure.law), "{failure}");
        let tape = failure.tape.to_text(&failure.test);
        let seen = seen_in(&failure);
        Some(Failed { by: By::Checker, specimen: specimen.name.into(), tape, seen })
    });
    checked.collect()
}

/// What a world found, as a checker tells it.
fn told(found: &Failed) -> Failed {
    let specimen = Specimen::named(&found.specimen);
    let (_, tape) = Tape::from_text(&found.tape).unwrap();
    let seen = seen_by_checker(specimen.checker().replay(tape).try_check(specimen.body));
    let seen = seen.unwrap_or_else(|| panic!("it passes: {found:?}"));
    Failed { by: By::Checker, seen, ..found.clone() }
}

fn failures_of(specimen: &Specimen) -> Vec<Failed> {
    let mut failed = found(specimen);
    assert!(!failed.is_empty(), "`{}` never fails", specimen.name);
    let told: Vec<Failed> = failed.iter().skip(TOLD / 2).step_by(TOLD).map(told).collect();
    let shrunk = shrunk(specimen);
    assert!(!shrunk.is_empty(), "a checker never sees `{}` fail", specimen.name);
    failed.extend(told.into_iter().chain(shrunk));
    failed
}

/// A file that is removed in the end, and the process that replays what is in it.
struct Elsewhere {
    file: PathBuf,
    process: Child,
}

impl Elsewhere {
    fn replay(part: usize, failed: &[Failed]) -> Elsewhere {
        let name = format!("reveille-replay-{}-{part}", std::process::id());
        let file = std::env::temp_dir().join(name);
        let lines: String = failed.iter().map(Failed::to_line).collect();
        std::fs::write(&file, lines).unwrap();
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["replays_what_another_process_found", "--exact", "--ignored", "--nocapture"]);
        command.env(FILE, &file).env_remove("REVEILLE_REPLAY").env("RUST_BACKTRACE", "0");
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Elsewhere { file, process: command.spawn().unwrap() }
    }

    /// What the process says of it.
    fn said(self) -> String {
        let output = self.process.wait_with_output().unwrap();
        std::fs::remove_file(&self.file).unwrap();
        let said = [output.stdout, output.stderr].concat();
        format!("{}\n{}", String::from_utf8_lossy(&said), output.status)
    }
}

#[test]
#[ignore = "run by the test below, in another process"]
fn replays_what_another_process_found() {
    let file = std::env::var(FILE).expect("the file of what was found");
    let text = std::fs::read_to_string(file).unwrap();
    let mut world = World::new();
    let (mut agreed, mut all) = (0, 0);
    // The other way round: nothing may depend on what ran before.
    for failed in text.lines().rev().map(Failed::from_line) {
        let seen = failed.replay(&mut world);
        all += 1;
        agreed += usize::from(seen == failed.seen);
        if seen != failed.seen {
            println!("differs: {failed:?}\nhere:    {seen}\n");
        }
    }
    println!("agreed: {agreed} of {all};");
    assert_eq!(agreed, all);
}

#[test]
fn ten_thousand_failures_replay_in_another_process() {
    // Two threads search, then two processes replay.
    let halves = std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            scope.spawn(move || {
                let own = SPECIMENS.iter().skip(half).step_by(2);
                let mut failed: Vec<Failed> = own.flat_map(failures_of).collect();
                let seeds = (half as u64..SEEDS_OF_ARGUMENTS).step_by(2);
                failed.extend(seeds.flat_map(arguments::fail));
                failed
            })
        });
        halves.map(|half| half.join().unwrap())
    });
    let others = [0, 1].map(|half| Elsewhere::replay(half, &halves[half]));
    for (other, failed) in others.into_iter().zip(&halves) {
        let said = other.said();
        let all = failed.len();
        assert!(said.contains(&format!("agreed: {all} of {all};")), "{said}");
    }

    let mut counts: BTreeMap<(&str, By), usize> = BTreeMap::new();
    for failed in halves.iter().flatten() {
        *counts.entry((failed.law(), failed.by)).or_default() += 1;
    }
    counts.iter().for_each(|((law, by), count)| println!("{law:22} {by:?} {count}"));
    let by_worlds: usize =
        counts.iter().filter(|((_, by), _)| *by == By::World).map(|(_, count)| count).sum();
    println!("{by_worlds} as they were found, {} in all", counts.values().sum::<usize>());
    assert!(by_worlds >= FAILURES, "only {by_worlds} failures were found");
    let broken: BTreeSet<&str> = counts.keys().map(|(law, _)| *law).collect();
    // The last two take an allocator, see `memory.rs`, and another build, see the tests of
    // `reveille-threads` and of the command.
    let mut not_here = vec![Law::BlockingPoll, Law::Nondeterminism, Law::MemoryLeak, Law::DataRace];
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        not_here.push(Law::OutsideWorld);
    }
    for law in Law::ALL.iter().filter(|law| !not_here.contains(law)) {
        assert!(broken.contains(law.name()), "nothing broke {law}");
    }
}
