//! `cargo run --release -p reveille-sctbench`: schedules to the first failure, ours
//! beside the published ones, as a table in Markdown.
//!
//! A sampler by itself is measured by the share of its runs that fail; those that
//! learn do so in a first run, which is counted as one schedule, as the published
//! means count it. The portfolio is measured as a test uses it: from nothing, until
//! its first failure, once for each of many seeds. Bounded search has no seed.

use reveille_sctbench::{ALL, Estimate, Figure, Program, Tier, fails, rounded};
use reveille_sim::{
    Bounded, Pct, Portfolio, Pos, Random, RandomWalk, Sampler, Seeded, Surw, World,
};

/// Failures that make an estimate good enough, and runs that must do.
const ENOUGH: u64 = 2_000;
const MOST_RUNS: u64 = 200_000;
/// With many threads a run takes long, and these must do.
const MOST_TURNS: u64 = 4_000_000;
/// Seeds for the portfolio, and for it with many threads.
const SEEDS: u64 = 1_000;
const FEWER_SEEDS: u64 = 50;

fn main() {
    let filter = std::env::args().nth(1).unwrap_or_default();
    println!(
        "| program | n / k | random | PCT-3 | POS | SURW | random+ | PCT-3+ | POS+ | SURW+ | bounded | **portfolio** |"
    );
    println!("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for program in ALL.iter().filter(|program| program.name.contains(&filter)) {
        row(program);
    }
}

fn row(program: &Program) {
    let (model, artifact) = (program.published.model, program.published.artifact);
    let cell =
        |ours: String, model: Figure, artifact: Figure| format!("{ours} ({model} / {artifact})");
    let raw = program.tier == Tier::T0;
    let one = |ours: String, model, artifact| {
        if raw { cell(ours, model, artifact) } else { format!("({model} / {artifact})") }
    };
    let measured = |wanted: bool, sampler: &mut dyn Sampler| {
        if wanted { of_one(program, sampler) } else { String::new() }
    };
    println!(
        "| {} | {} / {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | **{}** |",
        program.name,
        program.threads,
        program.points,
        one(measured(raw, &mut Random::new(1)), model.random, artifact.random),
        one(measured(raw, &mut Seeded::with(2, Pct::of_depth(3))), model.pct3, artifact.pct3),
        one(measured(raw, &mut Seeded::with(3, Pos::default())), model.pos, artifact.pos),
        cell(of_one(program, &mut Seeded::with(4, Surw::default())), model.surw, artifact.surw),
        of_one(program, &mut Seeded::with(5, RandomWalk).eager()),
        of_one(program, &mut Seeded::with(6, Pct::of_depth(3)).eager()),
        of_one(program, &mut Seeded::with(7, Pos::default()).eager()),
        of_one(program, &mut Seeded::with(8, Surw::default()).eager()),
        first_failure(program, &mut Bounded::new()),
        of_portfolio(program),
    );
}

/// The mean number of schedules of a sampler by itself; the first run teaches.
fn of_one(program: &Program, sampler: &mut dyn Sampler) -> String {
    let mut world = World::new();
    let most = match program.tier {
        Tier::T0 => MOST_RUNS,
        _ => MOST_TURNS / u64::from(program.points),
    };
    let mut sampler = sampler;
    fails(&mut world, &mut sampler, 0, program);
    let fails = |run| fails(&mut world, &mut sampler, run, program);
    let estimate = Estimate::until(ENOUGH, |estimate| estimate.runs < most, fails);
    if estimate.failures == 0 { format!("> {most}") } else { rounded(estimate.schedules()) }
}

/// The run that fails first, counted from 1.
fn first_failure(program: &Program, sampler: &mut impl Sampler) -> String {
    let mut world = World::new();
    let found = (0..MOST_RUNS).find(|run| fails(&mut world, sampler, *run, program));
    found.map_or_else(|| format!("> {MOST_RUNS}"), |run| (run + 1).to_string())
}

/// The mean and the worst over many seeds.
fn of_portfolio(program: &Program) -> String {
    let mut world = World::new();
    let seeds = if program.points > 200 { FEWER_SEEDS } else { SEEDS };
    let needed: Vec<u64> = (0..seeds)
        .map(|seed| {
            let mut portfolio = Portfolio::new(seed);
            let found = (0..MOST_RUNS).find(|run| fails(&mut world, &mut portfolio, *run, program));
            found.unwrap_or(MOST_RUNS) + 1
        })
        .collect();
    let mean = needed.iter().sum::<u64>() as f64 / seeds as f64;
    let worst = needed.iter().max().copied().unwrap_or_default();
    format!("{} (at most {worst})", rounded(mean))
}
