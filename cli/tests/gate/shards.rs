//! Several gates at once in one workspace, each with a part of the tests.

use crate::tool::{Done, Place, done};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;

const SHARDS: usize = 6;

/// Runs all shards at once: their results, and how they ended.
fn at_once(place: &Place, words: &[&str]) -> (Vec<PathBuf>, Vec<Done>) {
    let results: Vec<PathBuf> =
        (1..=SHARDS).map(|shard| place.path(&format!("{shard}.jsonl"))).collect();
    let gates = results.iter().enumerate().map(|(before, file)| {
        let shard = format!("{}/{SHARDS}", before + 1);
        let more = ["--shard", &shard, "--json", file.to_str().unwrap()];
        let mut gate = place.gate(&[words, &more].concat());
        gate.stdout(Stdio::piped()).stderr(Stdio::piped());
        gate
    });
    // Before the first begins all are told of the binary, by a file that is written each time.
    let gates: Vec<_> = gates.collect();
    let running: Vec<_> = gates.into_iter().map(|mut gate| gate.spawn().unwrap()).collect();
    let ended = running.into_iter().map(|gate| Done::of(gate.wait_with_output().unwrap()));
    (results, ended.collect())
}

/// What the lines of gates say together: of each test its name, its runs and what it broke.
fn merged(place: &Place, files: &[PathBuf]) -> BTreeSet<(String, u64, Vec<String>)> {
    let json = place.path("merged.jsonl");
    let _ = done(place.tool().arg("report").args(files).arg("--json").arg(&json));
    let text = std::fs::read_to_string(json).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let tests = lines.filter(|line| line["type"] == "test").map(|test| {
        let each = |key: &str| test[key].as_array().unwrap().clone();
        let runs = each("checks").iter().map(|check| check["runs"].as_u64().unwrap()).sum();
        let failures = each("failures");
        let tapes =
            failures.iter().map(|failure| format!("{} {}", failure["law"], failure["tape"]));
        (test["name"].as_str().unwrap().to_owned(), runs, tapes.collect())
    });
    tests.collect()
}

/// The entries of a corpus, which are named by their contents; none is damaged.
fn sound_entries(place: &Place) -> BTreeSet<PathBuf> {
    let corpus = place.path("corpus");
    done(place.tool().args(["corpus", "verify", "--dir"]).arg(&corpus)).with(0);
    let below = |path: PathBuf| Path::strip_prefix(&path, &corpus).unwrap().to_owned();
    place.entries().into_iter().map(below).collect()
}

#[test]
fn gates_that_work_at_once_find_together_what_one_finds() {
    let words = [
        "aborts",
        "exits",
        "fails_as_it_should",
        "fails_rarely",
        "has_one_schedule",
        "has_two_checks",
        "is_ordinary",
        "loses_a_wakeup",
        "passes",
        "passes_too",
        "says_hostile_things",
        "--runs",
        "1000",
    ];
    let (single, several) = (Place::new(), Place::new());
    let file = single.path("single.jsonl");
    let one = [&words[..], &["--json", file.to_str().unwrap()]].concat();
    done(&mut single.gate(&one)).with(100);
    let expected = merged(&single, &[file]);
    assert_eq!(expected.len(), 10, "{expected:?}");
    let (results, ended) = at_once(&several, &words);
    let codes: BTreeSet<_> = ended.iter().map(|done| done.status.code()).collect();
    assert!(codes.is_subset(&[Some(0), Some(100)].into()), "{ended:?}");
    assert_eq!(merged(&several, &results), expected);
    assert_eq!(sound_entries(&several), sound_entries(&single));
    assert_eq!(several.entries().len(), 5);
}

#[test]
fn what_many_find_at_once_is_kept_once() {
    let place = Place::new();
    let (results, ended) = at_once(&place, &["loses_a_wakeup"]);
    for gate in ended {
        gate.with(100);
    }
    assert_eq!(sound_entries(&place).len(), 1);
    done(place.tool().arg("report").args(results)).with(100).says("0 tests passed, 1 failed");
}

/// A shard that begins when another one is done knows more, and must not do others' work for it.
#[test]
fn what_one_shard_has_learnt_takes_no_test_from_another() {
    let place = Place::new();
    let words = ["is_ordinary", "passes", "passes_too", "--runs", "1"];
    let gate = |shard: &str| done(&mut place.gate(&[&words[..], &["--shard", shard]].concat()));
    for _ in 0..2 {
        gate("1/3").with(0).says("none of the tests of shard 1/3 is one of reveille");
    }
    gate("2/3").with(0).says("fixture::passes: ");
    gate("3/3").with(0).says("fixture::passes_too: ");
    // All of them together are red if they run nothing.
    let file = place.path("nothing.jsonl");
    let none = ["is_ordinary", "--shard", "1/2", "--json", file.to_str().unwrap()];
    done(&mut place.gate(&none)).with(0);
    done(place.tool().arg("report").arg(&file)).with(4).says("nothing was checked");
}
