//! SafeStack: how long each of many seeds needs to its first failure.

use crate::again::repeat;
use crate::cpu::Stopwatch;
use crate::program::{Counting, world};
use crate::programs::SAFE_STACK;
use reveille_sctbench::Estimate;
use reveille_sim::{
    Bounded, Pct, Portfolio, Pos, Random, RandomWalk, Sampler, Seeded, Sticky, Surw, Tape, Urw,
};
use std::time::Duration;

const SEEDS: u64 = 20;
const REPLAYS: usize = 100;
/// Time on the processor for each seed.
const LIMIT: Duration = Duration::from_secs(60);

/// Prints how often each sampler by itself finds it.
pub fn print_rates(seconds: u64) {
    println!("| sampler | schedules | found | a CPU second | points a schedule |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    let limit = Duration::from_secs(seconds);
    rate("POS+", Seeded::with(1, Pos::default()).eager(), limit);
    rate("POS", Seeded::with(1, Pos::default()), limit);
    rate("POS+, gathering", Seeded::with(1, Pos::default()).eager().gathering(), limit);
    rate("POS, gathering", Seeded::with(1, Pos::default()).gathering(), limit);
    rate("random+", Seeded::with(1, RandomWalk).eager(), limit);
    rate("random", Random::new(1), limit);
    rate("URW+", Seeded::with(1, Urw::default()).eager(), limit);
    rate("URW+, gathering", Seeded::with(1, Urw::default()).eager().gathering(), limit);
    rate("SURW+", Seeded::with(1, Surw::default()).eager(), limit);
    rate("PCT+", Seeded::with(1, Pct::mix()).eager(), limit);
    rate("sticky+", Seeded::with(1, Sticky::default()).eager(), limit);
    rate("bounded search", Bounded::new(), limit);
    rate("portfolio", Portfolio::new(1), limit);
}

fn rate(name: &str, sampler: impl Sampler, limit: Duration) {
    let (mut world, mut sampler) = (world(), Counting::new(sampler));
    let clock = Stopwatch::start();
    let go_on = |_: &Estimate| clock.elapsed() < limit;
    let fails = |run| SAFE_STACK.fails(&mut world, &mut sampler, run - 1);
    let Estimate { runs, failures } = Estimate::until(u64::MAX, go_on, fails);
    let rate = runs as f64 / clock.elapsed().as_secs_f64();
    let points = sampler.points() / runs;
    println!("| {name} | {runs} | {failures} | {rate:.0} | {points} |");
}

/// Prints the seeds of the sampler that users get, and of the one that finds it soonest by
/// itself; of one of them if `filter` says so.
pub fn print(filter: &str) {
    println!("| sampler | seed | schedules | CPU seconds | repeated here, elsewhere |");
    println!("| --- | ---: | ---: | ---: | ---: |");
    if "portfolio".contains(filter) {
        of_seeds("portfolio", Portfolio::new);
    }
    if "POS".contains(filter) {
        of_seeds("POS", |seed| Seeded::with(seed, Pos::default()));
    }
}

fn of_seeds<S: Sampler>(name: &str, sampler: impl Fn(u64) -> S) {
    let mut found = 0;
    let mut worst = Duration::ZERO;
    for seed in 0..SEEDS {
        let (runs, took, tape) = until_failure(&mut sampler(seed));
        let least = if tape.is_some() { "" } else { "> " };
        let repeated = tape.as_ref().map(repeated).unwrap_or_default();
        println!(
            "| {name} | {seed} | {least}{runs} | {least}{:.1} | {repeated} |",
            took.as_secs_f64()
        );
        found += u64::from(tape.is_some());
        worst = worst.max(took);
    }
    let worst = worst.as_secs_f64();
    println!("| **{name}** | **{found} of {SEEDS}** | | **at most {worst:.1}** | |");
}

fn until_failure(sampler: &mut impl Sampler) -> (u64, Duration, Option<Tape>) {
    let mut world = world();
    let clock = Stopwatch::start();
    let mut runs = 0;
    loop {
        let failed = SAFE_STACK.fails(&mut world, sampler, runs);
        runs += 1;
        if failed || runs % 1_000 == 0 && clock.elapsed() > LIMIT {
            return (runs, clock.elapsed(), failed.then(|| world.tape()));
        }
    }
}

fn repeated(tape: &Tape) -> String {
    let itself = std::env::current_exe().map_err(|error| error.to_string());
    let counts = itself.and_then(|itself| repeat(&itself, &SAFE_STACK, tape, REPLAYS));
    let shown = |[here, elsewhere]: [usize; 2]| format!("{here}, {elsewhere} of {REPLAYS}");
    counts.map_or_else(|error| error, shown)
}
