//! The programs fail as they should, and a failure is repeated from its tape: by `bench/threads
//! test`.
#![cfg(reveille_threads)]

use reveille_bench_strands::again::repeat;
use reveille_bench_strands::program::{Program, world};
use reveille_bench_strands::programs::ALL;
use reveille_sctbench::Tier;
use reveille_sim::{Plain, Portfolio, Random};
use std::collections::BTreeSet;
use std::path::Path;

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
    let mut random = Random::new(1);
    assert!((0..100).any(|run| !lazy01.fails(&mut world, &mut random, run)));
}

fn is_found_and_repeated(program: &Program, seed: u64) {
    let Program { name, .. } = program;
    let (mut world, mut portfolio) = (world(), Portfolio::new(seed));
    let found = (0..ENOUGH).any(|run| program.fails(&mut world, &mut portfolio, run));
    assert!(found, "{name} passes {ENOUGH} times with seed {seed}");
    let executable = Path::new(env!("CARGO_BIN_EXE_reveille-bench-strands"));
    let repeated = repeat(executable, program, &world.tape(), REPLAYS);
    assert_eq!(repeated, Ok([REPLAYS; 2]), "{name}, seed {seed}");
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
