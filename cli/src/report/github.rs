//! Annotations as a GitHub job prints them: an error at the blamed line, a warning for each
//! warning.

use crate::cargo::Workspace;
use crate::gate::{Failure, Outcome, Place};
use crate::shown::shown;
use std::path::Path;

pub(super) fn write(outcome: &Outcome, workspace: &Workspace) -> String {
    let root = std::env::var_os("GITHUB_WORKSPACE").map(std::path::PathBuf::from);
    write_for(outcome, &workspace.root, root.as_deref())
}

fn write_for(outcome: &Outcome, workspace: &Path, repository: Option<&Path>) -> String {
    let mut text = String::new();
    for test in &outcome.tests {
        let name = test.full_name();
        for failure in &test.failures {
            let place = failure.places.first().map(|place| at(place, workspace, repository));
            let title = format!("{name}: {}", failure.law.as_deref().unwrap_or("failed"));
            text.push_str(&command("error", place, &title, &message(failure)));
        }
        for warning in test.checks.iter().flat_map(|check| &check.warnings) {
            text.push_str(&command("warning", None, &name, warning));
        }
    }
    text
}

fn message(failure: &Failure) -> String {
    shown(&format!("{}\n\n{}", failure.sentence, failure.report.trim()))
}

/// File and line, from the top of the repository.
fn at(place: &Place, workspace: &Path, repository: Option<&Path>) -> (String, u64) {
    let file = workspace.join(&place.file);
    let top = repository.unwrap_or(workspace);
    let file =
        file.strip_prefix(top).map_or_else(|_| place.file.clone(), |f| f.display().to_string());
    (file.replace('\\', "/"), place.line)
}

fn command(kind: &str, place: Option<(String, u64)>, title: &str, message: &str) -> String {
    let title = property(title);
    let place = place
        .map_or(String::new(), |(file, line)| format!("file={},line={line},", property(&file)));
    format!("::{kind} {place}title={title}::{}\n", data(message))
}

/// What would end a command or begin another one is told by its number.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::samples;

    #[test]
    fn annotations_stand_at_the_blamed_line_and_cannot_be_broken_out_of() {
        let outcome = samples::one_of_each();
        let text = write_for(&outcome, Path::new("/repo/crates"), Some(Path::new("/repo")));
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines[0].starts_with("::error file=crates/src/lib.rs,line=30,title=my_crate%3A%3Atests%3A%3Asends%3A stale-waker::"),
            "{}", lines[0]
        );
        assert!(lines[0].contains("100%25"), "{}", lines[0]);
        assert!(
            lines.iter().all(|line| line.starts_with("::error ") || line.starts_with("::warning "))
        );
    }
}
