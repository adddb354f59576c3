//! `cargo reveille report`: what several machines found, as one.

use super::{refuse, warn};
use crate::args::Report;
use crate::cargo::Workspace;
use crate::exit::Exit;
use crate::gate::Outcome;
use crate::report::{self, Reporters};
use std::collections::BTreeMap;

pub(super) fn run(args: &Report) -> Exit {
    let reporters = match Reporters::open(&args.reports) {
        Ok(reporters) => reporters,
        Err(error) => return refuse(Exit::NotReady, error),
    };
    let mut all = Outcome::default();
    let mut lost = Vec::new();
    for path in &args.files {
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string());
        match text.and_then(|text| report::read(&text).map_err(|error| error.to_string())) {
            Ok(outcome) => all.merge(outcome),
            Err(error) => lost.push(format!("{}: {error}", path.display())),
        }
    }
    // What the others did is told all the same.
    all.warnings.extend(lost.iter().cloned());
    all.warnings.iter().for_each(warn);
    report::summary(&all);
    // Places in reports are told as they came.
    let here = std::env::current_dir().unwrap_or_default();
    let workspace =
        Workspace { target: here.join("target"), root: here, packages: BTreeMap::new() };
    if let Err(error) = reporters.write(&all, &workspace) {
        return refuse(Exit::NoReport, error);
    }
    match () {
        () if all.failed().next().is_some() => Exit::Failed,
        () if !lost.is_empty() => {
            let s = if lost.len() == 1 { "" } else { "s" };
            refuse(Exit::NotReady, format!("{} file{s} could not be read", lost.len()))
        }
        () if all.interrupted => Exit::Interrupted,
        () if all.runs() == 0 => refuse(Exit::NothingRan, report::nothing_ran(&all)),
        () => Exit::Passed,
    }
}
