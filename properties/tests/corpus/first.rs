//! Written on failure, run first ever after.

use crate::{Corpus, run, text};
use reveille::corpus::Entry;

#[test]
fn a_failure_writes_a_file_and_says_where() {
    let corpus = Corpus::new("writes");
    let told = corpus.run("loses_an_update", &[]).fails();
    let file = corpus.file("loses_an_update");
    let told = told.says(&format!("\n  saved as {}: put it into git", file.display()));
    // The tape is told as ever.
    let told = told.says("replay: REVEILLE_REPLAY=v1/corpus::broken::loses_an_update/");

    let text = text(&file);
    let entry = Entry::from_bytes(text.as_bytes()).unwrap();
    assert_eq!(entry.test(), "corpus::broken::loses_an_update");
    assert_eq!(entry.law(), reveille::Law::Panic);
    assert_eq!(entry.task().map(ToString::to_string).as_deref(), Some("root"));
    assert!(entry.cause().starts_with("properties/tests/corpus/broken.rs:"), "{}", entry.cause());
    assert!(entry.found().starts_with("run "), "{}", entry.found());
    assert!(entry.found().contains(" of 2000 by "), "{}", entry.found());
    assert!(text.contains("\"left\"") && text.contains("\"right\""), "{text}");
    let tape = entry.tape().to_text(entry.test());
    assert_eq!(
        told.text.split_once("REVEILLE_REPLAY=").unwrap().1.split_once("/len").unwrap().0,
        tape.split_once("/len").unwrap().0
    );
}

#[test]
fn the_next_run_fails_at_once_and_by_the_corpus() {
    let corpus = Corpus::new("at-once");
    let file = corpus.remember("loses_an_update");
    let before = text(&file);
    // No time to search in.
    let told = corpus.run("loses_an_update", &[("REVEILLE_RUNS", "1")]).fails();
    let told = told.says("breaks the law panic").says("the last steps of");
    let told = told.says(&format!("\n  found by the corpus entry {}, of ", file.display()));
    told.says("replay: REVEILLE_REPLAY=v1/").says_nothing_of("found in").says_nothing_of("saved");
    assert_eq!(text(&file), before, "and nothing is written");
}

#[test]
fn once_the_code_is_mended_it_passes_and_stays() {
    let corpus = Corpus::new("mended");
    let file = corpus.remember("counts_its_polls");
    corpus.run("counts_its_polls", &[("EDIT", "mended")]).passes().says_nothing_of("warning");
    assert_eq!(corpus.file("counts_its_polls"), file);
    corpus.run("counts_its_polls", &[("REVEILLE_RUNS", "1")]).fails().says("found by the corpus");
}

#[test]
fn entries_that_pass_are_counted() {
    let corpus = Corpus::new("counted");
    let check = |wrong: u32| {
        let checker = reveille::Checker::new().name("counted").corpus(corpus.root.clone());
        checker.runs(50).try_check(move || async move { assert_ne!(reveille::draw(4), wrong) })
    };
    let failure = check(2).unwrap_err();
    assert!(failure.to_string().contains("saved as"), "{failure}");
    let passed = check(9).unwrap();
    assert_eq!((passed.corpus, passed.runs, passed.warnings.len()), (1, 50, 0));
}

#[test]
fn a_fault_that_struck_strikes_again() {
    let corpus = Corpus::new("fault");
    let file = corpus.remember("counts_its_polls");
    assert!(text(&file).contains("\nfaults: spurious-poll\n"), "{}", text(&file));
    corpus.run("counts_its_polls", &[("REVEILLE_RUNS", "1")]).fails().says("polled once too often");
}

#[test]
fn another_fault_is_another_entry() {
    let corpus = Corpus::new("another");
    corpus.remember("has_two_faults");
    corpus.run("has_two_faults", &[("EDIT", "second")]).fails().says("the second fault");
    assert_eq!(corpus.files("has_two_faults").len(), 2);
    // Both are regressions now.
    corpus.run("has_two_faults", &[("REVEILLE_RUNS", "1")]).fails().says("the first fault");
    let second = [("REVEILLE_RUNS", "1"), ("EDIT", "second")];
    corpus.run("has_two_faults", &second).fails().says("the second fault");
}

