//! The reports that are asked for, and where they go.

use super::{github, json, junit, markdown, sarif};
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
    /// Opens the files: what cannot be written is better known before the search than after.
    ///
    /// # Errors
    ///
    /// If one cannot be written.
    pub fn open(reports: &Reports) -> Result<Reporters, ReportError> {
        let mut reporters = Reporters::default();
        let asked: [(Format, &Option<PathBuf>); 4] = [
            (junit::write, &reports.junit),
            (sarif::write, &reports.sarif),
            (json::write, &reports.json),
            (markdown::write, &reports.markdown),
        ];
        for (format, path) in asked {
            if let Some(path) = path {
                reporters.targets.push((format, Target::open(path, |path| File::create(path))?));
            }
        }
        if reports.github || std::env::var_os("GITHUB_ACTIONS").is_some_and(|is| is == "true") {
            reporters.targets.push((github::write, Target::Output));
            if let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY") {
                // Other steps write to it, too.
                let append = |path: &Path| File::options().create(true).append(true).open(path);
                let target = Target::open(Path::new(&path), append)?;
                reporters.targets.push((markdown::write, target));
            }
        }
        Ok(reporters)
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

impl Target {
    fn open(
        path: &Path,
        open: impl FnOnce(&Path) -> io::Result<File>,
    ) -> Result<Target, ReportError> {
        if path == Path::new("-") {
            return Ok(Target::Output);
        }
        let directory = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        let file = directory.and_then(|()| open(path));
        let path = path.to_owned();
        match file {
            Ok(file) => Ok(Target::File(path, file)),
            Err(cause) => Err(ReportError { path, cause }),
        }
    }
}

fn write(out: &mut impl Write, text: &str, path: &Path) -> Result<(), ReportError> {
    let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    written.map_err(|cause| ReportError { path: path.to_owned(), cause })
}
