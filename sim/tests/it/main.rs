//! The world of one run, from outside.

mod bytes;
mod cancelling;
mod completion;
mod crowds;
mod delays;
mod determinism;
mod digests;
mod executor;
mod exhaustive;
mod foreign_threads;
mod fs;
mod fs_conformance;
mod gathering;
#[cfg(feature = "tokio")]
mod guest_tokio;
mod hold;
mod hooks;
mod io;
mod io_faults;
#[cfg(feature = "tokio")]
mod io_tokio;
mod late_timers;
mod net_chaos;
mod net_crash;
mod net_faults;
mod net_hosts;
mod net_links;
mod net_tcp;
mod net_udp;
mod net_unix;
mod net_unix_datagrams;
mod outliving;
mod panicking_clones;
mod portfolio;
mod properties;
mod reactor;
mod reentrant_wakers;
mod reentry;
mod resync;
mod runaways;
mod samplers;
mod schedules;
mod scripts;
mod selector;
mod selector_conformance;
mod time;
mod unwinding;
mod wakers;

use reveille_sim::{Faults, Kind, Outcome, Plain, Replay, Sampler, Settings, Tape, World};

/// Settings without faults.
fn calm() -> Settings {
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    settings
}

/// The plain run of `body`.
fn plain<F: Future>(body: impl FnOnce() -> F) -> Outcome<F::Output> {
    World::new().run(&calm(), &mut Plain, 0, body)
}

/// The output of a plain run that breaks no law.
#[track_caller]
fn passes<F: Future>(body: impl FnOnce() -> F) -> F::Output {
    let outcome = plain(body);
    assert_eq!((&outcome.verdict, &outcome.warnings), (&None, &vec![]));
    outcome.output.expect("a run that passes has an output")
}

/// Run number `run` of `sampler`, and its tape.
fn sampled<F: Future>(
    sampler: &mut impl Sampler,
    run: u64,
    body: impl FnOnce() -> F,
) -> (Outcome<F::Output>, Tape) {
    let mut world = World::new();
    let outcome = world.run(&Settings::default(), sampler, run, body);
    (outcome, world.tape())
}

/// A tape on which a fault strikes at these of its occasions.
fn striking(kind: Kind, lane: &[u32]) -> Replay {
    let mut tape = Tape::new();
    *tape.lane_mut(kind) = lane.to_vec();
    Replay::new(tape)
}

/// A run in which a fault strikes at these of its occasions.
fn struck<F: Future>(kind: Kind, lane: &[u32], body: impl FnOnce() -> F) -> Outcome<F::Output> {
    World::new().run(&Settings::default(), &mut striking(kind, lane), 0, body)
}

/// The run of a tape.
fn replayed<F: Future>(tape: Tape, body: impl FnOnce() -> F) -> Outcome<F::Output> {
    sampled(&mut Replay::new(tape), 0, body).0
}
