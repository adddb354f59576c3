//! Builds the suites with the engine, by cargo, and finds their tests.

use crate::trial::Trial;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs};

/// A test binary.
#[derive(Debug)]
pub(crate) struct Suite {
    pub(crate) krate: String,
    pub(crate) executable: PathBuf,
}

/// Builds those of these crates, or of all.
pub(crate) fn build(directory: &Path, crates: &[String]) -> Result<Vec<Suite>, String> {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(directory).args(["test", "--locked", "--no-run"]);
    command.arg("--message-format=json-render-diagnostics");
    if crates.is_empty() {
        command.args(["--workspace", "--exclude=suites-runner"]);
    }
    for name in packages_of(directory, crates)? {
        command.arg(format!("--package=suite-{name}"));
    }
    // With a target, build scripts and macros are built as ever: they have no hooks to call.
    let target = env::var_os("SUITES_TARGET").ok_or("it is started by suites/run")?;
    let flags = fs::read_to_string(directory.join("../threads/flags"));
    let flags = flags.map_err(|error| format!("threads/flags: {error}"))?;
    command.env("RUSTFLAGS", flags.split_whitespace().collect::<Vec<_>>().join(" "));
    command.env("CARGO_BUILD_TARGET", host()?).env("CARGO_TARGET_DIR", target);
    // Everything is built once.
    command.env("CARGO_INCREMENTAL", "0");
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("cargo: {error}"))?;
    if !output.status.success() {
        return Err("the suites do not build".to_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let mut suites: Vec<Suite> = text.lines().filter_map(built).collect();
    suites.sort_by(|one, other| one.executable.cmp(&other.executable));
    Ok(suites)
}

/// The packages of these crates: one may have several, which begin with its name.
fn packages_of(directory: &Path, crates: &[String]) -> Result<Vec<String>, String> {
    let all = fs::read_dir(directory.join("crates")).map_err(|error| format!("crates: {error}"))?;
    let all = all.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let all: Vec<_> = all.filter(|name| !name.ends_with(".rs")).collect();
    let mut wanted = Vec::new();
    for krate in crates {
        let of_it = all.iter().filter(|name| crate_of(name) == krate);
        let before = wanted.len();
        wanted.extend(of_it.cloned());
        if wanted.len() == before {
            return Err(format!("expected one of: {}, got `{krate}`", all.join(" ")));
        }
    }
    Ok(wanted)
}

/// The crate whose tests are in the package `suite-NAME`, or in a target of it.
fn crate_of(name: &str) -> &str {
    const PARTS: [&str; 4] = ["-golang", "-mpsc", "-task-blocking", "-timed"];
    PARTS.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name)
}

/// What cargo says of a target that it has built, if that can be run.
fn built(message: &str) -> Option<Suite> {
    let (_, path) = message.split_once(r#""executable":""#)?;
    let executable = PathBuf::from(path.split_once('"')?.0);
    let stem = executable.file_stem()?.to_str()?;
    let name = stem.strip_prefix("suite_")?.rsplit_once('-')?.0.replace('_', "-");
    Some(Suite { krate: crate_of(&name).to_owned(), executable })
}

fn host() -> Result<String, String> {
    let output = Command::new("rustc").arg("-vV").output();
    let text = output.map_err(|error| format!("rustc: {error}"))?.stdout;
    let text = String::from_utf8_lossy(&text);
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or("rustc does not say what its host is".to_owned())
}

impl Suite {
    /// Its tests, those too that are ignored.
    pub(crate) fn tests(&self) -> Result<Vec<Trial>, String> {
        let ignored = self.list(&["--ignored"])?;
        let trial = |test: String| Trial {
            krate: self.krate.clone(),
            executable: self.executable.clone(),
            is_ignored: ignored.contains(&test),
            test,
        };
        Ok(self.list(&[])?.into_iter().map(trial).collect())
    }

    fn list(&self, more: &[&str]) -> Result<Vec<String>, String> {
        let mut command = Command::new(&self.executable);
        let output = command.args(["--list", "--format=terse"]).args(more).output();
        let text = output.map_err(|error| format!("{}: {error}", self.krate))?.stdout;
        let text = String::from_utf8_lossy(&text);
        Ok(text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
    }
}
