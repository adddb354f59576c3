//! What is built for the engine of threads: with hooks in place of atomic operations.
//!
//! The compiler's flags are those of the engine. They go to what runs and not to what builds it:
//! with a target given, build scripts and macros are built without them. What is built so has
//! a directory of its own beside the usual one, so that neither has to be built anew when the
//! other was. Programs that do not link the engine find their operations in a small library.

use super::{CargoError, Selection, Workspace};
use reveille_threads::build::{FLAGS, PASS_THROUGH};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a build for the engine of threads is told.
#[derive(Clone, Debug)]
pub(super) struct Build {
    target: String,
    directory: PathBuf,
    flags: OsString,
}

/// Between flags in the variable that has them all.
const SEPARATOR: &str = "\u{1f}";

impl Build {
    /// Finds out what it needs, and makes what it links.
    pub(super) fn prepare(selection: &Selection) -> Result<Build, CargoError> {
        if !cfg!(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64")) {
            let why = "it is there on Linux with glibc on x86-64, and not on this system";
            return Err(CargoError::Threads(why.into()));
        }
        let host = host()?;
        if let Some(target) = selection.target.as_ref().filter(|target| **target != host) {
            let why = format!("its tests run on `{host}`, and not on `{target}`");
            return Err(CargoError::Threads(why));
        }
        let directory = Workspace::read_packages(selection)?.target.join("reveille/threads");
        let library = pass_through(&directory)?;
        let mut flags = flags_of_environment();
        flags.extend(FLAGS.lines().map(OsString::from));
        let mut link = OsString::from("-Clink-arg=");
        link.push(&library);
        flags.push(link);
        Ok(Build { target: host, directory, flags: flags.join(OsStr::new(SEPARATOR)) })
    }

    pub(super) fn pass_on(&self, command: &mut Command) {
        command
            .env("CARGO_ENCODED_RUSTFLAGS", &self.flags)
            .args(["--target", &self.target])
            .arg("--target-dir")
            .arg(&self.directory);
    }
}

/// What the environment has for the compiler; a configuration of cargo would go behind it.
fn flags_of_environment() -> Vec<OsString> {
    let variable = |name| std::env::var(name).ok().filter(|flags| !flags.is_empty());
    match (variable("CARGO_ENCODED_RUSTFLAGS"), variable("RUSTFLAGS")) {
        (Some(flags), _) => flags.split(SEPARATOR).map(OsString::from).collect(),
        (None, Some(flags)) => flags.split_whitespace().map(OsString::from).collect(),
        (None, None) => Vec::new(),
    }
}

fn rustc() -> OsString {
    std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into())
}

fn failed(what: &str, why: impl std::fmt::Display) -> CargoError {
    CargoError::Threads(format!("{what}: {why}"))
}

/// The target that this machine is.
fn host() -> Result<String, CargoError> {
    let told = Command::new(rustc()).arg("-vV").output();
    let told = told.map_err(|error| failed("`rustc -vV` cannot be run", error))?;
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| failed("`rustc -vV` names no host", told.trim()))
}

/// The library for who does not link the engine, made anew if it is not there.
fn pass_through(directory: &Path) -> Result<PathBuf, CargoError> {
    let library = directory.join("libreveille_pass_through.rlib");
    if library.is_file() {
        return Ok(library);
    }
    let cannot = |error: std::io::Error| failed(&directory.display().to_string(), error);
    std::fs::create_dir_all(directory).map_err(cannot)?;
    let sources = tempfile::tempdir_in(directory).map_err(cannot)?;
    for (name, content) in PASS_THROUGH {
        std::fs::write(sources.path().join(name), content).map_err(cannot)?;
    }
    let made = sources.path().join("libmade.rlib");
    let compiled = Command::new(rustc())
        // What goes to the linker is the archive of a library: nothing of it comes into a program
        // that has the hooks already.
        .args(["--crate-type", "rlib", "--edition", "2024", "-O", "-Cpanic=abort", "-o"])
        .arg(&made)
        .arg(sources.path().join(PASS_THROUGH[0].0))
        .env_remove("RUSTFLAGS")
        .output();
    let compiled = compiled.map_err(|error| failed("rustc cannot be run", error))?;
    if !compiled.status.success() {
        let said = String::from_utf8_lossy(&compiled.stderr).into_owned();
        return Err(failed("the library that passes operations on does not compile", said));
    }
    // Whoever looks finds all of it or nothing.
    std::fs::rename(&made, &library).map_err(cannot)?;
    Ok(library)
}
