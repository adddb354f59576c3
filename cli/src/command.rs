//! The commands.

mod corpus;
mod doctor;
mod explain;
mod hunts;
mod merged;
mod new;
mod replay;
mod test;
mod tour;

use crate::args::{Args, Command};
use crate::exit::Exit;
use crate::report;
use crate::shown::shown;
use anstream::eprintln;
use std::io::{self, Write};

/// Does what is asked for.
pub fn run(args: Args) -> Exit {
    match args.command {
        Command::Test(test) => test::run(&test),
        Command::Replay(replay) => replay::run(&replay),
        Command::Corpus(corpus) => corpus::run(&corpus),
        Command::Report(report) => merged::run(&report),
        Command::Explain { name } => explain::run(name.as_deref()),
        Command::New(new) => new::run(&new),
        Command::Doctor => doctor::run(),
        Command::Hunts { arguments } => hunts::run(&arguments),
        Command::Tour(tour) => tour::run(&tour),
        Command::Schema => say(&report::schema()),
    }
}

/// Prints what was asked for.
fn say(text: &str) -> Exit {
    let mut out = anstream::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // Whoever reads has read enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Passed,
        Err(error) => refuse(Exit::NotReady, format!("standard output: {error}")),
        Ok(()) => Exit::Passed,
    }
}

/// Says why it goes no further.
fn refuse(exit: Exit, why: impl std::fmt::Display) -> Exit {
    let red = anstyle::AnsiColor::Red.on_default().bold();
    eprintln!("{red}error{red:#}: {}", shown(&why.to_string()));
    exit
}

/// Says what is to be known and stops nothing.
pub(crate) fn warn(what: impl std::fmt::Display) {
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    eprintln!("{yellow}warning{yellow:#}: {}", shown(&what.to_string()));
}
