//! The rows of tier T0 of SCTBench: failures found at random are shrunk to the
//! smallest number of deviations that there is.
//!
//! `cargo test -p reveille --release --lib published -- --nocapture` prints the table.

use super::{deviations, fails_with, shrunk};
use crate::host::{Here, Host, Plan};
use crate::record::{Broken, RunRecord};
use reveille_sctbench::{ALL, Program, Tier};
use reveille_sim::{Faults, Portfolio, Random, Settings, Tape, World};

/// Failures of each program that are shrunk.
const FAILURES: usize = if cfg!(debug_assertions) { 10 } else { 200 };

/// A row of the table.
struct Row {
    program: &'static Program,
    before: Vec<usize>,
    after: Vec<usize>,
    /// The smallest number of deviations with which a tape fails alike.
    least: Vec<usize>,
    replays: Vec<usize>,
}

fn median(numbers: &[usize]) -> usize {
    let mut sorted = numbers.to_vec();
    sorted.sort_unstable();
    sorted[sorted.len() / 2]
}

fn most(numbers: &[usize]) -> usize {
    numbers.iter().copied().max().unwrap_or(0)
}

fn measure(program: &'static Program) -> Row {
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    let (mut world, mut random) = (World::new(), Random::new(7));
    let mut host = Here::new(&program.body, settings.clone(), Portfolio::new(7));
    let mut known: Vec<(Broken, usize)> = Vec::new();
    let mut row = Row {
        program,
        before: Vec::new(),
        after: Vec::new(),
        least: Vec::new(),
        replays: Vec::new(),
    };
    let mut run = 0;
    while row.before.len() < FAILURES {
        run += 1;
        assert!(run < 1_000_000, "{} hardly fails", program.name);
        if world.run(&settings, &mut random, run, program.body).verdict.is_none() {
            continue;
        }
        let failing = host.run(&Plan::replay(world.tape())).unwrap();
        let broken = failing.broken.as_ref().expect("the same as in the other world");
        let least = match known.iter().find(|(other, _)| other.is_like(broken)) {
            Some((_, least)) => *least,
            None => {
                let least = least(&mut host, &failing);
                known.push((broken.clone(), least));
                least
            }
        };
        let result = shrunk(&mut host, &failing.tape);
        row.before.push(failing.tape.deviations().count());
        row.after.push(deviations(&result.record.tape).len());
        row.least.push(least);
        row.replays.push(result.replays as usize);
    }
    row
}

fn least(host: &mut dyn Host, failing: &RunRecord) -> usize {
    let enough = |most: &usize| fails_with(host, &Tape::new(), 0, *most, failing);
    (0..4).find(enough).expect("no failure needs four")
}

#[test]
fn every_row_ends_with_the_fewest_deviations() {
    println!(
        "program            deviations before, after (median, most)     replays (median, most)"
    );
    let rows: Vec<Row> = ALL.iter().filter(|row| row.tier == Tier::T0).map(measure).collect();
    for row in &rows {
        let Row { program, before, after, replays, .. } = row;
        println!(
            "{:<18} {:>6} {:>4} -> {} {:>4}  {:>28} {:>6}",
            program.name,
            median(before),
            most(before),
            median(after),
            most(after),
            median(replays),
            most(replays)
        );
    }
    let all: Vec<usize> = rows.iter().flat_map(|row| row.replays.clone()).collect();
    println!("all {:>63} {:>6}", median(&all), most(&all));
    assert_eq!(rows.len(), 17);
    assert!(median(&all) <= 100);
    for row in rows {
        assert_eq!(row.after, row.least, "{}", row.program.name);
    }
}
