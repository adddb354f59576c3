//! The programs fail as they should, and a failure is repeated from its tape: by `bench/threads
//! test`.
#![cfg(reveille_threads)]

use reveille_bench_strands::again::{find, replay};
use reveille_bench_strands::program::{Program, world};
use reveille_bench_strands::programs::ALL;
use reveille_sctbench::Tier;
use reveille_sim::{Plain, RandomWalk, Seeded};
use std::collections::BTreeSet;
use std::process::Command;

/// Runs within which a seed finds what is to be found: several times what the worst of a
/// hundred seeds needed.
const ENOUGH: u64 = 2_000;
const REPLAYS: usize = 100;

fn tier(tier: Tier) -> impl Iterator<Item = &'static Program> {
    ALL.iter().filter(move |program| program.row().tier == tier)
}

#[test]
fn all_rows_are_there_once() {
    let names: BTreeSet<&str> = ALL.iter().map(|program| program.name).collect();
    assert_eq!(names.len(), ALL.len());
    let of = |wanted| tier(wanted).count();
    assert_eq!([of(Tier::T0), of(Tier::T1), of(Tier::T2)], [17, 7, 13]);
}

#[test]
fn programs_have_the_threads_that_the_originals_have() {
    for program in reveille_sctbench::ALL {
        let ours = ALL.iter().find(|ours| ours.name == program.name).unwrap();
        let (threads, points) = ours.size();
        assert_eq!(threads, program.threads.into(), "{}", program.name);
        // What threads and reference counts of the standard library do comes on top.
        assert!(points >= program.points.into(), "{}: {points}", program.name);
    }
}

#[test]
fn a_program_that_is_left_alone_passes() {
    let mut world = world();
    let fails = |program: &&Program| program.fails(&mut world, &mut Plain, 0);
    let failing: Vec<&str> = ALL.iter().filter(fails).map(|program| program.name).collect();
    // Its third thread is the one that trusts to come before one of the others.
    assert_eq!(failing, ["lazy01"]);
    let lazy01 = tier(Tier::T0).find(|program| program.name == "lazy01").unwrap();
    let mut random = Seeded::with(1, RandomWalk);
    assert!((0..100).any(|run| !lazy01.fails(&mut world, &mut random, run)));
}

/// What another process finds in the tape, line by line.
fn elsewhere(tape: &str) -> Vec<String> {
    let program = env!("CARGO_BIN_EXE_reveille-bench-strands");
    let output = Command::new(program).args(["replay", &REPLAYS.to_string(), tape]).output();
    let output = output.expect("the program that was built with this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(str::to_owned).collect()
}

fn is_found_and_repeated(program: &Program, seed: u64) {
    let Program { name, .. } = program;
    let mut world = world();
    let tape = find(&mut world, program, seed, ENOUGH);
    let tape = tape.unwrap_or_else(|| panic!("{name} passes {ENOUGH} times with seed {seed}"));
    let failure = replay(&mut world, program, &tape).expect("what failed fails again");
    let line = failure.to_string();
    for _ in 0..REPLAYS {
        let again = replay(&mut world, program, &tape).map(|failure| failure.to_string());
        assert_eq!(again.as_deref(), Some(line.as_str()), "{name}, seed {seed}");
    }
    let elsewhere = elsewhere(&tape.to_text(name));
    assert_eq!(elsewhere.len(), REPLAYS, "{name}, seed {seed}");
    for again in elsewhere {
        assert_eq!(again, line, "{name}, seed {seed}");
    }
}

#[test]
fn every_failure_of_the_first_tier_is_found_and_repeated() {
    for program in tier(Tier::T0) {
        for seed in 0..10 {
            is_found_and_repeated(program, seed);
        }
    }
}

#[test]
fn so_is_every_failure_of_the_hard_tier_but_the_hardest() {
    for program in tier(Tier::T2).filter(|program| program.name != "SafeStack") {
        is_found_and_repeated(program, 0);
    }
}
