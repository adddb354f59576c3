//! Threads and scheduling points, counted.

use crate::program;
use reveille_sctbench::{ALL, Program, Tier, fails};
use reveille_sim::{Faults, Kind, Plain, Random, Runnable, Sampler, Strand, Touch, World};

/// Counts what another sampler is told.
struct Counting<S> {
    inner: S,
    threads: usize,
    points: u32,
    undeclared: u32,
}

impl<S> Counting<S> {
    fn new(inner: S) -> Self {
        Counting { inner, threads: 0, points: 0, undeclared: 0 }
    }
}

impl<S: Sampler> Sampler for Counting<S> {
    fn begin(&mut self, run: u64, permitted: Faults) -> Faults {
        (self.threads, self.points, self.undeclared) = (0, 0, 0);
        self.inner.begin(run, permitted)
    }

    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        self.inner.choose(kind, options)
    }

    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        self.inner.schedule(runnable)
    }

    fn turn(&mut self, strand: &Strand) {
        self.threads = self.threads.max(strand.number() + 1);
        match strand.next() {
            Touch::Read(_) | Touch::Write(_) => self.points += 1,
            // The main thread comes to its end, or a thread has none.
            Touch::Nothing => {}
            Touch::Anything => self.undeclared += 1,
        }
        self.inner.turn(strand);
    }

    fn end(&mut self) {
        self.inner.end();
    }
}

#[test]
fn there_are_seventeen_rows_and_seven() {
    let of = |tier| ALL.iter().filter(|program| program.tier == tier).count();
    assert_eq!((of(Tier::T0), of(Tier::T1)), (17, 7));
}

#[test]
fn the_plain_run_has_the_threads_and_points_that_the_row_says() {
    let mut plain = Counting::new(Plain);
    let mut found = Vec::new();
    for program in ALL {
        fails(&mut World::new(), &mut plain, 0, program);
        // The first spawn of the main thread is its first turn, before any choice.
        found.push((program.name, plain.threads as u32, plain.points, plain.undeclared));
    }
    let said: Vec<_> =
        ALL.iter().map(|program| (program.name, program.threads, program.points, 1)).collect();
    assert_eq!(found, said);
}

#[test]
fn only_one_plain_run_fails() {
    let failing = ALL.iter().filter(|program| fails(&mut World::new(), &mut Plain, 0, program));
    let names: Vec<&str> = failing.map(|program| program.name).collect();
    assert_eq!(names, ["lazy01"]);
}

#[test]
fn points_are_the_published_ones() {
    let published = |program: &&Program| program.published.points.is_some();
    let other = ALL.iter().filter(published).filter(|program| {
        // Where the plain run fails, a passing one is to be looked at instead.
        let points = if program.name == "lazy01" { 11 } else { program.points };
        program.published.points != Some(points)
    });
    let other: Vec<&str> = other.map(|program| program.name).collect();
    assert_eq!(other, ["twostage_100"]);
}

#[test]
fn every_run_that_passes_has_as_many_points_where_no_branch_adds_any() {
    // This would not be so if a thread could be chosen that stands before a lock
    // which is held, or waits in a join.
    let names = [
        ("account", 8),
        ("lazy01", 11),
        ("deadlock01", 11),
        ("wronglock", 49),
        ("wronglock_3", 25),
        ("token_ring", 11),
        ("stack", 43),
        ("circular_buffer", 31),
        ("carter01", 19),
        ("stringbuffer-jdk1.4", 10),
    ];
    for (name, points) in names {
        let (mut world, mut random) = (World::new(), Counting::new(Random::new(3)));
        let mut passing = 0;
        for run in 0..1_000 {
            if !fails(&mut world, &mut random, run, program(name)) {
                passing += 1;
                assert_eq!(random.points, points, "{name}, run {run}");
            }
        }
        assert!(passing > 10, "{name} passes {passing} times");
    }
}
