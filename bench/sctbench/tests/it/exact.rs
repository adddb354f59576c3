//! Small programs, all their schedules: how many there are, how many of them fail,
//! and how likely a random walk fails. Then a random walk must fail that often.

use crate::explorer::{Explored, Fraction, explore};
use crate::program;
use reveille_sctbench::{ALL, Estimate, Tier, fails};
use reveille_sim::{Faults, Kind, Plain, Random, Runnable, Sampler, Strand, World};

#[rustfmt::skip]
const EXACT: [(&str, Explored); 9] = [
    ("account", all(28, 4, Fraction(17, 144))),
    ("lazy01", all(118, 81, Fraction(175, 288))),
    ("deadlock01", all(46, 3, Fraction(3, 8))),
    ("bluetooth_driver", all(177, 10, Fraction(1, 16))),
    ("token_ring", all(280, 57, Fraction(149, 1_152))),
    ("carter01", all(183_187, 585, Fraction(15, 32))),
    ("twostage", all(87, 3, Fraction(5, 64))),
    ("reorder_3", all(2_770, 23, Fraction(73, 2_916))),
    // By hand: of two threads, the one that appends must go first to the sum and to the
    // text, the one that rewrites next, and then the first again: four even choices.
    ("stringbuffer-jdk1.4", all(24, 1, Fraction(1, 16))),
];

const fn all(schedules: u64, failing: u64, chance: Fraction) -> Explored {
    Explored { schedules, failing, chance }
}

#[test]
fn small_programs_have_these_schedules() {
    for (name, exact) in EXACT {
        assert_eq!(explore(program(name)), exact, "{name}");
    }
}

#[test]
fn a_random_walk_fails_as_often_as_it_must() {
    const RUNS: u64 = 100_000;
    for (name, Explored { chance, .. }) in EXACT {
        let mut random = Random::new(11);
        let estimate = Estimate::of(&mut World::new(), &mut random, 0..RUNS, program(name));
        let p = chance.value();
        let errors = (estimate.probability() - p) / (p * (1.0 - p) / RUNS as f64).sqrt();
        assert!(errors.abs() < 4.0, "{name}: {estimate}, {errors:+.1} standard errors off");
    }
}

#[test]
fn programs_with_few_threads_pass_and_fail() {
    for program in ALL.iter().filter(|program| program.tier == Tier::T0) {
        let (mut world, mut random) = (World::new(), Random::new(5));
        let failing = (0..10_000).any(|run| fails(&mut world, &mut random, run, program));
        let passing = !fails(&mut world, &mut Plain, 0, program)
            || (0..10_000).any(|run| !fails(&mut world, &mut random, run, program));
        assert_eq!((failing, passing), (true, true), "{}", program.name);
    }
}

/// Deviates from the plain run once: when the first thread is between its two
/// changes, the last one goes.
struct Between {
    turns: u32,
    last: usize,
    deviated: bool,
}

impl Sampler for Between {
    fn begin(&mut self, _run: u64, _permitted: Faults) -> Faults {
        self.deviated = false;
        Faults::NONE
    }

    fn choose(&mut self, _kind: Kind, _options: u32) -> u32 {
        0
    }

    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        let is_first = |strand: &Strand| strand.number() == 1 && strand.turns() == self.turns;
        if self.deviated || !runnable.iter().any(is_first) {
            return 0;
        }
        self.deviated = true;
        let last = runnable.iter().position(|strand| strand.number() == self.last);
        last.expect("the last thread is runnable") as u32
    }
}

#[test]
fn programs_with_many_threads_pass_and_fail() {
    for program in ALL.iter().filter(|program| program.tier == Tier::T1) {
        let mut world = World::new();
        assert!(!fails(&mut world, &mut Plain, 0, program), "{} passes", program.name);
        // A write, or a lock, a write and an unlock.
        let turns = if program.name.starts_with("reorder") { 1 } else { 3 };
        let mut between = Between { turns, last: program.threads as usize - 1, deviated: false };
        assert!(fails(&mut world, &mut between, 0, program), "{} fails", program.name);
    }
}
