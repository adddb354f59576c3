//! What the engine of threads costs: an operation, and a run of two threads.

use crate::program::world;
use reveille_sim::{Faults, Random, Settings, spawn};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;
use std::time::Instant;

/// Operations of each strand where an operation is measured.
const OPERATIONS: u32 = 2_000;
/// The same where a run is: with what threads do by themselves some fifty.
const FEW: u32 = 10;
const ROUNDS: usize = 5;

/// Nanoseconds that a run takes, the median of several rounds.
fn nanos_a_run<F: Future<Output = ()>>(runs: u64, body: impl Fn() -> F) -> f64 {
    let mut world = world();
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            for run in 0..runs {
                let outcome = world.run(&settings, &mut Random::new(run), run, &body);
                assert_eq!(outcome.verdict, None);
            }
            began.elapsed().as_nanos() as f64 / runs as f64
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

/// Prints the table.
pub fn print() {
    println!("| what | measured | asked |");
    println!("| --- | ---: | ---: |");
    let operation = nanos_a_run(500, tasks) / f64::from(2 * OPERATIONS);
    println!("| an operation, two strands, sampler `random`, ns | {operation:.1} | 60 |");
    let run = nanos_a_run(50_000, threads) / 1e3;
    println!("| a run of two `std::thread`s, start to end, us | {run:.2} | 4 |");
    let empty = nanos_a_run(50_000, || async {}) / 1e3;
    println!("| an empty run, us | {empty:.2} | |");
}
