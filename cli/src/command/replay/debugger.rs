//! A run in a debugger, stopped before a step.

use super::super::refuse;
use super::Subject;
use crate::cargo::Binary;
use crate::exit::Exit;
use std::ffi::OsString;
use std::process::Command;

/// The function that is called before the step.
const PLACE: &str = "reveille_before_step";

/// The debuggers that are tried, those that know Rust's types first.
const KNOWN: [&str; 4] = ["rust-gdb", "rust-lldb", "gdb", "lldb"];

pub(super) fn run(binary: &Binary, name: &str, subject: &Subject, step: u64) -> Exit {
    let Some(debugger) = KNOWN.into_iter().find(|debugger| works(debugger)) else {
        let all = KNOWN.join("`, `");
        return refuse(Exit::NotReady, format!("there is no debugger: expected one of `{all}`"));
    };
    let inner = binary.command();
    let mut command = Command::new(debugger);
    command.args(commands(debugger)).arg(inner.get_program()).args(arguments(name));
    for (variable, value) in inner.get_envs() {
        match value {
            Some(value) => command.env(variable, value),
            None => command.env_remove(variable),
        };
    }
    if let Some(directory) = inner.get_current_dir() {
        command.current_dir(directory);
    }
    if subject.is_of_threads() {
        // Each strand is one of the threads that the debugger knows.
        command.env("REVEILLE_KERNEL_THREADS", "1");
    }
    command.env("REVEILLE_REPLAY", &subject.tape).env("REVEILLE_BREAK", step.to_string());
    match command.status() {
        Ok(status) if status.success() => Exit::Passed,
        Ok(_) => Exit::Failed,
        Err(error) => refuse(Exit::NotReady, format!("`{debugger}`: {error}")),
    }
}

fn works(debugger: &str) -> bool {
    let asked = Command::new(debugger).arg("--version").output();
    asked.is_ok_and(|output| output.status.success())
}

/// What the debugger is to do first.
fn commands(debugger: &str) -> Vec<OsString> {
    let words: &[&str] = match debugger.ends_with("gdb") {
        true => &[
            "-q",
            "-ex",
            "set breakpoint pending on",
            "-ex",
            "break reveille_before_step",
            "-ex",
            "run",
            "--args",
        ],
        false => &["-o", "breakpoint set --name reveille_before_step", "-o", "run", "--"],
    };
    debug_assert!(words.iter().any(|word| word.contains(PLACE)));
    words.iter().map(Into::into).collect()
}

fn arguments(name: &str) -> [&str; 5] {
    [name, "--exact", "--include-ignored", "--nocapture", "--test-threads=1"]
}
