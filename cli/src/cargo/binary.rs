//! A test binary: how it is run, and which tests it has.

use super::Package;
use super::environment::Environment;
use crate::terminal;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A test binary of a package.
#[derive(Clone, Debug)]
pub struct Binary {
    /// The package.
    pub package: Package,
    /// The target, such as `my_crate` or the name of an integration test.
    pub target: String,
    /// The file.
    pub path: PathBuf,
    pub(super) environment: Environment,
}

/// What a binary says of its tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listed {
    /// The names of the tests, and whether they are ignored.
    Tests(Vec<(String, bool)>),
    /// It has no harness that we know, and says this.
    Foreign(String),
}

impl Binary {
    /// The crate, as the names of tests begin.
    #[must_use]
    pub fn krate(&self) -> String {
        self.target.replace('-', "_")
    }

    /// A command that runs it, as cargo does: in the directory of the package, with its
    /// variables, and told how wide the terminal is, since it will not see it.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.path);
        let directory = self.package.manifest.parent().unwrap_or(Path::new("."));
        command.current_dir(directory);
        self.environment.set(&mut command, &self.package);
        if let Some(columns) = terminal::columns() {
            command.env("COLUMNS", columns.to_string());
        }
        command
    }

    /// Asks it for its tests.
    ///
    /// # Errors
    ///
    /// If it cannot be run.
    pub fn list(&self) -> io::Result<Listed> {
        let ask = |ignored: &[&str]| {
            let mut command = self.command();
            command.args(["--list", "--format", "terse"]).args(ignored).stdin(Stdio::null());
            command.output()
        };
        let all = ask(&[])?;
        let ignored = ask(&["--ignored"])?;
        let text = String::from_utf8_lossy(&all.stdout);
        let names = |text: &str| -> Option<Vec<String>> {
            let lines = text.lines().filter(|line| !line.trim().is_empty());
            let names = lines.map(|line| {
                let test = line.strip_suffix(": test").map(str::to_owned);
                test.map(Some).or_else(|| line.ends_with(": benchmark").then_some(None))
            });
            names.collect::<Option<Vec<_>>>().map(|names| names.into_iter().flatten().collect())
        };
        let of_ignored = names(&String::from_utf8_lossy(&ignored.stdout)).unwrap_or_default();
        Ok(match names(&text).filter(|_| all.status.success()) {
            Some(names) => Listed::Tests(
                names
                    .into_iter()
                    .map(|name| {
                        let is_ignored = of_ignored.contains(&name);
                        (name, is_ignored)
                    })
                    .collect(),
            ),
            None => Listed::Foreign(first_line(&text, &all.stderr)),
        })
    }
}

fn first_line(out: &str, err: &[u8]) -> String {
    let err = String::from_utf8_lossy(err);
    let mut lines = out.lines().chain(err.lines()).map(str::trim);
    lines.find(|line| !line.is_empty()).unwrap_or("nothing").chars().take(200).collect()
}
