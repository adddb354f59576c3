//! The engine of threads, in a package of a user's.
#![cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]

use std::path::Path;
use std::process::{Command, Output};

const MANIFEST: &str = r#"
[package]
name = "counter"
version = "0.0.0"
edition = "2024"

[dev-dependencies]
reveille = { path = "PROPERTIES" }

[workspace]
"#;

/// A lost update between two operations of one poll, which polls in any order do not show.
const LIBRARY: &str = r#"
#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    #[reveille::test]
    async fn counts() {
        let count = Arc::new(AtomicU32::new(0));
        let tasks = [0, 1].map(|_| {
            let count = count.clone();
            reveille::spawn(async move {
                let known = count.load(SeqCst);
                count.store(known + 1, SeqCst);
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(count.load(SeqCst), 2);
    }

    #[reveille::test]
    #[ignore = "it ends its process"]
    async fn exits() {
        reveille::spawn(async { std::process::exit(3) }).await.unwrap()
    }

    fn deep(level: u64) -> u64 {
        let room = std::hint::black_box([level; 100]);
        if level == u64::MAX { 0 } else { deep(level + 1) + room[3] }
    }

    #[reveille::test]
    #[ignore = "it ends its process"]
    async fn overflows() {
        reveille::spawn(async { deep(0) }).await.unwrap();
    }
}
"#;

/// A program that has atomic operations and nothing to do with the engine.
const PROGRAM: &str = r#"
use std::sync::atomic::{AtomicU8, Ordering::AcqRel, Ordering::Acquire, fence};

fn main() {
    let place = AtomicU8::new(3);
    place.fetch_xor(1, AcqRel);
    fence(Acquire);
    println!("{}", place.load(Acquire));
}
"#;

/// A test that needs the program.
const PROGRAM_TEST: &str = r#"
#[test]
fn the_program_runs() {
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_counter")).output().unwrap();
    assert_eq!(out.stdout, b"2\n");
}
"#;

fn write(directory: &Path, name: &str, text: &str) {
    let path = directory.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn said(output: &Output) -> String {
    [output.stdout.as_slice(), &output.stderr].map(String::from_utf8_lossy).concat()
}

#[test]
fn what_happens_between_two_operations_is_found_and_repeated() {
    let cli = Path::new(env!("CARGO_MANIFEST_DIR"));
    let properties = cli.with_file_name("properties");
    let package = tempfile::tempdir().unwrap();
    let here = package.path();
    write(here, "Cargo.toml", &MANIFEST.replace("PROPERTIES", properties.to_str().unwrap()));
    write(here, "src/lib.rs", LIBRARY);
    write(here, "src/main.rs", PROGRAM);
    write(here, "tests/program.rs", PROGRAM_TEST);
    std::fs::copy(cli.with_file_name("Cargo.lock"), here.join("Cargo.lock")).unwrap();
    let run = |program: &str, arguments: &[&str]| {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(here).env("CI", "1");
        for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
            command.env_remove(variable);
        }
        // What is built is kept for the next time.
        command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("threads"));
        command.output().unwrap()
    };
    let reveille = env!("CARGO_BIN_EXE_cargo-reveille");

    let found = run(reveille, &["test", "--threads", "--runs", "1000"]);
    let text = said(&found);
    assert_eq!(found.status.code(), Some(100), "{text}");
    assert!(text.contains("`counter::tests::counts` breaks the law panic"), "{text}");
    assert!(text.contains("stores to atomic"), "{text}");

    let line = text.lines().find(|line| line.starts_with("  replay: cargo reveille replay "));
    let tape = line.unwrap().rsplit(' ').next().unwrap();
    for _ in 0..3 {
        let again = run(reveille, &["replay", tape, "--no-open"]);
        let text = said(&again);
        assert_eq!(again.status.code(), Some(100), "{text}");
        assert!(text.contains("`counter::tests::counts` breaks the law panic"), "{text}");
    }

    let ended = run(reveille, &["test", "--threads", "--include-ignored", "exits", "overflows"]);
    let text = said(&ended);
    assert_eq!(ended.status.code(), Some(100), "{text}");
    for (test, how) in [("exits", "an exit"), ("overflows", "SIGSEGV")] {
        let (_, report) = text.split_once(&format!("`counter::tests::{test}` breaks")).unwrap();
        assert!(report.contains(&format!("the process is ended by {how}")), "{text}");
        let line = format!("cargo reveille replay v1/counter::tests::{test}/threads/");
        assert!(report.contains(&line), "{text}");
    }

    // As tasks they pass, and what was kept as threads is passed over.
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let plain = run(&cargo, &["test", "--offline"]);
    assert!(plain.status.success(), "{}", said(&plain));
}
