//! The workload slot10 alone, for a profiler: `slot10 [floor|random|plain] [runs]`.

use reveille_bench::floor::Floor;
use reveille_bench::slot10;
use reveille_sim::{Faults, Plain, Random, Sampler, Settings, World};

fn main() {
    let mut arguments = std::env::args().skip(1);
    let which = arguments.next().unwrap_or_default();
    let runs: u64 = arguments.next().and_then(|n| n.parse().ok()).unwrap_or(1_000_000);
    match which.as_str() {
        "floor" => {
            let floor = Floor::default();
            (0..runs).for_each(|seed| slot10::on_floor(&floor, seed));
        }
        "plain" => in_reveille(Plain, runs),
        _ => in_reveille(Random::new(1), runs),
    }
}

fn in_reveille(mut sampler: impl Sampler, runs: u64) {
    let mut world = World::new();
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    (0..runs).for_each(|run| slot10::in_reveille(&mut world, &settings, &mut sampler, run));
}
