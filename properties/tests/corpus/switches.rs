//! Where the corpus is, and whether.

use crate::{Corpus, command, run, run_in, text};
use std::fs;

/// Some find the same, others something else, all at the same time.
#[test]
fn processes_that_fail_at_once_lose_nothing() {
    let corpus = Corpus::new("processes");
    std::thread::scope(|scope| {
        for number in 0..8 {
            let name = ["has_two_faults", "fails_for_some_reason"][number % 2];
            let edit = if number % 4 < 2 { "" } else { "second" };
            let corpus = &corpus;
            scope.spawn(move || corpus.run(name, &[("EDIT", edit)]).fails());
        }
    });
    for (name, edit) in [("has_two_faults", ""), ("has_two_faults", "second")] {
        let told = corpus.run(name, &[("EDIT", edit), ("REVEILLE_RUNS", "1")]).fails();
        told.says("found by the corpus entry");
    }
    assert_eq!(corpus.files("has_two_faults").len(), 2);
    assert!(!corpus.files("fails_for_some_reason").is_empty());
}

#[test]
fn by_default_it_is_in_the_directory_of_the_package() {
    let corpus = Corpus::new("package");
    fs::create_dir_all(&corpus.root).unwrap();
    let root = corpus.root.to_str().unwrap();
    let env = [("CARGO_MANIFEST_DIR", root)];
    let told = run("counts_its_polls", &env).fails();
    // The path is told as one reads it in the package.
    let told = told.says("\n  saved as corpus/corpus.broken.counts_its_polls/");
    let home = corpus.root.join("corpus/corpus.broken.counts_its_polls");
    assert_eq!(fs::read_dir(&home).unwrap().count(), 1, "{}", told.text);
    run("counts_its_polls", &env).fails().says("found by the corpus entry corpus/corpus.broken.");
}

#[test]
fn without_cargo_nobody_knows_where_it_is() {
    let mut command = command("counts_its_polls");
    command.env_remove("CARGO_MANIFEST_DIR");
    run_in(command, &[]).fails().says("breaks the law").says(
        "  not saved in the corpus: CARGO_MANIFEST_DIR, by which cargo tells where the package is, is not set",
    );
}

#[test]
fn off_neither_reads_nor_writes() {
    let corpus = Corpus::new("off");
    let root = corpus.root.to_str().unwrap();
    let off = [("REVEILLE_CORPUS", "off"), ("CARGO_MANIFEST_DIR", root)];
    run("counts_its_polls", &off)
        .fails()
        .says("found in run")
        .says_nothing_of("corpus entry")
        .says_nothing_of("saved");
    assert!(!corpus.root.exists());
    // Nor does it look at what is there.
    fs::create_dir_all(&corpus.root).unwrap();
    fs::write(corpus.root.join("corpus"), "a file").unwrap();
    let told =
        run("counts_its_polls", &[off[0], off[1], ("REVEILLE_STRICT", "1"), ("EDIT", "mended")]);
    told.passes().says_nothing_of("warning");
}

#[test]
fn the_attribute_names_a_directory_of_the_package() {
    let corpus = Corpus::new("attribute");
    fs::create_dir_all(&corpus.root).unwrap();
    let env = [("CARGO_MANIFEST_DIR", corpus.root.to_str().unwrap())];
    let home = "tests/tapes/corpus.broken.has_its_tapes_elsewhere/";
    run("has_its_tapes_elsewhere", &env).fails().says(&format!("\n  saved as {home}"));
    assert_eq!(fs::read_dir(corpus.root.join(home)).unwrap().count(), 1);
}

#[test]
fn a_test_without_a_corpus_stays_without() {
    let corpus = Corpus::new("without");
    corpus.run("has_no_corpus", &[]).fails().says("on purpose").says_nothing_of("saved");
    corpus.run("should_panic", &[]).passes().says("on purpose").says_nothing_of("saved");
    assert!(!corpus.root.exists());
}

/// A mistake in the test is no failure to remember.
#[test]
fn a_check_inside_a_run_is_told_and_not_written() {
    let corpus = Corpus::new("misuse");
    for name in ["checks_inside_a_run", "runs_schedules_inside_a_run"] {
        let told = corpus.run(name, &[]).fails().says(&format!(
            "reveille: `corpus::broken::{name}`: a check was begun inside a run: `check` must be \
             called outside"
        ));
        told.says_nothing_of("breaks the law").says_nothing_of("saved");
    }
    assert!(!corpus.root.exists());
}

#[test]
fn a_test_may_have_a_corpus_of_its_own() {
    let (corpus, other) = (Corpus::new("own"), Corpus::new("not-own"));
    let own = ("OWN_CORPUS", corpus.root.to_str().unwrap());
    run("has_a_corpus_of_its_own", &[own]).fails();
    let file = corpus.file("has_a_corpus_of_its_own");
    assert!(text(&file).contains("\ndeviations: 0\n"), "{}", text(&file));
    // The environment goes before it.
    other.run("has_a_corpus_of_its_own", &[own, ("EDIT", "mended")]).passes();
    other.run("has_a_corpus_of_its_own", &[own]).fails().says("saved as");
    assert_eq!(text(&other.file("has_a_corpus_of_its_own")), text(&file));
}
