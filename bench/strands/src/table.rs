//! Schedules to the first failure, ours beside the published ones, as a table in Markdown.
//!
//! A sampler by itself is measured by the share of its runs that fail; it learns in a first run,
//! which is not counted. The portfolio is measured as a test uses it: from nothing, until its first
//! failure, once for each of many seeds. Time on the processor bounds each measurement.

use crate::cpu::Stopwatch;
use crate::program::{Program, world};
use crate::programs::ALL;
use reveille_sctbench::{Estimate, Figures, rounded};
use reveille_sim::{Pct, Policy, Portfolio, Pos, RandomWalk, Seeded, Surw};
use std::time::Duration;

/// Failures that make an estimate good enough: it is off by 8 % then, in two cases of three.
/// Runs that rest for ever keep their threads for ever, so there are not many.
const ENOUGH: u64 = 150;
/// Time for a sampler by itself.
const LIMIT: Duration = Duration::from_secs(3);
/// Seeds of the portfolio, the time in which they must begin, and that in which all must end.
const SEEDS: u64 = 100;
const LAST_BEGINS: Duration = Duration::from_secs(4);
const LAST_ENDS: Duration = Duration::from_secs(40);

/// Prints the rows whose names contain `filter`.
pub fn print(filter: &str) {
    println!(
        "| program | n / k | random+ | PCT-3+ | POS+ | SURW+ | **portfolio** | published random / PCT-3 / POS / SURW |"
    );
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |");
    for program in ALL.iter().filter(|program| program.name.contains(filter)) {
        let (threads, points) = program.size();
        let Figures { random, pct3, pos, surw, .. } = program.row().published.artifact;
        println!(
            "| {} | {threads} / {points} | {} | {} | {} | {} | **{}** | {random} / {pct3} / {pos} / {surw} |",
            program.name,
            of_one(program, RandomWalk),
            of_one(program, Pct::of_depth(3)),
            of_one(program, Pos::default()),
            of_one(program, Surw::default()),
            of_portfolio(program),
        );
    }
}

/// The mean number of schedules of a sampler by itself, with the eager rule.
fn of_one(program: &Program, policy: impl Policy) -> String {
    let (mut world, mut sampler) = (world(), Seeded::with(1, policy).eager());
    program.fails(&mut world, &mut sampler, 0);
    let clock = Stopwatch::start();
    let go_on = |_: &Estimate| clock.elapsed() < LIMIT;
    let estimate =
        Estimate::until(ENOUGH, go_on, |run| program.fails(&mut world, &mut sampler, run));
    if estimate.failures == 0 {
        return format!("> {}", estimate.runs);
    }
    rounded(estimate.schedules())
}

/// The mean and the worst over many seeds, or what one needed if there was no time for more.
fn of_portfolio(program: &Program) -> String {
    let mut world = world();
    let clock = Stopwatch::start();
    let mut needed = Vec::new();
    let mut made = 0;
    for seed in (0..SEEDS).take_while(|_| clock.elapsed() < LAST_BEGINS) {
        let mut portfolio = Portfolio::new(seed);
        made = 0;
        loop {
            made += 1;
            if program.fails(&mut world, &mut portfolio, made - 1) {
                needed.push(made);
                break;
            }
            if made % 100 == 0 && clock.elapsed() > LAST_ENDS {
                break;
            }
        }
    }
    let Some(worst) = needed.iter().max() else { return format!("> {made}") };
    let mean = needed.iter().sum::<u64>() as f64 / needed.len() as f64;
    match needed.len() {
        1 => format!("{} (one seed)", rounded(mean)),
        _ => format!("{} (at most {worst})", rounded(mean)),
    }
}
