//! `bench/threads`: what the engine of threads costs, and what it finds.

use reveille_bench_strands::{again, costs, safe_stack, table};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut done = Ok(());
    match arguments[..] {
        ["costs", shuttle] => costs::print(shuttle),
        ["sct"] => table::print(""),
        ["sct", filter] => table::print(filter),
        ["safestack"] => safe_stack::print(""),
        ["safestack", "rates"] => safe_stack::print_rates(20),
        ["safestack", sampler] => safe_stack::print(sampler),
        ["replay", times, tape] => done = again::print(tape, times),
        _ => {
            done = Err("usage: bench/threads [sct [filter] | safestack [sampler | rates] | test]"
                .to_owned())
        }
    }
    if let Err(error) = done {
        eprintln!("{error}");
        return ExitCode::from(2);
    }
    ExitCode::SUCCESS
}
