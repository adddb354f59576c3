//! Makes an entry of a tape that somebody was told.

use super::super::replay::{Subject, find, report_of};
use super::refuse;
use crate::cargo::Selection;
use crate::exit::Exit;
use crate::shown::shown;
use anstream::println;
use std::path::Path;
use std::process::Stdio;

pub(super) fn run(
    what: &[String],
    of: Option<&str>,
    selection: &Selection,
    binaries: Option<&Path>,
) -> Exit {
    let subject = match Subject::read(what) {
        Ok(subject) => subject,
        Err(error) => return refuse(Exit::Usage, error),
    };
    let test = of.unwrap_or(&subject.test);
    let mut selection = selection.clone();
    // The tape knows best.
    subject.asks_for(&mut selection);
    let (_, binary, name) = match find(test, &selection, binaries) {
        Ok(found) => found,
        Err((exit, why)) => return refuse(exit, why),
    };
    let mut command = binary.command();
    command
        .args([name.as_str(), "--exact", "--include-ignored", "--nocapture", "--test-threads=1"])
        .env("REVEILLE_REPLAY", &subject.tape)
        .env("REVEILLE_KEEP", "1")
        .env_remove("REVEILLE_GATE")
        .stdin(Stdio::null());
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => {
            return refuse(Exit::NotReady, format!("{}: {error}", binary.path.display()));
        }
    };
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    if output.status.success() {
        return refuse(Exit::Failed, "the run passes: there is nothing to keep");
    }
    println!("{}", shown(report_of(&said).trim_end()));
    match said.contains("  saved as ") || said.contains("  saved before, as ") {
        true => Exit::Passed,
        false => refuse(Exit::Failed, "the run was not kept; the report above says why"),
    }
}
