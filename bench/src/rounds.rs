//! Contenders that take turns, so that a noisy machine is noisy for all of them. Each
//! figure is the median over the rounds, each ratio the median of the ratios within a
//! round.

use std::time::{Duration, Instant};

const ROUNDS: usize = 15;

/// What was done, and how long it took.
pub type Done = (u64, Duration);
pub type Contender = (&'static str, Box<dyn FnMut() -> u64>);
/// One that takes the time of a part of what it does.
pub type TimedContender = (&'static str, Box<dyn FnMut() -> Done>);

pub fn timed(mut run: Box<dyn FnMut() -> u64>) -> Box<dyn FnMut() -> Done> {
    Box::new(move || {
        let start = Instant::now();
        (run(), start.elapsed())
    })
}

/// Prints the head of the table to which every workload adds rows.
pub fn head() {
    println!("| workload | contender | median | to the first |");
    println!("| --- | --- | ---: | ---: |");
}

/// What a contender does in a second, and how often what the first one does.
pub struct Measured {
    pub rate: f64,
    pub to_the_first: f64,
}

/// Measures the contenders, in their order.
pub fn measure(contenders: &mut [TimedContender]) -> Vec<Measured> {
    let mut rates = vec![Vec::new(); contenders.len()];
    for round in 0..=ROUNDS {
        for (rates, (_, run)) in rates.iter_mut().zip(&mut *contenders) {
            let (done, took) = run();
            let rate = done as f64 / took.as_secs_f64();
            // The first round warms up.
            if round > 0 {
                rates.push(rate);
            }
        }
    }
    let of_one = |rates_of_this: &Vec<f64>| {
        let ratios = rates_of_this.iter().zip(&rates[0]).map(|(this, first)| this / first);
        Measured { rate: median(rates_of_this.iter().copied()), to_the_first: median(ratios) }
    };
    rates.iter().map(of_one).collect()
}

/// Measures the contenders and prints a row for each.
pub fn compare(workload: &str, unit: &str, mut contenders: Vec<TimedContender>) {
    let measured = measure(&mut contenders);
    for ((name, _), Measured { rate, to_the_first }) in contenders.iter().zip(measured) {
        println!("| {workload} | {name} | {} {unit} | {to_the_first:.2} |", human(rate));
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// A rate for people to read.
pub fn human(rate: f64) -> String {
    match rate {
        1e6.. => format!("{:.2} M", rate / 1e6),
        1e4.. => format!("{:.0} k", rate / 1e3),
        _ => format!("{rate:.0}"),
    }
}
