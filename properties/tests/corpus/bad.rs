//! Files and directories that cannot be used.

use crate::{Corpus, run, text};
use std::fs;

const NAME: &str = "counts_its_polls";

/// With a file `name` of those bytes in its corpus the test goes on, says `why`, and in
/// strict mode fails for it; the file stays as it is.
#[track_caller]
fn is_left_out(corpus: &Corpus, name: &str, bytes: &[u8], why: &str) {
    let path = corpus.root.join(format!("corpus.broken.{NAME}")).join(name);
    fs::write(&path, bytes).unwrap();
    let why = format!("the corpus entry {} cannot be used: {why}", path.display());
    let mended = ("EDIT", "mended");
    let told = corpus.run(NAME, &[mended]).passes();
    told.says(&format!("\nwarning[corpus] in `corpus::broken::{NAME}`: {why}; it is left out\n"));
    let told = corpus.run(NAME, &[mended, ("REVEILLE_STRICT", "1")]).fails();
    told.says(&format!("{why} (an error because of REVEILLE_STRICT)"))
        .says_nothing_of("panicked at");
    // A test that fails tells it, too.
    let told = corpus.run(NAME, &[("REVEILLE_RUNS", "1")]).fails();
    told.says(&format!("\n  warning: {why}; it is left out\n")).says("found by the corpus");
    assert_eq!(fs::read(&path).unwrap(), bytes);
    fs::remove_file(&path).unwrap();
}

#[test]
fn files_that_are_no_entries_of_this_test_are_named_and_left_out() {
    let corpus = Corpus::new("bad");
    let good = text(&corpus.remember(NAME));
    let damaged = good.replace("turn 1", "turn 7").replace("turn 2", "turn 7");
    assert_ne!(damaged, good);
    let not_an_entry = "it is no corpus entry: expected `reveille corpus v1` as its first line";
    for (name, bytes, why) in [
        ("damaged.tape", damaged.as_bytes(), "it is damaged: its checksum is wrong"),
        (
            "cut.tape",
            &good.as_bytes()[..good.len() / 2],
            "it is cut: it does not end in a line `sum: ` with sixteen digits",
        ),
        (
            "newer.tape",
            good.replace("corpus v1", "corpus v2").as_bytes(),
            "it is of version `v2`, this build reads `v1`",
        ),
        ("latin.tape", b"reveille corpus v1\n\ntest: \xe9t\xe9\n", "it is not UTF-8 text"),
        ("empty.tape", b"", not_an_entry),
        ("zeros.tape", &[0; 4096], not_an_entry),
    ] {
        is_left_out(&corpus, name, bytes, why);
    }
}

#[test]
fn an_entry_of_another_test_is_named_and_left_out() {
    let corpus = Corpus::new("foreign");
    let foreign = fs::read(corpus.remember("loses_an_update")).unwrap();
    corpus.remember(NAME);
    let why = "it is of another test, `corpus::broken::loses_an_update`";
    is_left_out(&corpus, "foreign.tape", &foreign, why);
}

#[test]
fn files_of_other_kinds_are_nobodys_business() {
    let corpus = Corpus::new("other-files");
    let file = corpus.remember(NAME);
    for name in ["README.md", "1f3a9c0b.7-0.draft", ".gitattributes"] {
        fs::write(file.with_file_name(name), "whatever").unwrap();
    }
    let strict = [("EDIT", "mended"), ("REVEILLE_STRICT", "1")];
    corpus.run(NAME, &strict).passes().says_nothing_of("warning");
}

#[test]
fn a_damaged_file_is_not_written_over_by_the_same_failure() {
    let corpus = Corpus::new("kept");
    let file = corpus.remember(NAME);
    fs::write(&file, "damaged").unwrap();
    corpus.run(NAME, &[]).fails().says("saved as");
    assert_eq!(text(&file), "damaged");
    assert_eq!(corpus.files(NAME).len(), 2);
    corpus.run(NAME, &[("REVEILLE_RUNS", "1")]).fails().says("found by the corpus");
}

/// Permissions do not bind everybody; that a file is no directory does.
#[test]
fn where_nothing_can_be_written_the_failure_is_told_all_the_same() {
    let corpus = Corpus::new("read-only");
    fs::write(&corpus.root, "a file").unwrap();
    let told = corpus
        .run(NAME, &[])
        .fails()
        .says("polled once too often")
        .says("replay: REVEILLE_REPLAY=v1/");
    let lost = told.text.lines().filter(|line| line.starts_with("  not saved in the corpus: "));
    let [line] = lost.collect::<Vec<_>>()[..] else { panic!("not one line in:\n{}", told.text) };
    assert!(line.contains(" cannot be written: "), "{line}");
    fs::remove_file(&corpus.root).unwrap();
}

/// A file may have no more than 64 bytes: a disk that is full in the middle of writing.
#[cfg(unix)]
#[test]
fn on_a_full_disk_the_failure_is_told_all_the_same() {
    use std::os::unix::process::CommandExt;
    let corpus = Corpus::new("full");
    let mut command = crate::command(NAME);
    // SAFETY: plain system calls, allowed between fork and exec.
    unsafe {
        command.pre_exec(|| {
            let limit = libc::rlimit { rlim_cur: 64, rlim_max: 64 };
            libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit);
            libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
            Ok(())
        });
    }
    let told = crate::run_in(command, &[("REVEILLE_CORPUS", corpus.root.to_str().unwrap())]);
    let told = told.fails().says("polled once too often").says("replay: REVEILLE_REPLAY=v1/");
    told.says("\n  not saved in the corpus: ");
    assert_eq!(corpus.files(NAME), Vec::<std::path::PathBuf>::new(), "not even a part");
}

#[test]
fn a_corpus_that_is_no_directory_is_named() {
    let corpus = Corpus::new("no-directory");
    fs::write(&corpus.root, "a file").unwrap();
    let env = |strict| [("EDIT", "mended"), ("REVEILLE_STRICT", strict)];
    let why = format!("the corpus entry {}/", corpus.root.display());
    corpus.run(NAME, &env("0")).passes().says(&why).says("cannot be used: it cannot be read (");
    corpus.run(NAME, &env("1")).fails().says(&why);
    fs::remove_file(&corpus.root).unwrap();
}

#[test]
fn values_that_cannot_be_read_fail_the_test() {
    let refused = |name: &str, value: &str, why: &str| {
        run(NAME, &[("EDIT", "mended"), (name, value)]).fails().says(why);
    };
    refused(
        "REVEILLE_CORPUS",
        "",
        "REVEILLE_CORPUS: expected a directory, or the word `off`, got ``",
    );
    refused("REVEILLE_STRICT", "yes", "REVEILLE_STRICT: expected 1 or 0, got `yes`");
}
