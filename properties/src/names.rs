//! Names of tests: ours are those of the harness with the crate in front.

use crate::config::ConfigError;
use std::panic::Location;
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

/// The test that the harness runs on this thread, else the place of the call.
pub(crate) fn of_caller(at: &Location<'_>) -> String {
    match std::thread::current().name() {
        Some(name) if name != "main" && !name.is_empty() => format!("{}::{name}", this_crate()),
        _ => format!("{}:{}", at.file(), at.line()),
    }
}

/// The crate that this binary tests, as cargo names its files: `name-0123456789abcdef`.
fn this_crate() -> &'static str {
    static CRATE: OnceLock<String> = OnceLock::new();
    CRATE.get_or_init(|| {
        let exe = std::env::current_exe().unwrap_or_default();
        let file = exe.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        crate_of(&file.unwrap_or_default())
    })
}

fn crate_of(file: &str) -> String {
    let is_hash = |hash: &str| hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    let name = match file.rsplit_once('-') {
        Some((name, hash)) if is_hash(hash) => name,
        _ => file,
    };
    name.replace('-', "_")
}

/// Tests that are targets of a fuzzer in this process, and the names of those.
static TARGETS: Mutex<Vec<(String, String)>> = Mutex::new(Vec::new());

/// From now on the test `name` is run by the fuzzer's target `target`.
pub(crate) fn is_target(name: &str, target: &str) {
    let mut targets = TARGETS.lock().unwrap_or_else(PoisonError::into_inner);
    targets.push((name.to_owned(), target.to_owned()));
}

/// The command that runs the test `name`, from anywhere in its workspace.
pub(crate) fn command(name: &str) -> String {
    let targets = TARGETS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, target)) = targets.iter().find(|(test, _)| test == name) {
        // The input does not matter, there must be one.
        return format!("cargo fuzz run {target} -- -runs=1");
    }
    drop(targets);
    let package = std::env::var("CARGO_PKG_NAME").map(|package| format!(" -p {package}"));
    let filter = if is_path(name) { format!(" {}", filter(name)) } else { String::new() };
    format!("cargo test{}{filter}", package.unwrap_or_default())
}

/// Whether it may be the name of a test. One that is no path is a place in a file, or made
/// up: the harness knows it not.
fn is_path(name: &str) -> bool {
    name.split("::")
        .all(|part| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_'))
}

/// What to do about a name that no test of the harness can have; nothing if it may be one.
pub(crate) fn advice(name: &str) -> Option<String> {
    let targets = TARGETS.lock().unwrap_or_else(PoisonError::into_inner);
    if is_path(name) || targets.iter().any(|(test, _)| test == name) {
        return None;
    }
    Some(format!(
        "  note: no test is called `{name}`, so this line runs every test; outside of the harness's\n        \
         threads a check is called by its place, which an edit moves: `Checker::name(..)` names it\n"
    ))
}

/// The name under which the test harness knows the test `name`.
pub(crate) fn filter(name: &str) -> &str {
    name.split_once("::").map_or(name, |(_, rest)| rest)
}

/// A tape names the test `wanted` and this is `own`: an error if `wanted` ought
/// to be in this binary and is not.
pub(crate) fn expect_elsewhere(wanted: &str, own: &str) -> Result<(), ConfigError> {
    let krate = |name: &str| name.split_once("::").map(|(krate, _)| krate.to_owned());
    if krate(wanted).is_none() || krate(wanted) != krate(own) {
        return Ok(());
    }
    let tests = tests_of_this_binary();
    let has = |name: &str| tests.iter().any(|test| test == filter(name));
    // A list without ourselves is no list of tests.
    if has(own) && !has(wanted) { Err(ConfigError::no_such_test(wanted)) } else { Ok(()) }
}

fn tests_of_this_binary() -> &'static [String] {
    static TESTS: OnceLock<Vec<String>> = OnceLock::new();
    TESTS.get_or_init(|| list_tests().unwrap_or_default())
}

fn list_tests() -> Option<Vec<String>> {
    let listed = Command::new(std::env::current_exe().ok()?)
        .args(["--list", "--format", "terse"])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let text = String::from_utf8(listed.stdout).ok()?;
    Some(text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_crate_is_known_by_its_file() {
        assert_eq!(crate_of("zoo-2ae0b209cef44cb1"), "zoo");
        assert_eq!(crate_of("my-tests-2ae0b209cef44cb1"), "my_tests");
        assert_eq!(crate_of("renamed-by-hand"), "renamed_by_hand");
    }

    #[test]
    fn a_check_is_named_as_its_test_with_the_crate_in_front() {
        let expected =
            concat!(module_path!(), "::a_check_is_named_as_its_test_with_the_crate_in_front");
        assert_eq!(of_caller(Location::caller()), expected);
    }

    #[test]
    fn the_command_names_the_package_and_no_more_than_the_harness_knows() {
        assert_eq!(command("krate::tests::sends"), "cargo test -p reveille tests::sends");
        assert_eq!(command("sends"), "cargo test -p reveille sends");
        assert_eq!(command("src/lib.rs:7"), "cargo test -p reveille");
        assert_eq!(command("a made up; name"), "cargo test -p reveille");
    }
}
