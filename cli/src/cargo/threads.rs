//! What is built for the engine of threads: with hooks in place of atomic operations.
//!
//! The compiler's flags are those of the engine. They go to what runs and not to what builds it:
//! with a target given, build scripts and macros are built without them. What is built so has
//! a directory of its own beside the usual one, so that neither has to be built anew when the
//! other was. Programs that do not link the engine find their operations in a small library.

use super::{CargoError, Selection, Workspace, left_out};
use reveille_threads::build::{FLAGS, FLAGS_FOR_RACES, PASS_THROUGH, RUSTC_FOR_USERS};
use std::ffi::{OsStr, OsString};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a build for the engine of threads is told.
#[derive(Clone, Debug)]
pub(super) struct Build {
    target: String,
    directory: PathBuf,
    flags: OsString,
    /// What stands before the compiler.
    wrapper: Option<PathBuf>,
}

/// Between flags in the variable that has them all.
const SEPARATOR: &str = "\u{1f}";

impl Build {
    /// Finds out what it needs, and makes what it links.
    pub(super) fn prepare(selection: &Selection) -> Result<Build, CargoError> {
        if let Some(why) = why_not() {
            return Err(CargoError::Threads(why));
        }
        let host = host()?;
        if let Some(target) = selection.target.as_ref().filter(|target| **target != host) {
            let why = format!("its tests run on `{host}`, and not on `{target}`");
            return Err(CargoError::Threads(why));
        }
        let (name, own) = match selection.data_races {
            true => ("reveille/races", FLAGS_FOR_RACES),
            false => ("reveille/threads", FLAGS),
        };
        let directory = Workspace::read_packages(selection)?.target.join(name);
        let library = pass_through(&directory)?;
        let wrapper = selection.data_races.then(|| rustc_for_users(&directory)).transpose()?;
        let mut flags = flags_of_environment();
        flags.extend(own.lines().map(OsString::from));
        let mut link = OsString::from("-Clink-arg=");
        link.push(&library);
        flags.push(link);
        Ok(Build { target: host, directory, flags: flags.join(OsStr::new(SEPARATOR)), wrapper })
    }

    /// What is said of flags that it does not have.
    pub(super) fn left_out(&self) -> Vec<String> {
        // Cargo looks for its configuration from where it is called.
        let here = std::env::current_dir().unwrap_or_default();
        let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
        let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
        let left_out = left_out::flags(&here, home);
        let say =
            |what| format!("{what} is left out with `--threads`: RUSTFLAGS would be passed on");
        left_out.into_iter().map(say).collect()
    }

    pub(super) fn pass_on(&self, command: &mut Command) {
        command
            .env("CARGO_ENCODED_RUSTFLAGS", &self.flags)
            .args(["--target", &self.target])
            .arg("--target-dir")
            .arg(&self.directory);
        if let Some(wrapper) = &self.wrapper {
            let behind = std::env::var_os("RUSTC_WRAPPER").unwrap_or_default();
            command.env("REVEILLE_RUSTC_WRAPPER", behind).env("RUSTC_WRAPPER", wrapper);
        }
    }
}

/// Why the engine cannot be had on this system, if so.
pub(crate) fn why_not() -> Option<String> {
    let env = if cfg!(target_env = "gnu") { "gnu" } else { "another" };
    why_not_on(std::env::consts::OS, env, std::env::consts::ARCH)
}

fn why_not_on(os: &str, env: &str, arch: &str) -> Option<String> {
    let is_there = (os, env, arch) == ("linux", "gnu", "x86_64");
    let libc = if os == "linux" && env != "gnu" { ", with another C library," } else { "" };
    (!is_there)
        .then(|| format!("it is there on Linux with glibc on x86-64; this is {os}{libc} on {arch}"))
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

/// The program that stands before the compiler, made anew if it is another one.
fn rustc_for_users(directory: &Path) -> Result<PathBuf, CargoError> {
    let path = directory.join("rustc-for-users");
    if std::fs::read(&path).is_ok_and(|known| known == RUSTC_FOR_USERS.as_bytes()) {
        return Ok(path);
    }
    let cannot = |error: std::io::Error| failed(&directory.display().to_string(), error);
    let mut file = tempfile::Builder::new();
    #[cfg(unix)]
    file.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755));
    let mut file = file.tempfile_in(directory).map_err(cannot)?;
    file.write_all(RUSTC_FOR_USERS.as_bytes()).map_err(cannot)?;
    // Whoever looks finds all of it or nothing.
    file.into_temp_path().persist(&path).map_err(|error| cannot(error.error))?;
    Ok(path)
}

/// The library for who does not link the engine, made anew if it is not there.
fn pass_through(directory: &Path) -> Result<PathBuf, CargoError> {
    // Another version of it may have other hooks.
    let mut hasher = DefaultHasher::new();
    PASS_THROUGH.hash(&mut hasher);
    let library = directory.join(format!("libreveille_pass_through-{:016x}.rlib", hasher.finish()));
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

#[cfg(test)]
mod tests {
    use super::why_not_on;

    #[test]
    fn a_system_that_cannot_carry_the_engine_is_told() {
        assert_eq!(why_not_on("linux", "gnu", "x86_64"), None);
        for (os, env, arch, this) in [
            ("linux", "gnu", "aarch64", "this is linux on aarch64"),
            ("linux", "another", "x86_64", "this is linux, with another C library, on x86_64"),
            ("macos", "another", "aarch64", "this is macos on aarch64"),
            ("windows", "another", "x86_64", "this is windows on x86_64"),
        ] {
            let why = why_not_on(os, env, arch).unwrap();
            assert!(why.ends_with(this), "{why}");
        }
    }
}
