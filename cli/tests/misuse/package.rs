//! The package of a user's whose tests are run: built once, and kept for the next time.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::{LazyLock, Mutex, PoisonError};

const MANIFEST: &str = r#"
[package]
name = "misuse"
version = "0.0.0"
edition = "2024"

[dev-dependencies]
futures-channel = "0.3"
libc = "0.2"
reveille = { path = "PROPERTIES" }

[workspace]
"#;

const FILES: [(&str, &str); 3] = [
    ("src/lib.rs", include_str!("library/lib.rs")),
    ("src/ends.rs", include_str!("library/ends.rs")),
    ("src/waits.rs", include_str!("library/waits.rs")),
];

static PACKAGE: LazyLock<PathBuf> = LazyLock::new(|| {
    let cli = Path::new(env!("CARGO_MANIFEST_DIR"));
    let properties = cli.with_file_name("properties");
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("misuse");
    let manifest = MANIFEST.replace("PROPERTIES", properties.to_str().unwrap());
    let lock = std::fs::read_to_string(cli.with_file_name("Cargo.lock")).unwrap();
    for (name, text) in FILES.into_iter().chain([("Cargo.toml", &*manifest)]) {
        write(&package.join(name), text);
    }
    let locked = package.join("Cargo.lock");
    if !locked.is_file() {
        write(&locked, &lock);
    }
    package
});

/// What has not changed is not built anew.
fn write(path: &Path, text: &str) {
    if std::fs::read_to_string(path).is_ok_and(|there| there == text) {
        return;
    }
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// What a command said, and how it ended.
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) code: Option<i32>,
}

impl Said {
    fn of(output: &Output) -> Said {
        let text = [output.stdout.as_slice(), &output.stderr].map(String::from_utf8_lossy).concat();
        Said { text, code: output.status.code() }
    }

    /// The report on that test.
    pub(crate) fn report(&self, test: &str) -> &str {
        let head = format!("reveille: `misuse::{test}` breaks the law ");
        let begin = self.text.find(&head).unwrap_or_else(|| panic!("{}", self.text));
        let report = &self.text[begin..];
        report.split("\n  picture: ").next().unwrap()
    }

    /// The line of a report that repeats its run.
    pub(crate) fn tape(&self, test: &str) -> &str {
        let report = self.report(test);
        let line = report.lines().find_map(|l| l.strip_prefix("  replay: cargo reveille replay "));
        line.unwrap_or_else(|| panic!("{report}"))
    }
}

/// Where the package is.
pub(crate) fn directory() -> &'static Path {
    &PACKAGE
}

/// A directory in the package where cargo is configured so.
pub(crate) fn configured(text: &str) -> PathBuf {
    let place = directory().join("configured");
    write(&place.join(".cargo/config.toml"), text);
    place
}

/// Runs a program in the package, with a corpus of its own.
pub(crate) fn run(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Said {
    run_in(directory(), program, arguments, variables)
}

/// The same in another directory.
pub(crate) fn run_in(
    directory: &Path,
    program: &str,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Said {
    let corpus = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).current_dir(directory).env("CI", "1");
    for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET", "COLUMNS"] {
        command.env_remove(variable);
    }
    command.env("REVEILLE_CORPUS", corpus.path());
    // Where other tests of the engine build, too: what all of them link is built once.
    command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("threads"));
    command.envs(variables.iter().copied());
    // In a workspace there is one gate at a time.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    Said::of(&command.output().unwrap())
}

/// `cargo reveille`.
pub(crate) fn reveille(arguments: &[&str]) -> Said {
    run(env!("CARGO_BIN_EXE_cargo-reveille"), arguments, &[])
}

/// Has the engine run tests.
pub(crate) fn threads(tests: &[&str]) -> Said {
    threads_with(tests, &[])
}

/// The same with variables of the environment.
pub(crate) fn threads_with(tests: &[&str], variables: &[(&str, &str)]) -> Said {
    let names: Vec<String> = tests.iter().map(|test| format!("misuse::{test}")).collect();
    let mut arguments = vec!["test", "--threads", "--include-ignored", "--exact", "--runs", "200"];
    arguments.extend(names.iter().map(String::as_str));
    run(env!("CARGO_BIN_EXE_cargo-reveille"), &arguments, variables)
}
