//! The reports that are asked for, and where they go.

use crate::args::Reports;
use crate::cargo::Workspace;
use crate::gate::Outcome;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A report cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("the report {} cannot be written: {cause}", path.display())]
pub struct ReportError {
    path: PathBuf,
    #[source]
    cause: io::Error,
}

/// The reports that are asked for.
#[derive(Debug, Default)]
pub struct Reporters {
    targets: Vec<(Format, Target)>,
}

/// What a report is.
type Format = fn(&Outcome, &Workspace) -> String;

/// Where a report goes.
#[derive(Debug)]
enum Target {
    Output,
    File(PathBuf, File),
}

impl Reporters {
    /// Opens the files, which must be there and writable from the beginning.
    ///
    /// # Errors
    ///
    /// If one cannot be written.
    pub fn open(_reports: &Reports) -> Result<Reporters, ReportError> {
        Ok(Reporters::default())
    }

    /// Writes all reports.
    ///
    /// # Errors
    ///
    /// If one cannot be written; the others are.
    pub fn write(self, outcome: &Outcome, workspace: &Workspace) -> Result<(), ReportError> {
        let mut first = Ok(());
        for (format, target) in self.targets {
            let text = format(outcome, workspace);
            let written = match target {
                Target::Output => write(&mut io::stdout(), &text, Path::new("-")),
                Target::File(path, mut file) => write(&mut file, &text, &path),
            };
            first = first.and(written);
        }
        first
    }
}

fn write(out: &mut impl Write, text: &str, path: &Path) -> Result<(), ReportError> {
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|cause| ReportError { path: path.to_owned(), cause })
}
