//! SafeStack: how long each of many seeds needs to its first failure.

use crate::cpu::Stopwatch;
use crate::program::world;
use crate::programs::SAFE_STACK;
use reveille_sim::{Portfolio, Pos, Sampler, Seeded};
use std::time::Duration;

const SEEDS: u64 = 20;
/// Time on the processor for each seed.
const LIMIT: Duration = Duration::from_secs(60);

/// Prints the seeds of the sampler that users get, and then of the one that finds it by itself.
pub fn print() {
    println!("| sampler | seed | schedules | CPU seconds |");
    println!("| --- | ---: | ---: | ---: |");
    of_seeds("portfolio", Portfolio::new);
    of_seeds("POS+", |seed| Seeded::with(seed, Pos::default()).eager());
}

fn of_seeds<S: Sampler>(name: &str, sampler: impl Fn(u64) -> S) {
    let mut found = 0;
    let mut worst = Duration::ZERO;
    for seed in 0..SEEDS {
        let (runs, took, failed) = until_failure(&mut sampler(seed));
        let least = if failed { "" } else { "> " };
        println!("| {name} | {seed} | {least}{runs} | {least}{:.1} |", took.as_secs_f64());
        found += u64::from(failed);
        worst = worst.max(took);
    }
    println!("| **{name}** | **{found} of {SEEDS}** | | **at most {:.1}** |", worst.as_secs_f64());
}

fn until_failure(sampler: &mut impl Sampler) -> (u64, Duration, bool) {
    let mut world = world();
    let clock = Stopwatch::start();
    let mut runs = 0;
    loop {
        let failed = SAFE_STACK.fails(&mut world, sampler, runs);
        runs += 1;
        if failed || runs % 1_000 == 0 && clock.elapsed() > LIMIT {
            return (runs, clock.elapsed(), failed);
        }
    }
}
