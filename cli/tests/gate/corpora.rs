//! Corpora as files, and results as files.

use crate::tool::{Place, done};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What a directory of entries holds, by names and contents.
fn content(root: &Path) -> BTreeSet<(PathBuf, String)> {
    let place = |path: &Path| path.strip_prefix(root).unwrap().to_owned();
    let mut all = BTreeSet::new();
    for test in std::fs::read_dir(root).into_iter().flatten() {
        for file in std::fs::read_dir(test.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            all.insert((place(&path), std::fs::read_to_string(&path).unwrap()));
        }
    }
    all
}

/// Corpora of several machines, of which each found something else.
fn shards(place: &Place) -> Vec<PathBuf> {
    let found =
        [("loses_a_wakeup", "1"), ("fails_rarely", "2"), ("fails_rarely", "3"), ("aborts", "4")];
    let shards = found.iter().enumerate().map(|(number, (test, seed))| {
        let corpus = place.path(&format!("shard-{number}"));
        let mut gate = place.gate(&[test, "--seed", seed, "--runs", "1000"]);
        done(gate.env("REVEILLE_CORPUS", &corpus)).with(100);
        corpus
    });
    shards.collect()
}

#[test]
fn corpora_merge_without_loss_in_any_order_and_many_at_once() {
    let place = Place::new();
    let mut shards = shards(&place);
    // Somebody has remarked something in one of two that are the same.
    let entry = content(&shards[0]).pop_first().unwrap();
    let remarked = place.path("shard-remarked").join(&entry.0);
    std::fs::create_dir_all(remarked.parent().unwrap()).unwrap();
    std::fs::write(&remarked, format!("# seen in production\n{}", entry.1)).unwrap();
    shards.push(place.path("shard-remarked"));
    let merge = |from: &[&PathBuf], into: &str| {
        let mut command = place.tool();
        command.args(["corpus", "merge"]).args(from).arg("--into").arg(place.path(into));
        command
    };
    let one_after_the_other: Vec<&PathBuf> = shards.iter().collect();
    done(&mut merge(&one_after_the_other, "forwards")).with(0);
    let backwards: Vec<&PathBuf> = shards.iter().rev().collect();
    done(&mut merge(&backwards, "backwards")).with(0);
    done(&mut merge(&backwards, "backwards")).with(0);
    // All at once, each shard thrice.
    let running: Vec<_> = (0..3)
        .flat_map(|_| shards.iter())
        .map(|shard| merge(&[shard], "at-once").spawn().unwrap())
        .collect();
    for mut process in running {
        assert!(process.wait().unwrap().success());
    }
    let forwards = content(&place.path("forwards"));
    assert_eq!(content(&place.path("backwards")), forwards);
    assert_eq!(content(&place.path("at-once")), forwards);
    assert_eq!(forwards.len(), 3, "one of each cause");
    assert!(forwards.iter().any(|(_, text)| text.contains("# seen in production")));
}

#[test]
fn a_corpus_is_listed_verified_and_pruned() {
    let place = Place::new();
    done(&mut place.gate(&["loses_a_wakeup"])).with(100);
    let corpus = place.path("corpus");
    let dir = corpus.to_str().unwrap();
    let run = |words: &[&str]| done(place.tool().arg("corpus").args(words).args(["--dir", dir]));
    let listed = run(&["list"]).with(0);
    assert!(listed.out.contains("gate::fixture::loses_a_wakeup\n  20"), "{}", listed.out);
    assert!(listed.out.ends_with("1 entry in 1 corpus\n"), "{}", listed.out);
    assert_eq!(run(&["verify"]).with(0).out, "1 entries, all of use\n");
    let entry = place.entries().remove(0);
    let text = std::fs::read_to_string(&entry).unwrap();
    // The same entry under another name, a cut one, and one that is of another test.
    std::fs::write(entry.with_file_name("copy.tape"), &text).unwrap();
    std::fs::write(entry.with_file_name("cut.tape"), &text[..text.len() - 5]).unwrap();
    let elsewhere = corpus.join("other/misplaced.tape");
    std::fs::create_dir_all(elsewhere.parent().unwrap()).unwrap();
    std::fs::write(&elsewhere, &text).unwrap();
    run(&["verify"])
        .with(100)
        .says("cut.tape: ")
        .says("misplaced.tape: it is of the test `gate::fixture::loses_a_wakeup`")
        .says("it is superfluous; `corpus prune` removes it")
        .says("3 files of the corpus are not as they should be");
    let would = run(&["prune", "--dry-run"]).with(0);
    assert!(
        would.out.starts_with("would remove ") && would.out.ends_with("\n1 files\n"),
        "{}",
        would.out
    );
    assert_eq!(place.entries().len(), 4);
    run(&["prune"]).with(0);
    // What cannot be read is left to people.
    assert_eq!(place.entries().len(), 3);
}

#[test]
fn a_tape_that_was_told_becomes_an_entry() {
    let place = Place::new();
    let found = done(&mut place.gate(&["fails_rarely", "--runs", "1000"])).with(100);
    let line = found.err.lines().find_map(|line| line.trim().strip_prefix("replay: ")).unwrap();
    std::fs::remove_dir_all(place.path("corpus")).unwrap();
    let done_with = |what: &str| done(&mut place.over_this_binary(&["corpus", "import", what]));
    let imported = done_with(line).with(0);
    assert!(imported.out.contains("found in a tape that was given"), "{}", imported.out);
    assert_eq!(place.entries().len(), 1);
    done_with(line).with(0);
    assert_eq!(place.entries().len(), 1);
    let passes = reveille::Tape::new().to_text("gate::fixture::passes");
    done_with(&passes).with(100).says("the run passes: there is nothing to keep");
}

#[test]
fn results_of_several_machines_become_one() {
    let place = Place::new();
    let tests = ["passes", "passes_too", "has_one_schedule", "loses_a_wakeup"];
    let part = |shard: &str, file: &str| {
        let file = place.path(file);
        let words =
            [&tests[..], &["--runs", "10", "--shard", shard, "--json", file.to_str().unwrap()]]
                .concat();
        let _ = done(&mut place.gate(&words));
        file
    };
    let parts = [part("1/3", "1.jsonl"), part("2/3", "2.jsonl"), part("3/3", "3.jsonl")];
    let merged = |files: &[&PathBuf]| {
        let junit = place.path("all.xml");
        let mut report = place.tool();
        report.arg("report").args(files).arg("--junit").arg(&junit);
        let done = done(&mut report).with(100);
        (done.err, std::fs::read_to_string(junit).unwrap())
    };
    let (err, junit) = merged(&[&parts[0], &parts[1], &parts[2]]);
    assert!(err.contains("3 tests passed, 1 failed; 31 runs in"), "{err}");
    assert_eq!(merged(&[&parts[2], &parts[0], &parts[1]]), (err, junit));
    let cut = place.path("cut.jsonl");
    std::fs::write(&cut, "").unwrap();
    done(place.tool().arg("report").arg(&cut)).with(96).says("the last line is missing");
    // One of them hides nothing of the others, and is not forgotten over them.
    let all = |files: &[&PathBuf]| done(place.tool().arg("report").args(files));
    all(&[&cut, &parts[0], &place.path("none")])
        .with(96)
        .says("2 tests passed, 0 failed")
        .says("2 files could not be read");
}