/// What passes is not what fails now, even if the place is the same.
#[test]
fn a_new_failure_in_an_old_place_does_not_lose_to_a_regression_that_passes() {
    let corpus = Corpus::new("variant");
    let reasons = ["1", "5", "3"];
    for (number, reason) in reasons.iter().enumerate() {
        let told = corpus.run("fails_for_some_reason", &[("EDIT", reason)]).fails();
        told.says("saved as");
        let files = corpus.files("fails_for_some_reason");
        assert_eq!(files.len(), number + 1);
        let variants = files.iter().filter(|file| text(file).contains("\nvariant: ")).count();
        assert_eq!(variants, number);
    }
    for reason in reasons {
        let told = corpus.run("fails_for_some_reason", &[("REVEILLE_RUNS", "1"), ("EDIT", reason)]);
        told.fails().says("found by the corpus");
    }
}

#[test]
fn if_the_law_is_another_one_it_says_so() {
    let corpus = Corpus::new("law");
    let file = corpus.remember("breaks_one_law_or_another");
    assert!(text(&file).contains("\nlaw: pending-without-waker\n"), "{}", text(&file));
    let told = corpus.run("breaks_one_law_or_another", &[("EDIT", "registers")]).fails();
    let told = told.says("breaks the law stuck").says("found by the corpus entry");
    told.says("\n  note: it was recorded for the law pending-without-waker\n");
}

#[test]
fn a_tape_that_is_given_neither_reads_nor_writes_the_corpus() {
    let corpus = Corpus::new("given");
    let file = corpus.remember("loses_an_update");
    let entry = Entry::from_bytes(&std::fs::read(&file).unwrap()).unwrap();
    std::fs::remove_file(&file).unwrap();
    let tape = entry.tape().to_text(entry.test());
    let told = corpus.run("loses_an_update", &[("REVEILLE_REPLAY", &tape)]).fails();
    told.says("breaks the law panic").says_nothing_of("corpus entry").says_nothing_of("saved");
    assert!(corpus.files("loses_an_update").is_empty());
}

#[test]
fn the_file_itself_can_be_replayed() {
    let corpus = Corpus::new("file");
    let file = corpus.remember("loses_an_update");
    let path = file.to_str().unwrap();
    let off = ("REVEILLE_CORPUS", "off");
    let told = run("loses_an_update", &[off, ("REVEILLE_REPLAY", path)]).fails();
    told.says("breaks the law panic");
    std::fs::write(&file, text(&file).replace("root.1", "root.2")).unwrap();
    let told = run("loses_an_update", &[off, ("REVEILLE_REPLAY", path)]).fails();
    told.says(&format!(
        "REVEILLE_REPLAY: the file `{path}` cannot be used as a corpus entry: it is damaged"
    ));
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_in_a_process_of_its_own_gets_one_again() {
    let corpus = Corpus::new("hermetic");
    let file = corpus.remember("rests_on_the_keys_of_a_map");
    assert!(text(&file).contains("/hermetic/"), "{}", text(&file));
    let told = corpus.run("rests_on_the_keys_of_a_map", &[("REVEILLE_RUNS", "1")]).fails();
    told.says("breaks the law panic").says("found by the corpus entry");
    let mended = [("EDIT", "mended"), ("REVEILLE_RUNS", "3")];
    corpus.run("rests_on_the_keys_of_a_map", &mended).passes().says_nothing_of("warning");

    // Where there is none it is left out.
    let why = format!(
        "the corpus entry {} cannot be replayed: its run needs a process of its own, which this \
         test never has",
        file.display()
    );
    let never = ("EDIT", "never hermetic");
    let told = corpus.run("rests_on_the_keys_of_a_map", &[never]).passes();
    let test = "corpus::broken::rests_on_the_keys_of_a_map";
    told.says(&format!("warning[corpus] in `{test}`: {why}"));
    let strict = ("REVEILLE_STRICT", "1");
    corpus.run("rests_on_the_keys_of_a_map", &[never, strict]).fails().says(&why);
}

/// What arguments are made of stands on the tape alone: a reader sees the values.
#[test]
fn arguments_are_remembered_and_told_by_their_values() {
    let corpus = Corpus::new("arguments");
    let file = corpus.remember("fails_for_large_numbers");
    let text = text(&file);
    assert!(text.contains("\ninputs: number = 1000\n"), "{text}");
    assert!(text.contains("\ndeviations: 0\n"), "{text}");
    let once = [("REVEILLE_RUNS", "1")];
    let told = corpus.run("fails_for_large_numbers", &once).fails();
    told.says("found by the corpus entry").says("with  number = 1000").says_nothing_of("note:");
    corpus.run("fails_for_large_numbers", &[("EDIT", "mended")]).passes();
}
