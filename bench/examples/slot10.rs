//! The workload slot10 alone, for a profiler: `slot10 [floor|random|plain] [runs]`.

use reveille_bench::floor::{self, Floor};
use reveille_bench::slot::slot;
use reveille_sim::{Faults, Plain, Random, Sampler, Settings, World};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let which = arguments.next().unwrap_or_default();
    let runs: u64 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    match which.as_str() {
        "floor" => on_floor(runs),
        "plain" => in_reveille(Plain, runs),
        _ => in_reveille(Random::new(1), runs),
    }
}

fn on_floor(runs: u64) {
    let floor = Floor::default();
    for seed in 0..runs {
        floor.run(seed, async {
            let (tx, rx) = slot();
            let producer = floor::spawn(async move {
                for i in 0..10 {
                    tx.send(i).await;
                }
            });
            let consumer = floor::spawn(async move {
                for i in 0..10 {
                    assert_eq!(rx.recv().await, i);
                }
            });
            producer.await;
            consumer.await;
        });
    }
}

fn in_reveille(mut sampler: impl Sampler, runs: u64) {
    let mut world = World::new();
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    for run in 0..runs {
        let outcome = world.run(&settings, &mut sampler, run, || async {
            let (tx, rx) = slot();
            let producer = reveille_sim::spawn(async move {
                for i in 0..10 {
                    tx.send(i).await;
                }
            });
            let consumer = reveille_sim::spawn(async move {
                for i in 0..10 {
                    assert_eq!(rx.recv().await, i);
                }
            });
            producer.await.unwrap();
            consumer.await.unwrap();
        });
        assert!(outcome.verdict.is_none());
    }
}
