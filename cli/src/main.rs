//! The command; see the library.

use cargo_reveille::args::Args;
use cargo_reveille::command;
use cargo_reveille::exit::Exit;
use clap::Parser;

fn main() -> Exit {
    // Cargo runs `cargo-reveille reveille ..`; by itself it is `cargo-reveille ..`.
    let mut words: Vec<_> = std::env::args_os().collect();
    if words.get(1).is_some_and(|word| word == "reveille") {
        words.remove(1);
    }
    command::run(Args::parse_from(words))
}
