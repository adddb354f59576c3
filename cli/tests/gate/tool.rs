//! The command, in a directory of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output, Stdio};
use tempfile::TempDir;

/// Where a gate works: its target directory, its corpus, its list of binaries.
pub(crate) struct Place {
    pub(crate) directory: TempDir,
}

/// What the command did.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) status: ExitStatus,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Place {
    pub(crate) fn new() -> Place {
        Place { directory: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// `cargo reveille test` over tests of `fixture`: the first words name them, and arguments
    /// follow.
    pub(crate) fn gate(&self, words: &[&str]) -> Command {
        let end = words.iter().position(|word| word.starts_with('-')).unwrap_or(words.len());
        let (tests, arguments) = words.split_at(end);
        let mut command = self.gate_over_all(arguments);
        command.arg("--exact").args(tests.iter().map(|test| format!("fixture::{test}")));
        command
    }

    /// The same over all tests of this binary; among them are those that run gates.
    fn gate_over_all(&self, arguments: &[&str]) -> Command {
        let mut command = self.over_this_binary(&["test", "--include-ignored"]);
        command.args(arguments);
        command
    }

    /// A command that is told of this binary.
    pub(crate) fn over_this_binary(&self, words: &[&str]) -> Command {
        let list = self.path("binaries.json");
        std::fs::write(&list, list_of_this_binary()).unwrap();
        let mut command = self.tool();
        command.args(words).arg("--binaries-metadata").arg(list);
        command.arg("--target-dir").arg(self.path("target"));
        command
    }

    /// The command, with nothing of this process's environment that would change what it does.
    pub(crate) fn tool(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-reveille"));
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("REVEILLE_") || text.starts_with("GITHUB_") {
                command.env_remove(name);
            }
        }
        command
            .env("REVEILLE_CORPUS", self.path("corpus"))
            .env("RUST_BACKTRACE", "0")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .stdin(Stdio::null());
        command
    }

    /// The entries of the corpus.
    pub(crate) fn entries(&self) -> Vec<PathBuf> {
        let mut entries = files_below(&self.path("corpus"));
        entries.sort();
        entries
    }
}

fn files_below(directory: &Path) -> Vec<PathBuf> {
    let Ok(files) = std::fs::read_dir(directory) else { return Vec::new() };
    let paths = files.map(|file| file.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// What `cargo nextest list --list-type binaries-only` would say of it.
fn list_of_this_binary() -> String {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&metadata.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let own = packages.iter().find(|package| package["name"] == "cargo-reveille").unwrap();
    let binary = serde_json::json!({
        "binary-id": "cargo-reveille::gate",
        "binary-name": "gate",
        "package-id": own["id"],
        "kind": "test",
        "binary-path": std::env::current_exe().unwrap(),
        "build-platform": "target",
    });
    serde_json::json!({ "rust-binaries": { "cargo-reveille::gate": binary } }).to_string()
}

/// Runs a command to its end.
pub(crate) fn done(command: &mut Command) -> Done {
    Done::of(command.output().unwrap())
}

impl Done {
    pub(crate) fn of(output: Output) -> Done {
        let [out, err] = [output.stdout, output.stderr]
            .map(|bytes| String::from_utf8(bytes).expect("what it says is unicode"));
        Done { status: output.status, out, err }
    }

    /// The code that it ended with; what it said is shown if it is another one.
    #[track_caller]
    pub(crate) fn with(self, code: i32) -> Done {
        assert_eq!(self.status.code(), Some(code), "{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn says(self, what: &str) -> Done {
        assert!(self.err.contains(what), "expected `{what}` in:\n{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn does_not_say(self, what: &str) -> Done {
        assert!(!self.err.contains(what), "unexpected `{what}` in:\n{}\n{}", self.out, self.err);
        self
    }
}
