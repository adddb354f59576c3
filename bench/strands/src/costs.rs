//! What the engine of threads costs: an operation, a run of two threads, and a workload beside
//! shuttle.
//!
//! shuttle is another program, compiled without the flags of the engine, as it would be for its
//! users; the two take turns. Time is that on the processor, without that of starts.

use crate::cpu::Stopwatch;
use crate::program::{Counting, world};
use reveille_bench::rounds::{Done, Measured, TimedContender, human, measure};
use reveille_bench::slot10;
use reveille_sim::{Faults, Random, Settings, spawn};
use std::future::Future;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

/// Operations of each strand where an operation is measured.
const OPERATIONS: u32 = 2_000;
/// The same where a run is: with what threads do by themselves some fifty.
const FEW: u32 = 10;
const ROUNDS: usize = 5;

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    settings
}

/// Nanoseconds on the processor that a run takes, the median of several rounds.
fn nanos_a_run<F: Future<Output = ()>>(runs: u64, body: impl Fn() -> F) -> f64 {
    let mut world = world();
    let settings = settings();
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let clock = Stopwatch::start();
            for run in 0..runs {
                let outcome = world.run(&settings, &mut Random::new(run), run, &body);
                assert_eq!(outcome.verdict, None);
            }
            clock.elapsed().as_nanos() as f64 / runs as f64
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    rounds[ROUNDS / 2]
}

async fn tasks() {
    let place = Arc::new(AtomicU32::new(0));
    let tasks = [0, 1].map(|_| {
        let place = place.clone();
        spawn(async move {
            for _ in 0..OPERATIONS {
                place.fetch_add(1, SeqCst);
            }
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
}

async fn threads() {
    let place = Arc::new(AtomicU32::new(0));
    let threads = [0, 1].map(|_| {
        let place = place.clone();
        thread::spawn(move || {
            for _ in 0..FEW {
                place.fetch_add(1, SeqCst);
            }
        })
    });
    for thread in threads {
        thread.join().unwrap();
    }
}

/// Runs of slot10 in a round.
const RUNS: u64 = 20_000;

/// Random walks over slot10, as many as that, with the std's `Mutex` in its channel.
fn slot10_here() -> Done {
    let mut world = world();
    let (settings, mut sampler) = (settings(), Random::new(1));
    let clock = Stopwatch::start();
    (0..RUNS).for_each(|run| slot10::in_reveille(&mut world, &settings, &mut sampler, run));
    (RUNS, clock.elapsed())
}

/// The same in shuttle, with shuttle's `Mutex`: nanoseconds, or scheduling points.
fn slot10_in(shuttle: &str, what: &str) -> u64 {
    let output = Command::new(shuttle).args([what, &RUNS.to_string()]).output();
    let output = output.expect("shuttle's program was built");
    let printed = String::from_utf8_lossy(&output.stdout);
    printed.trim().parse().expect("shuttle's program prints a number")
}

fn print_slot10(shuttle: &str) {
    let path = shuttle.to_owned();
    let there = move || (RUNS, Duration::from_nanos(slot10_in(&path, "time")));
    let mut contenders: Vec<TimedContender> =
        vec![("shuttle", Box::new(there)), ("here", Box::new(slot10_here))];
    let measured = measure(&mut contenders);
    let mut counting = Counting::new(Random::new(1));
    let (mut world, settings) = (world(), settings());
    (0..RUNS).for_each(|run| slot10::in_reveille(&mut world, &settings, &mut counting, run));
    let points = [slot10_in(shuttle, "points"), counting.points()].map(|points| points / RUNS);
    let names = ["in shuttle, its `Mutex`", "here, the standard library's `Mutex`"];
    for ((name, points), Measured { rate, .. }) in names.iter().zip(points).zip(&measured) {
        println!("| slot10 {name}, runs/s | {} | |", human(*rate));
        println!("| the same, points a run | {points} | |");
        println!("| the same, points/s | {} | |", human(rate * points as f64));
    }
    println!("| slot10 here, runs/s to those in shuttle | {:.2} | 3 |", measured[1].to_the_first);
}

/// Prints the table; `shuttle` is the program to compare with.
pub fn print(shuttle: &str) {
    println!("| what | measured | asked |");
    println!("| --- | ---: | ---: |");
    let operation = nanos_a_run(500, tasks) / f64::from(2 * OPERATIONS);
    println!("| an operation, two strands, sampler `random`, ns | {operation:.1} | 60 |");
    let run = nanos_a_run(50_000, threads) / 1e3;
    println!("| a run of two `std::thread`s, start to end, us | {run:.2} | 4 |");
    let empty = nanos_a_run(50_000, || async {}) / 1e3;
    println!("| an empty run, us | {empty:.2} | |");
    print_slot10(shuttle);
}
