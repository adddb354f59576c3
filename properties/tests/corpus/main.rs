//! The corpus from outside: what a test writes when it fails, what it does with it
//! when it runs again, and what it says to files that it cannot use.
//!
//! The broken tests are `#[ignore]`d; those beside them run them in processes of
//! their own, with a corpus in a directory that goes afterwards. `EDIT` tells a
//! broken one which version of its code it is.

mod bad;
mod broken;
mod edits;
#[cfg(unix)]
mod ended;
mod first;
mod switches;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A corpus that goes when it is dropped.
struct Corpus {
    root: PathBuf,
}

impl Corpus {
    /// An empty one, which `name` sets apart from those of other tests.
    fn new(name: &str) -> Corpus {
        let root =
            std::env::temp_dir().join(format!("reveille-corpus-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        Corpus { root }
    }

    /// The files of the broken test `name`, in the order of their names.
    fn files(&self, name: &str) -> Vec<PathBuf> {
        let directory = self.root.join(format!("corpus.broken.{name}"));
        let Ok(files) = fs::read_dir(directory) else { return Vec::new() };
        let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        files
    }

    /// The one file that there is of the broken test `name`.
    #[track_caller]
    fn file(&self, name: &str) -> PathBuf {
        let files = self.files(name);
        assert_eq!(files.len(), 1, "{files:?}");
        files.into_iter().next().unwrap()
    }

    fn run(&self, name: &str, env: &[(&str, &str)]) -> Told {
        run(name, &[&[("REVEILLE_CORPUS", self.root.to_str().unwrap())], env].concat())
    }

    /// Has the broken test `name` fail and be remembered; the file.
    #[track_caller]
    fn remember(&self, name: &str) -> PathBuf {
        let told = self.run(name, &[]);
        assert!(!told.passed, "{}", told.text);
        self.file(name)
    }
}

impl Drop for Corpus {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// What came of a test.
struct Told {
    passed: bool,
    text: String,
}

impl Told {
    #[track_caller]
    fn passes(self) -> Told {
        assert!(self.passed, "it failed:\n{}", self.text);
        self
    }

    #[track_caller]
    fn fails(self) -> Told {
        assert!(!self.passed, "it passed:\n{}", self.text);
        self
    }

    #[track_caller]
    fn says(self, what: &str) -> Told {
        assert!(self.text.contains(what), "expected {what:?} in:\n{}", self.text);
        self
    }

    #[track_caller]
    fn says_nothing_of(self, what: &str) -> Told {
        assert!(!self.text.contains(what), "{what:?} in:\n{}", self.text);
        self
    }
}

/// Runs the broken test `name` by itself, with these variables only.
fn run(name: &str, env: &[(&str, &str)]) -> Told {
    run_in(command(name), env)
}

fn command(name: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let name = format!("broken::{name}");
    command.args([&name, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
    command
}

fn run_in(mut command: Command, env: &[(&str, &str)]) -> Told {
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("REVEILLE_")) {
        command.env_remove(name);
    }
    let output: Output =
        command.env("RUST_BACKTRACE", "0").envs(env.iter().copied()).output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8(text).unwrap();
    assert!(!text.contains("running 0 tests"), "no such test: {text}");
    Told { passed: output.status.success(), text }
}

/// The text of a file.
#[track_caller]
fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}
