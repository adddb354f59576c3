//! Tests are found, run and searched.

use crate::tool::{Place, done};

#[test]
fn every_test_makes_its_usual_runs() {
    let place = Place::new();
    done(&mut place.gate(&["passes", "has_one_schedule", "is_ordinary"]))
        .with(0)
        .says("ok      gate::fixture::passes: 1,000 runs")
        .says("ok      gate::fixture::has_one_schedule: 1,000 runs, all 1 schedules")
        .says("2 tests passed, 0 failed; 2,000 runs")
        .says("1 test of other kinds ran once and passed");
    // What it has learnt of the ordinary one it knows.
    done(&mut place.gate(&["passes", "is_ordinary"])).with(0).does_not_say("of other kinds");
    assert_eq!(place.entries().len(), 0);
}

#[test]
fn a_failure_is_told_kept_and_found_first_from_then_on() {
    let place = Place::new();
    done(&mut place.gate(&["loses_a_wakeup"]))
        .with(100)
        .says("FAILED gate::fixture::loses_a_wakeup [pending-without-waker]")
        .says("reveille: `gate::fixture::loses_a_wakeup` breaks the law pending-without-waker")
        .says("0 tests passed, 1 failed");
    let entries = place.entries();
    assert_eq!(entries.len(), 1);
    done(&mut place.gate(&["loses_a_wakeup"])).with(100).says("found by the corpus entry");
    assert_eq!(place.entries(), entries);
}

#[test]
fn who_searches_for_longer_finds_more() {
    let place = Place::new();
    done(&mut place.gate(&["fails_rarely", "passes"])).with(0);
    // The time is a limit for a test that never fails, and this one fails early.
    done(&mut place.gate(&["fails_rarely", "--time", "60s", "--fail-fast"]))
        .with(100)
        .says("gate::fixture::fails_rarely [panic]")
        .says("all were late");
    assert_eq!(place.entries().len(), 1);
}

#[test]
fn the_number_of_runs_is_the_one_that_is_asked_for() {
    let place = Place::new();
    done(&mut place.gate(&["passes", "has_two_checks", "--runs", "25"]))
        .with(0)
        .says("ok      gate::fixture::has_two_checks: 25 runs, new behaviour")
        .says("; 75 runs in");
}

#[test]
fn seeds_are_passed_on_and_random_ones_are_told() {
    let place = Place::new();
    let found = |arguments: &[&str]| {
        let place = Place::new();
        let all = [&["fails_rarely", "--runs", "1000"], arguments].concat();
        let done = done(&mut place.gate(&all)).with(100);
        let line = done.err.lines().find(|line| line.contains("found in")).unwrap();
        line.trim().to_owned()
    };
    let own = found(&[]);
    assert!(own.contains("of 1000") && own.contains("(made of the test's name)"), "{own}");
    assert!(found(&["--seed", "0x2a"]).contains("seed 0x2a;"));
    let done = done(&mut place.gate(&["passes", "--seed", "random", "--runs", "2"])).with(0);
    done.says("reveille: random choices begin at 0x");
}

#[test]
fn a_failure_that_a_test_expects_is_none() {
    let place = Place::new();
    done(&mut place.gate(&["fails_as_it_should", "--time", "300ms"]))
        .with(0)
        .says("1 test passed, 0 failed");
}

#[test]
fn shards_take_the_tests_apart_and_lose_none() {
    let place = Place::new();
    let part = |shard: &str| {
        let filters = ["passes", "passes_too", "has_one_schedule"];
        let arguments = [&filters[..], &["--runs", "10", "--shard", shard]].concat();
        let done = done(&mut place.gate(&arguments)).with(0);
        let named = |line: &&str| line.trim_start().starts_with("ok ");
        done.err.lines().filter(named).map(str::to_owned).collect::<Vec<_>>()
    };
    let mut all = [part("1/2"), part("2/2")].concat();
    assert_eq!(all.len(), 3);
    all.sort();
    assert_eq!(all, part("1/1"));
    // More shards than tests: what is left searches from other seeds.
    assert_eq!(part("4/4").len(), 1);
}

#[test]
fn runs_that_cannot_be_repeated_are_made_in_processes_of_their_own() {
    let place = Place::new();
    done(&mut place.gate(&["draws_from_outside", "--runs", "20"]))
        .with(0)
        .says("ok      gate::fixture::draws_from_outside: 20 runs");
    done(&mut place.gate(&["draws_from_outside", "--time", "2s"])).with(0);
}

/// As the terminal does it: the gate is told, and says what was covered by then.
#[cfg(target_os = "linux")]
#[test]
fn interrupted_it_says_what_was_covered() {
    use std::process::{Command, Stdio};

    let place = Place::new();
    let mut gate = place.gate(&["passes", "passes_too", "--time", "10m"]);
    let gate = gate.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let id = gate.id();
    let runs_a_test = || {
        let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children"));
        children.unwrap_or_default().split_whitespace().any(|child| {
            let line = std::fs::read(format!("/proc/{child}/cmdline")).unwrap_or_default();
            // Before it is another program it has the words of the gate, which this is not among.
            String::from_utf8_lossy(&line).contains("--nocapture")
        })
    };
    while !runs_a_test() {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    let told = Command::new("kill").args(["-INT", &id.to_string()]).status().unwrap();
    assert!(told.success());
    let output = gate.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("; it was interrupted"), "{said}");
}

#[test]
fn a_search_is_shared_and_ends_by_itself() {
    let place = Place::new();
    let arguments = ["passes", "passes_too", "has_one_schedule", "has_two_checks", "--time", "3s"];
    let done = done(&mut place.gate(&arguments)).with(0).says("4 tests passed, 0 failed");
    // How far it comes is up to the machine; there is nothing more to see in this one.
    let line = done.err.lines().find(|line| line.contains("has_one_schedule: ")).unwrap();
    assert!(line.ends_with("runs, all 1 schedules"), "{line}");
}
