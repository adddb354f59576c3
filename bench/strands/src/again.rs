//! A failure is repeated from its tape, in this process or in another one.

use crate::program::{Program, world};
use crate::programs::ALL;
use reveille_sim::{Law, Portfolio, Recording, Replay, Tape, World};
use std::fmt;

/// A failure, by what tells it apart from others: what was broken, and all that went before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    law: Law,
    step: u64,
    /// The hash of all events of the run.
    events: u64,
    /// What is particular to the case, as it is shown.
    detail: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Failure { law, step, events, detail } = self;
        write!(f, "{law} in step {step}, events {events:016x}: {detail}")
    }
}

/// The first failure that the portfolio finds within `runs`, as a tape.
#[must_use]
pub fn find(world: &mut World, program: &Program, seed: u64, runs: u64) -> Option<Tape> {
    let mut portfolio = Portfolio::new(seed);
    let found = (0..runs).any(|run| program.fails(world, &mut portfolio, run));
    found.then(|| world.tape())
}

/// What the tape leads to; none if the run passes.
#[must_use]
pub fn replay(world: &mut World, program: &Program, tape: &Tape) -> Option<Failure> {
    let recording = Recording::events(Vec::new());
    let outcome = program.run(world, &mut Replay::new(tape.clone()), 0, recording);
    let finding = outcome.verdict?;
    Some(Failure {
        law: finding.law,
        step: finding.step,
        events: outcome.trace.map_or(0, |trace| trace.hash()),
        detail: format!("{:?}", finding.detail),
    })
}

/// Prints what a tape leads to, a line each time, for another process to compare.
///
/// # Errors
///
/// If it is no tape or of no program here, or if `times` is no number.
pub fn print(tape: &str, times: &str) -> Result<(), String> {
    let times: u32 = times.parse().map_err(|_| format!("{times} is no number"))?;
    let (name, tape) = Tape::from_text(tape).map_err(|error| error.to_string())?;
    let program = ALL.iter().find(|program| program.name == name);
    let program = program.ok_or_else(|| format!("no program is called {name}"))?;
    let mut world = world();
    for _ in 0..times {
        match replay(&mut world, program, &tape) {
            Some(failure) => println!("{failure}"),
            None => println!("it passes"),
        }
    }
    Ok(())
}
