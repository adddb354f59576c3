//! `cargo reveille new` in packages of its own.

use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// The test that it writes is compiled, and passes.
#[path = "../src/command/new/first_test.rs.txt"]
mod first_test;

const MANIFEST: &str =
    "# mine\n[package]\nname = \"pool\" # a name\nversion = \"0.1.0\"\n\n[workspace]\n";

fn package() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::create_dir(directory.path().join("src")).unwrap();
    std::fs::write(directory.path().join("src/lib.rs"), "").unwrap();
    std::fs::write(directory.path().join("Cargo.toml"), MANIFEST).unwrap();
    directory
}

/// How it ended, and what it said.
fn new(directory: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-reveille"));
    let output = command.arg("new").args(arguments).current_dir(directory).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(said).unwrap())
}

fn text(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn a_test_the_dependency_and_a_file_for_each_system_are_written() {
    for (system, path, file) in [
        ("github", ".github/workflows/reveille.yml", include_str!("../ci/github.yml")),
        ("gitlab", "reveille.gitlab-ci.yml", include_str!("../ci/gitlab.yml")),
        ("kubernetes", "ci/reveille-job.yaml", include_str!("../ci/kubernetes.yaml")),
        ("slurm", "ci/reveille.sbatch", include_str!("../ci/slurm.sbatch")),
    ] {
        let package = package();
        let at = |path: &str| package.path().join(path);
        let (code, said) = new(package.path(), &["--ci", system]);
        assert_eq!(code, Some(0), "{said}");
        assert!(said.contains("cargo test --test wakeups"), "{said}");
        assert_eq!(
            text(&at("tests/wakeups.rs")),
            include_str!("../src/command/new/first_test.rs.txt")
        );
        assert_eq!(text(&at(path)), file);
        let manifest = text(&at("Cargo.toml"));
        assert!(
            manifest.starts_with("# mine\n[package]\nname = \"pool\" # a name\n"),
            "{manifest}"
        );
        assert!(manifest.contains("\n[dev-dependencies]\nreveille = { "), "{manifest}");
    }
}

#[test]
fn nothing_is_written_over_what_is_there() {
    for there in ["tests/wakeups.rs", ".github/workflows/reveille.yml"] {
        let package = package();
        let path = package.path().join(there);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, "// by somebody else\n").unwrap();
        let (code, said) = new(package.path(), &["--ci", "github"]);
        assert_eq!(code, Some(96), "{said}");
        assert!(said.contains(&format!("{there} exists, and is left as it is")), "{said}");
        assert_eq!(text(&path), "// by somebody else\n");
        // Nor is half of it done.
        assert_eq!(text(&package.path().join("Cargo.toml")), MANIFEST);
        let files = [".github/workflows/reveille.yml", "tests/wakeups.rs"];
        let count = files.iter().filter(|file| package.path().join(file).exists()).count();
        assert_eq!(count, 1);
    }
}

#[test]
fn without_a_package_it_says_so() {
    let directory = tempfile::tempdir().unwrap();
    let (code, said) = new(directory.path(), &[]);
    assert_eq!(code, Some(96), "{said}");
    assert!(said.contains("Cargo.toml"), "{said}");
}
