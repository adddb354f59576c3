//! `cargo reveille hunts`: the bugs of published crates that this project finds.

use super::refuse;
use crate::exit::Exit;
use std::path::PathBuf;
use std::process::Command;

/// Where the hunts are, in their repository.
const RUN: &str = "hunts/run";

pub(super) fn run(arguments: &[String]) -> Exit {
    let Some(script) = script() else {
        let repository = env!("CARGO_PKG_REPOSITORY");
        return refuse(
            Exit::NotReady,
            format!(
                "the hunts are not here: they are in the repository of reveille, {repository}, at `{RUN}`"
            ),
        );
    };
    let hunted = Command::new(&script).args(arguments).status();
    match hunted {
        Ok(status) => match status.code() {
            Some(0) => Exit::Passed,
            Some(2) => Exit::Usage,
            _ => Exit::Failed,
        },
        Err(error) => refuse(Exit::NotReady, format!("{}: {error}", script.display())),
    }
}

/// The script, in the directory around this one that has it.
fn script() -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    here.ancestors().map(|directory| directory.join(RUN)).find(|path| path.is_file())
}
