//! `RUSTFLAGS="--cfg madsim" cargo bench --manifest-path bench/peers/Cargo.toml`: an echo
//! over the fake TCP of Reveille, turmoil and madsim.
//!
//! Each run is a simulation of its own with a seed of its own, as in a test of many runs,
//! and has two hosts. They are given the same latency, none or a millisecond, and of their
//! other settings those by which they are fastest. The pieces go one by one, which is
//! what a request and its answer cost, or as many at a time as there is room for: by that
//! a simulator whose time goes by in ticks has much to do in each.

use reveille_bench::rounds::{self, Contender, compare, timed};
use reveille_peers::echo::{Echo, Echoed, Pace};
use reveille_peers::{bare, in_madsim, in_reveille, in_turmoil, in_turmoil_net};
use reveille_sim::{Faults, Portfolio, Random, Sampler, Settings, World};
use std::time::Duration;

const APART: Duration = Duration::from_millis(1);

fn main() {
    // Cargo passes `--bench`; anything else is a filter.
    let filter = std::env::args().skip(1).find(|arg| !arg.starts_with('-')).unwrap_or_default();
    rounds::head();
    for (name, pace, latency) in [
        ("echo", Pace::OneByOne, Duration::ZERO),
        ("echo, 1 ms apart", Pace::OneByOne, APART),
        ("echo, streamed", Pace::Streamed, Duration::ZERO),
        ("echo, streamed, 1 ms apart", Pace::Streamed, APART),
    ] {
        if name.contains(&filter) {
            let contenders = contenders(Echo { pace, latency });
            let timed = contenders.into_iter().map(|(name, run)| (name, timed(run)));
            compare(name, "runs/s", timed.collect());
        }
    }
}

fn contenders(echo: Echo) -> Vec<Contender> {
    let alone = Echo { latency: Duration::ZERO, ..echo };
    vec![
        ("reveille, random", in_reveille(Random::new(1), Faults::NONE, echo)),
        ("reveille, portfolio, with faults", in_reveille(Portfolio::new(1), Faults::ALL, echo)),
        ("turmoil", many(echo, move |seed| in_turmoil::echo(seed, echo))),
        ("turmoil-net", many(echo, move |_| in_turmoil_net::echo(echo))),
        ("madsim", many(echo, move |seed| in_madsim::echo(seed, echo))),
        ("no simulator", many(alone, move |_| bare::echo(alone))),
    ]
}

fn in_reveille(
    mut sampler: impl Sampler + 'static,
    faults: Faults,
    echo: Echo,
) -> Box<dyn FnMut() -> u64> {
    let mut world = World::new();
    let mut settings = Settings::default();
    settings.faults = faults;
    many(echo, move |run| in_reveille::echo(&mut world, &settings, &mut sampler, run, echo))
}

/// A turn of so many runs, none of which may leave something out.
fn many(echo: Echo, mut run: impl FnMut(u64) -> Echoed + 'static) -> Box<dyn FnMut() -> u64> {
    const RUNS: u64 = 100;
    let mut seed = 0;
    Box::new(move || {
        for _ in 0..RUNS {
            seed += 1;
            echo.check(&run(seed));
        }
        RUNS
    })
}
