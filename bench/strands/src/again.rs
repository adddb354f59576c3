//! A failure is repeated from its tape, in this process or in another one.

use crate::program::{Program, world};
use crate::programs::ALL;
use reveille_sim::{Law, Recording, Replay, Tape, World};
use std::fmt;
use std::path::Path;
use std::process::Command;

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

/// How often, of so many times, the tape leads to the very same failure: here, and in another
/// process, which is that `executable` of this crate.
///
/// # Errors
///
/// If it leads to none, or the other process does not run.
pub fn repeat(
    executable: &Path,
    program: &Program,
    tape: &Tape,
    times: usize,
) -> Result<[usize; 2], String> {
    let mut world = world();
    let failure = replay(&mut world, program, tape).ok_or("the replay passes")?;
    let here = (0..times).filter(|_| replay(&mut world, program, tape).as_ref() == Some(&failure));
    let here = here.count();
    let text = tape.to_text(program.name);
    let output = Command::new(executable).args(["replay", &times.to_string(), &text]).output();
    let output = output.map_err(|error| error.to_string())?;
    let (line, lines) = (failure.to_string(), String::from_utf8_lossy(&output.stdout));
    Ok([here, lines.lines().filter(|again| *again == line).count()])
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
