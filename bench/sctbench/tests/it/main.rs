//! The programs from outside: that they are the published ones as far as counting
//! can tell, and that they fail as often as they must.

mod counting;
mod exact;
mod explorer;
mod samplers;

use reveille_sctbench::{ALL, Program};

fn program(name: &str) -> &'static Program {
    ALL.iter().find(|program| program.name == name).expect("a program of that name")
}
