//! The commands.

mod test;

use crate::args::{Args, Command};
use crate::exit::Exit;
use crate::shown::shown;
use anstream::eprintln;

/// Does what is asked for.
pub fn run(args: Args) -> Exit {
    match args.command {
        Command::Test(test) => test::run(&test),
    }
}

/// Says why it goes no further.
fn refuse(exit: Exit, why: impl std::fmt::Display) -> Exit {
    let red = anstyle::AnsiColor::Red.on_default().bold();
    eprintln!("{red}error{red:#}: {}", shown(&why.to_string()));
    exit
}

/// Says what is to be known and stops nothing.
fn warn(what: impl std::fmt::Display) {
    let yellow = anstyle::AnsiColor::Yellow.on_default().bold();
    eprintln!("{yellow}warning{yellow:#}: {}", shown(&what.to_string()));
}
