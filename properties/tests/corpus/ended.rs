//! Failures that end their process are remembered, too.

use crate::{Corpus, Told, run, text};
use reveille::Law;
use reveille::corpus::Entry;

const NAME: &str = "ends_its_process";

/// How it ends, with the law, the cause of the entry, and what the system says beside.
const ENDS: [(&str, Law, &str, &str); 6] = [
    ("abort", Law::Panic, "ended by SIGABRT, an abort", ""),
    ("exit", Law::Panic, "ended by an exit", ""),
    (
        "overflow",
        Law::Panic,
        "ended by SIGSEGV, memory that is not there or a stack that overflows",
        "has overflowed its stack",
    ),
    (
        "fault",
        Law::Panic,
        "ended by SIGSEGV, memory that is not there or a stack that overflows",
        "",
    ),
    ("block", Law::BlockingPoll, "ended by the watchdog", "the stack of the poll"),
    ("two panics", Law::Panic, "ended by a panic while another one unwinds", "the first panic"),
];

/// The tape in the line to paste.
fn tape(told: &Told) -> &str {
    let (_, rest) = told.text.split_once("REVEILLE_REPLAY=").unwrap();
    rest.split_whitespace().next().unwrap()
}

#[test]
fn the_end_of_the_process_is_told_and_kept() {
    for (edit, law, cause, beside) in ENDS {
        let corpus = Corpus::new(&format!("ended-{}", edit.replace(' ', "-")));
        let told = corpus.run(NAME, &[("EDIT", edit)]).fails();
        let told = told.says(&format!("reveille: `corpus::broken::{NAME}` breaks the law {law}\n"));
        let told = told.says(beside).says("\n  found in run ").says(" of 1000, seed 0x");
        let files = corpus.files(NAME);
        assert_eq!(files.len(), 1, "{edit}: {files:?}\n{}", told.text);
        let file = &files[0];
        let told = told.says(&format!("\n  saved as {}: put it into git", file.display()));
        assert_eq!(told.text.matches("breaks the law").count(), 1, "{}", told.text);

        let entry = Entry::from_bytes(text(file).as_bytes()).unwrap();
        assert_eq!(entry.to_text(), text(file));
        assert_eq!(file.file_name().unwrap().len(), "01234567.tape".len());
        assert_eq!((entry.law(), entry.cause()), (law, cause));
        assert!(entry.ended_its_process(), "{}", text(file));
        assert_eq!(entry.tape().to_text(entry.test()), tape(&told));

        // It is found again at once, with the name of the file, and no other is written.
        let again = corpus.run(NAME, &[("EDIT", edit), ("REVEILLE_RUNS", "1")]).fails();
        let again = again.says(&format!("\n  found by the corpus entry {}, of ", file.display()));
        let again = again.says("REVEILLE_CORPUS=off").says_nothing_of("saved");
        again.says(&format!("breaks the law {law}\n")).says(beside).says_nothing_of("found in");
        assert_eq!(corpus.files(NAME), files);

        // The tape alone does it, too, and is not written down.
        let replay = ("REVEILLE_REPLAY", tape(&told));
        let again = corpus.run(NAME, &[("EDIT", edit), replay]).fails();
        again.says(&format!("breaks the law {law}\n")).says_nothing_of("saved");
        assert_eq!(corpus.files(NAME), files);
        let off = [("EDIT", edit), ("REVEILLE_CORPUS", "off")];
        run(NAME, &off).fails().says("breaks the law").says_nothing_of("saved");

        // Mended it passes, and the file stays.
        corpus.run(NAME, &[("EDIT", "mended")]).passes().says_nothing_of("warning");
        assert_eq!(corpus.files(NAME), files);
    }
}

#[test]
fn a_process_that_ends_well_within_a_run_is_a_failure() {
    let off = [("EDIT", "exit"), ("REVEILLE_CORPUS", "off")];
    run(NAME, &off).fails().says("a run must not end its process");
}

#[test]
fn where_it_fails_in_another_way_now_it_says_so() {
    let corpus = Corpus::new("ended-otherwise");
    corpus.run(NAME, &[("EDIT", "block")]).fails();
    let told = corpus.run(NAME, &[("EDIT", "panic"), ("REVEILLE_RUNS", "1")]).fails();
    told.says("just a panic").says("found by the corpus entry").says("blocking-poll");
}

/// The first is mended, and the process ends in another way.
#[test]
fn another_end_is_another_entry() {
    let corpus = Corpus::new("ended-twice");
    corpus.run(NAME, &[("EDIT", "block")]).fails();
    // The tape is the same, so it is the old entry that finds it.
    let told = corpus.run(NAME, &[("EDIT", "abort")]).fails();
    told.says("found by the corpus entry").says_nothing_of("saved");
    assert_eq!(corpus.files(NAME).len(), 1);
}

#[test]
fn without_cargo_the_line_to_paste_is_all() {
    let mut command = crate::command(NAME);
    command.env_remove("CARGO_MANIFEST_DIR");
    let told = crate::run_in(command, &[("EDIT", "abort")]).fails();
    told.says("replay: REVEILLE_REPLAY=v1/")
        .says("not saved in the corpus: CARGO_MANIFEST_DIR, by");
}

#[cfg(target_os = "linux")]
#[test]
fn so_are_those_of_runs_with_processes_of_their_own() {
    const NAME: &str = "ends_a_process_of_its_own";
    let corpus = Corpus::new("ended-hermetic");
    let told = corpus.run(NAME, &[]).fails().says("the process of a run was ended by signal 6");
    let told = told.says("ended by SIGABRT, an abort").says("/hermetic/").says("\n  saved as ");
    let file = corpus.file(NAME);
    assert!(told.text.contains(tape(&told)), "{}", text(&file));
    let told = corpus.run(NAME, &[("REVEILLE_RUNS", "1")]).fails();
    told.says(&format!("found by the corpus entry {}, of ", file.display()))
        .says_nothing_of("saved");
    corpus.run(NAME, &[("EDIT", "mended")]).passes();
}
