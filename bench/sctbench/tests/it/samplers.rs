//! The samplers against the figures that others reported, and against the bounds that
//! the project sets itself. The full table is `cargo run --release -p reveille-sctbench`.

use crate::program;
use reveille_sctbench::{ALL, Estimate, Program, Tier, fails};
use reveille_sim::{Bounded, Pct, Portfolio, Pos, RandomWalk, Sampler, Seeded, Surw, World};

/// The run that fails first, counted from 1.
fn first_failure(sampler: &mut impl Sampler, most: u64, program: &Program) -> Option<u64> {
    let mut world = World::new();
    (0..most).find(|run| fails(&mut world, sampler, *run, program)).map(|run| run + 1)
}

#[test]
fn the_portfolio_finds_every_failure_of_the_first_tier_within_a_hundred_runs() {
    for program in ALL.iter().filter(|program| program.tier == Tier::T0) {
        for seed in 0..40 {
            let found = first_failure(&mut Portfolio::new(seed), 100, program);
            assert!(found.is_some(), "{} with seed {seed}", program.name);
        }
    }
}

/// The portfolio needs at most three times the published mean of SURW, which it is not
/// told anything about a run before.
#[test]
fn the_portfolio_scales() {
    for name in ["reorder_10", "reorder_20", "twostage_20"] {
        let program = program(name);
        let published = program.published.artifact.surw.mean().unwrap();
        let seeds = 60;
        let runs: u64 = (0..seeds)
            .map(|seed| first_failure(&mut Portfolio::new(seed), 10_000, program).unwrap())
            .sum();
        let mean = runs as f64 / f64::from(seeds as u32);
        assert!(mean <= 3.0 * published, "{name}: {mean} against {published}");
    }
}

#[test]
fn bounded_search_needs_one_deviation() {
    // Schedules to the first failure; the order of programs is that of the table.
    let first: Vec<(&str, u64)> = ALL
        .iter()
        .filter(|program| program.points < 30)
        .map(|program| (program.name, first_failure(&mut Bounded::new(), 1_000, program).unwrap()))
        .collect();
    let expected = [
        ("account", 5),
        ("lazy01", 1),
        ("deadlock01", 4),
        ("wronglock_3", 6),
        ("bluetooth_driver", 3),
        ("token_ring", 2),
        ("carter01", 2),
        ("twostage", 2),
        ("reorder_3", 6),
        ("reorder_4", 8),
        ("reorder_5", 10),
        ("stringbuffer-jdk1.4", 4),
    ];
    assert_eq!(first, expected);
}

/// Each sampler is the algorithm that it names: within half again of the mean that a
/// model with the same scheduling points gives, both ways.
#[test]
fn samplers_are_within_half_again_of_their_models() {
    type Make = fn(u64) -> Box<dyn Sampler>;
    let random_eager: Make = |seed| Box::new(Seeded::with(seed, RandomWalk).eager());
    let pct: Make = |seed| Box::new(Seeded::with(seed, Pct::of_depth(3)));
    let pct_eager: Make = |seed| Box::new(Seeded::with(seed, Pct::of_depth(3)).eager());
    let pos: Make = |seed| Box::new(Seeded::with(seed, Pos::default()));
    let pos_eager: Make = |seed| Box::new(Seeded::with(seed, Pos::default()).eager());
    let surw: Make = |seed| Box::new(Seeded::with(seed, Surw::default()));
    let surw_eager: Make = |seed| Box::new(Seeded::with(seed, Surw::default()).eager());
    // Means of the model, with the eager rule where it says so.
    let rows: [(&str, &str, Make, f64); 18] = [
        ("reorder_3", "random+", random_eager, 20.0),
        ("reorder_3", "pct-3", pct, 28.0),
        ("reorder_3", "pct-3+", pct_eager, 15.0),
        ("reorder_3", "pos", pos, 15.0),
        ("reorder_3", "pos+", pos_eager, 9.9),
        ("reorder_3", "surw", surw, 6.6),
        ("reorder_3", "surw+", surw_eager, 7.7),
        ("reorder_4", "pos+", pos_eager, 13.0),
        ("reorder_4", "pct-3+", pct_eager, 24.0),
        ("reorder_5", "random+", random_eager, 33.0),
        ("reorder_5", "pct-3", pct, 122.0),
        ("reorder_5", "pct-3+", pct_eager, 37.0),
        ("reorder_5", "pos", pos, 85.0),
        ("reorder_5", "pos+", pos_eager, 16.0),
        ("reorder_5", "surw", surw, 9.9),
        ("reorder_10", "pos+", pos_eager, 33.0),
        ("reorder_10", "surw", surw, 21.0),
        ("reorder_20", "surw+", surw_eager, 4.8),
    ];
    for (name, sampler, make, model) in rows {
        let program = program(name);
        let mut world = World::new();
        let mut made = make(11);
        let mut made = &mut *made;
        // The first run is what those that learn learn from.
        fails(&mut world, &mut made, 0, program);
        let runs = (200.0 * model).clamp(1_000.0, 12_000.0) as u64;
        let estimate = Estimate::of(&mut world, &mut made, 1..runs + 1, program);
        let ratio = estimate.schedules() / model;
        assert!(
            (1.0 / 1.5..=1.5).contains(&ratio),
            "{name}, {sampler}: {estimate} against {model}"
        );
    }
}
