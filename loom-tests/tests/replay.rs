//! Failures that are kept, and repeated: by their file, in other processes.

use reveille_loom::models::{Parker, park_unpark};
use reveille_loom::sync::atomic::{AtomicBool, Ordering::*};
use reveille_loom::sync::{Condvar, Mutex};
use std::path::{Path, PathBuf};
use std::process::Command;

/// What is checked loses an unpark; or it does not, if the environment says so.
struct Bell {
    token: AtomicBool,
    lock: Mutex<()>,
    bell: Condvar,
}

impl Parker for Bell {
    fn park(&self) {
        if std::env::var("BELL").as_deref() == Ok("another") {
            self.token.load(Relaxed);
        }
        let mended = std::env::var("BELL").as_deref() == Ok("mended");
        while !self.token.swap(false, Acquire) {
            let guard = self.lock.lock().unwrap();
            if !mended || !self.token.load(Relaxed) {
                drop(self.bell.wait(guard));
            }
        }
    }

    fn unpark(&self) {
        self.token.swap(true, Release);
        drop(self.lock.lock().unwrap());
        self.bell.notify_one();
    }
}

fn bell() -> Bell {
    Bell { token: AtomicBool::new(false), lock: Mutex::new(()), bell: Condvar::new() }
}

#[test]
#[ignore = "it fails; the other tests run it in processes of their own"]
fn victim() {
    park_unpark(bell).check();
}

#[test]
#[ignore = "another test runs it, with the trace of the victim"]
fn bystander() {
    park_unpark(bell).check();
}

struct Ran {
    passed: bool,
    output: String,
}

impl Ran {
    /// Fails unless the words are in the output, on however many lines.
    #[track_caller]
    fn says(&self, words: &str) {
        let plain: Vec<&str> = self.output.split_whitespace().collect();
        assert!(plain.join(" ").contains(words), "expected `{words}` in\n{}", self.output);
    }
}

fn run(test: &str, corpus: &Path, environment: &[(&str, &str)]) -> Ran {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--ignored", "--show-output"])
        .env("REVEILLE_CORPUS", corpus)
        .env("RUST_BACKTRACE", "0")
        .envs(environment.iter().copied())
        .output()
        .unwrap();
    let output_text = [output.stdout, output.stderr].concat();
    Ran { passed: output.status.success(), output: String::from_utf8(output_text).unwrap() }
}

fn only_file(corpus: &Path) -> PathBuf {
    let files: Vec<_> = std::fs::read_dir(corpus.join("victim")).unwrap().flatten().collect();
    assert_eq!(files.len(), 1, "{files:?}");
    files[0].path()
}

/// A corpus with the victim's failure.
fn kept() -> (tempfile::TempDir, PathBuf, Ran) {
    let corpus = tempfile::tempdir().unwrap();
    let ran = run("victim", corpus.path(), &[]);
    assert!(!ran.passed);
    let file = only_file(corpus.path());
    (corpus, file, ran)
}

fn table(output: &str) -> Vec<&str> {
    let from = output.lines().skip_while(|line| !line.contains("the interleaving, of"));
    from.take_while(|line| !line.is_empty()).collect()
}

#[test]
fn a_failure_is_kept_and_repeated_a_hundred_times() {
    let (corpus, file, first) = kept();
    let shown = file.to_str().unwrap();
    first.says(&format!("replay: REVEILLE_LOOM_REPLAY={shown} cargo test -p reveille-loom victim"));
    for _ in 0..100 {
        let again = run("victim", corpus.path(), &[("REVEILLE_LOOM_REPLAY", shown)]);
        assert!(!again.passed);
        assert_eq!(table(&again.output), table(&first.output));
    }
}

#[test]
fn the_corpus_goes_first() {
    let (corpus, file, first) = kept();
    let again = run("victim", corpus.path(), &[]);
    assert!(!again.passed);
    again.says(&format!("note: it is that of `{}`", file.display()));
    assert_eq!(table(&again.output), table(&first.output));
    assert_eq!(only_file(corpus.path()), file);
}

#[test]
fn what_is_mended_passes_and_says_so() {
    let (corpus, file, _) = kept();
    let replay = ("REVEILLE_LOOM_REPLAY", file.to_str().unwrap());
    let mended = run("victim", corpus.path(), &[("BELL", "mended"), replay]);
    // The mended one does not do the same: it looks again.
    mended.says("does not fit the trace");
    let all = run("victim", corpus.path(), &[("BELL", "mended")]);
    assert!(all.passed, "{}", all.output);
    all.says("is of an earlier form of this model, and may go");
}

#[test]
fn a_trace_of_another_model_is_refused() {
    let (corpus, file, _) = kept();
    let replay = ("REVEILLE_LOOM_REPLAY", file.to_str().unwrap());
    let other = run("victim", corpus.path(), &[("BELL", "another"), replay]);
    assert!(!other.passed);
    other.says("does not fit the trace");
    other.says("and the model does `load(Relaxed)` by thread 0");
    let bystander = run("bystander", corpus.path(), &[replay]);
    assert!(!bystander.passed);
    bystander.says("to name a trace of the test `bystander`, got one of `victim`");
}

#[test]
fn a_file_that_is_no_trace_is_named() {
    let (corpus, file, _) = kept();
    let text = std::fs::read_to_string(&file).unwrap();
    let told = |content: &str| {
        let other = corpus.path().join("other.loom");
        std::fs::write(&other, content).unwrap();
        let ran =
            run("victim", corpus.path(), &[("REVEILLE_LOOM_REPLAY", other.to_str().unwrap())]);
        assert!(!ran.passed);
        ran
    };
    told("").says("expected a trace of reveille-loom in");
    told(&text[..text.len() / 2]).says("expected a trace of reveille-loom in");
    let changed = text.replace("\"branches\":1000", "\"branches\":1001");
    told(&changed).says("it was cut off or changed");
    let newer = text.replace("{\"reveille-loom\":1,", "{\"reveille-loom\":2,");
    told(&newer).says("expected a trace of version 1 in");
    let missing = [("REVEILLE_LOOM_REPLAY", "missing.loom")];
    run("victim", corpus.path(), &missing).says("which cannot be read");
}

#[test]
fn a_corpus_that_cannot_be_written_costs_a_note() {
    let corpus = tempfile::NamedTempFile::new().unwrap();
    let ran = run("victim", corpus.path(), &[]);
    assert!(!ran.passed);
    ran.says("may wait for ever");
    ran.says("note: it could not be kept in the corpus:");
}

#[test]
fn without_room_for_a_temporary_file_a_failure_is_told_all_the_same() {
    let (corpus, file, first) = kept();
    let empty = tempfile::tempdir().unwrap();
    let nowhere = ("TMPDIR", "/nowhere/at/all");
    let ran = run("victim", empty.path(), &[nowhere]);
    assert!(!ran.passed);
    assert_eq!(table(&ran.output), table(&first.output));
    ran.says("note: it cannot be repeated alone, for want of a temporary file:");
    let replay = ("REVEILLE_LOOM_REPLAY", file.to_str().unwrap());
    let again = run("victim", corpus.path(), &[nowhere, replay]);
    assert!(!again.passed);
    again.says("the trace takes a temporary file, which could not be made:");
}
