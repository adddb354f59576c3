//! A check in a process of its own: the test binary again, for this test alone, with
//! addresses that are not randomised.

use super::{CHILD, Unavailable, answer};
use crate::error::CheckError;
use crate::names;
use crate::passed::Passed;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// Runs the check number `ordinal` of the test `name` in a process of its own.
pub(crate) fn check_in_child(
    name: &str,
    ordinal: u32,
) -> Result<Result<Passed, CheckError>, Unavailable> {
    let test = names::filter(name);
    let answer = std::env::temp_dir().join(format!(
        "reveille-{}-{ordinal}-{:016x}",
        std::process::id(),
        crate::seed::Seed::of_name(name).value()
    ));
    // Whether the answer can be written is better known before than after.
    std::fs::write(&answer, "").map_err(Unavailable::Refused)?;
    let mut command = Command::new(std::env::current_exe().map_err(Unavailable::Refused)?);
    command
        .args([test, "--exact", "--include-ignored", "--nocapture", "--test-threads=1"])
        .env(CHILD, format!("{ordinal}:{}", answer.display()))
        .env("RUST_TEST_THREADS", "1")
        .stdin(Stdio::null());
    // SAFETY: these are plain system calls, allowed between fork and exec.
    unsafe {
        command.pre_exec(|| {
            // Addresses are no source of randomness either. If it is refused
            // they are, which the comparison of runs will tell.
            libc::personality(libc::ADDR_NO_RANDOMIZE as libc::c_ulong);
            end_with_parent();
            Ok(())
        });
    }
    let output = command.output().map_err(Unavailable::Refused)?;
    let text = std::fs::read_to_string(&answer).ok();
    let _ = std::fs::remove_file(&answer);
    match text.as_deref().and_then(answer::from_text) {
        Some(Err(CheckError::NoRun(why))) => {
            let said = tail(&output.stderr);
            Ok(Err(CheckError::NoRun(format!("{why}\n{said}").trim_end().to_owned())))
        }
        Some(result) => Ok(result),
        None => {
            let said = [output.stdout, output.stderr].concat();
            Err(Unavailable::Harness { test: test.to_owned(), output: tail(&said) })
        }
    }
}

/// Has the calling process killed when the thread that made it ends, so that
/// nothing is left to run if the test is killed.
pub(super) fn end_with_parent() {
    // SAFETY: a plain system call without pointers.
    unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
}

/// The last lines that a process printed.
fn tail(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}
