//! A shell in which some programs do nothing but write down how they were called.

use crate::scripts::Script;
use std::path::Path;
use std::process::Command;

/// Ends each argument, and each call.
const RECORDER: &str = r#"#!/bin/bash
printf '%s\0' "${0##*/}" "$@" $'\1' >>"$CALLS"
# There is something to propose.
[ "${0##*/} ${1:-}" != 'git diff' ]
"#;

/// The calls of a script, each with the name of its program.
pub(crate) fn calls(script: &Script) -> Vec<Vec<String>> {
    with_out(script).0
}

/// The same, and the files that it put where fuzzers are looked for.
pub(crate) fn with_out(script: &Script) -> (Vec<Vec<String>>, Vec<String>) {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    for directory in [
        "bin",
        "out",
        "my-crate/fuzz/fuzz_targets",
        "my-crate/fuzz/target/x86_64-unknown-linux-gnu/release",
    ] {
        std::fs::create_dir_all(path(directory)).unwrap();
    }
    std::fs::write(path("my-crate/fuzz/fuzz_targets/hands_over.rs"), "").unwrap();
    let built = "my-crate/fuzz/target/x86_64-unknown-linux-gnu/release/hands_over";
    std::fs::write(path(built), "").unwrap();
    for program in ["cargo", "rustup", "git", "gh", "sbatch", "kubectl"] {
        write_program(&path("bin").join(program));
    }
    let calls = path("calls");
    let mut command = Command::new("bash");
    // What no system sets is no variable, here as there.
    command.args(["-eu", "-c", &script.text]).env_clear().current_dir(place.path());
    command.envs(script.variables.iter().cloned()).env("CALLS", &calls);
    let programs = std::env::var("PATH").unwrap();
    command.env("PATH", format!("{}:{programs}", path("bin").display()));
    let said = command.output().unwrap();
    let err = String::from_utf8_lossy(&said.stderr);
    assert!(said.status.success(), "{}: {err}\n{}", script.name, script.text);
    let text = std::fs::read_to_string(calls).unwrap_or_default();
    let calls = text.split_terminator("\u{1}\0");
    let words = |call: &str| call.split_terminator('\0').map(str::to_owned).collect();
    let mut out: Vec<String> = std::fs::read_dir(path("out"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    out.sort();
    (calls.map(words).collect(), out)
}

fn write_program(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, RECORDER).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}
