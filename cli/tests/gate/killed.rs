//! The gate killed at any moment: no entry of the corpus is lost or damaged, and nothing is left
//! running.

use crate::tool::Place;
use reveille::corpus::Store;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

/// How often it is killed.
const TRIES: u32 = 200;
/// After so many tries the corpus begins anew: where there is an entry nothing new is found.
const FRESH: u32 = 5;
/// The latest end, in milliseconds.
const LATEST: u64 = 400;

#[test]
fn killed_at_any_moment_it_loses_nothing() {
    let place = Place::new();
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    let mut told = 0;
    for number in 0..TRIES {
        let corpus = place.path(&format!("corpus-{}", number / FRESH));
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let said = place.path("said");
        let tests =
            ["loses_a_wakeup", "fails_rarely", "aborts", "is_killed", "passes", "--time", "20s"];
        let mut gate = place.gate(&tests);
        gate.env("REVEILLE_CORPUS", &corpus).stdout(Stdio::null());
        let mut gate = gate.stderr(File::create(&said).unwrap()).spawn().unwrap();
        // Every other time something was found by then. The rest decides when the end comes, and
        // nothing else.
        while number % 2 == 1
            && !std::fs::read_to_string(&said).unwrap().contains("FAILED")
            && gate.try_wait().unwrap().is_none()
        {
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_millis(random % LATEST));
        gate.kill().unwrap();
        gate.wait().unwrap();
        told += are_all_there(&std::fs::read_to_string(&said).unwrap(), &corpus);
        // Processes of the gate may still write; what they write is whole.
        let loaded = Store::at(&corpus).load_all();
        assert!(loaded.problems.is_empty(), "{:?}", loaded.problems);
    }
    assert!(told > 0, "in {TRIES} tries no failure was told");
    let deadline = std::time::Instant::now() + Duration::from_secs(60);
    while !left_running(place.directory.path()).is_empty() {
        assert!(std::time::Instant::now() < deadline, "{:?}", left_running(place.directory.path()));
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// How many entries are said to be saved; each of them must be there.
fn are_all_there(said: &str, corpus: &Path) -> u32 {
    let mut count = 0;
    for line in said.lines().filter_map(|line| line.trim().strip_prefix("saved as ")) {
        // The line itself may be cut.
        let Some((path, _)) = line.split_once(": put it into git") else { continue };
        let path = PathBuf::from(path);
        assert!(path.starts_with(corpus), "{line}");
        let is_there = path.is_file() || has_a_shorter_one(&path);
        assert!(is_there, "{line}");
        count += 1;
    }
    count
}

/// Another process may have found a shorter one of the same cause since.
fn has_a_shorter_one(path: &Path) -> bool {
    std::fs::read_dir(path.parent().unwrap()).is_ok_and(|mut files| {
        files.any(|file| file.unwrap().path().extension().is_some_and(|e| e == "tape"))
    })
}

/// Processes that have that directory in their environment.
fn left_running(directory: &Path) -> Vec<String> {
    let name = directory.to_str().unwrap().as_bytes();
    let mut left = Vec::new();
    for process in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(environment) = std::fs::read(process.path().join("environ")) else { continue };
        if environment.windows(name.len()).any(|part| part == name) {
            let line = std::fs::read(process.path().join("cmdline")).unwrap_or_default();
            left.push(String::from_utf8_lossy(&line).replace('\0', " "));
        }
    }
    left
}
