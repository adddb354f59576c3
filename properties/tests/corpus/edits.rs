//! The code was edited since the failure was found.

use crate::{Corpus, text};

#[test]
fn edits_elsewhere_do_not_kill_an_entry() {
    let corpus = Corpus::new("edits");
    corpus.remember("loses_an_update");
    for edit in ["yield", "task", "task before"] {
        let env = [("EDIT", edit), ("REVEILLE_RUNS", "1")];
        let told = corpus.run("loses_an_update", &env).fails();
        told.says("found by the corpus entry").says_nothing_of("warning");
    }
}

/// The edit changes the number of every choice.
#[test]
fn a_moved_tape_fails_as_before_and_the_report_says_where_it_moved() {
    let corpus = Corpus::new("moved");
    let file = corpus.remember("has_a_late_fault");
    let deviation = "input 0: option 1 of 4, choice 1 in turn 3 of root";
    assert!(text(&file).contains(&format!("\n  {deviation}\n")), "{}", text(&file));

    let edited = [("EDIT", "draws more"), ("REVEILLE_RUNS", "1")];
    let told = corpus.run("has_a_late_fault", &edited).fails().says("the late fault");
    told.says(
        "\n  note: its tape is of other code and first diverged at input 0: expected choice 1 in \
         turn 3 of root, but this was choice 1 in turn 1 of root; 1 of 1 deviations found their place\n",
    );
    // If it passes, a tape that found all its places is worth no word ...
    let mended = [("EDIT", "draws more, mended")];
    corpus.run("has_a_late_fault", &mended).passes().says_nothing_of("warning");
    // ... but in strict mode.
    let strict = [("EDIT", "draws more, mended"), ("REVEILLE_STRICT", "1")];
    corpus.run("has_a_late_fault", &strict).fails().says(&format!(
        "the tape of {} first diverged at input 0: expected choice 1 in turn 3 of root, but this \
         was choice 1 in turn 1 of root; 1 of 1 deviations found their place (an error because of \
         REVEILLE_STRICT)",
        file.display()
    ));
}

#[test]
fn a_tape_that_does_not_fit_any_more_is_a_warning_and_in_strict_mode_an_error() {
    let corpus = Corpus::new("diverged");
    let file = corpus.remember("has_a_late_fault");
    let place = format!(
        "the tape of {} first diverged at input 0: expected choice 1 in turn 3 of root, but the \
         run made no such choice; 0 of 1 deviations found their place",
        file.display()
    );
    let told = corpus.run("has_a_late_fault", &[("EDIT", "draws nothing")]).passes();
    told.says(&format!(
        "warning[corpus] in `corpus::broken::has_a_late_fault`: {place}; it was replayed as far \
         as it fits\n"
    ));
    let strict = [("EDIT", "draws nothing"), ("REVEILLE_STRICT", "1")];
    corpus
        .run("has_a_late_fault", &strict)
        .fails()
        .says(&format!("{place} (an error because of REVEILLE_STRICT)"));
    // It stays: the code may come back.
    corpus.run("has_a_late_fault", &[("REVEILLE_RUNS", "1")]).fails().says("found by the corpus");
}

/// Whether the replay fails or passes, what it found no place for stays in the file.
#[test]
fn a_deviation_whose_turn_is_gone_stays_in_the_file() {
    let corpus = Corpus::new("gone");
    let file = corpus.remember("fails_by_two_draws");
    let before = text(&file);
    assert!(before.contains("\ndeviations: 2\n"), "{before}");
    let place = "first diverged at input 1: expected choice 1 in turn 2 of root, but the run made no \
                 such choice; 1 of 2 deviations found their place";
    let once = ("REVEILLE_RUNS", "1");
    let told = corpus.run("fails_by_two_draws", &[("EDIT", "one draw"), once]).fails();
    told.says(&format!("note: its tape is of other code and {place}")).says_nothing_of("saved");
    let mended = ("EDIT", "one draw, mended");
    corpus.run("fails_by_two_draws", &[mended]).passes().says(&format!("{place}; it was replayed"));
    let strict = ("REVEILLE_STRICT", "1");
    corpus.run("fails_by_two_draws", &[mended, strict]).fails().says(place);
    // In strict mode, too, a failure is told as one, with the place.
    let told = corpus.run("fails_by_two_draws", &[("EDIT", "one draw"), strict]).fails();
    told.says("both").says(place);
    assert_eq!(text(&corpus.file("fails_by_two_draws")), before);
    corpus.run("fails_by_two_draws", &[once]).fails().says("found by the corpus");
}
