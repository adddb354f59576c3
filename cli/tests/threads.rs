//! The engine of threads, in a package of a user's.
#![cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]

use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Mutex, MutexGuard, PoisonError};

const MANIFEST: &str = r#"
[package]
name = "PACKAGE"
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
    let out = std::process::Command::new(env!("CARGO_BIN_EXE_PACKAGE")).output().unwrap();
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

/// Runs programs in a package with that library.
struct Package(
    tempfile::TempDir,
    #[expect(dead_code, reason = "it is held")] MutexGuard<'static, ()>,
);

/// What is built has one directory, in which one gate works at a time.
static DIRECTORY: Mutex<()> = Mutex::new(());

impl Package {
    fn of(name: &str, library: &str) -> Package {
        let cli = Path::new(env!("CARGO_MANIFEST_DIR"));
        let properties = cli.with_file_name("properties");
        let package = tempfile::tempdir().unwrap();
        let here = package.path();
        let manifest = MANIFEST.replace("PROPERTIES", properties.to_str().unwrap());
        // One that was built in another directory has another name.
        write(here, "Cargo.toml", &manifest.replace("PACKAGE", name));
        write(here, "src/lib.rs", library);
        write(here, "src/main.rs", PROGRAM);
        write(here, "tests/program.rs", &PROGRAM_TEST.replace("PACKAGE", name));
        std::fs::copy(cli.with_file_name("Cargo.lock"), here.join("Cargo.lock")).unwrap();
        Package(package, DIRECTORY.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.0.path()).env("CI", "1");
        for variable in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
            command.env_remove(variable);
        }
        // What is built is kept for the next time.
        command.env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("threads"));
        command.output().unwrap()
    }
}

const REVEILLE: &str = env!("CARGO_BIN_EXE_cargo-reveille");

/// The tape of the failure that was told.
fn tape_of(text: &str) -> &str {
    let line = text.lines().find(|line| line.starts_with("  replay: cargo reveille replay "));
    line.unwrap().rsplit(' ').next().unwrap()
}

/// Orders that are too weak: for a value that is no atomic, and for two that are.
const ORDERS: &str = r#"
#[cfg(test)]
mod tests {
    use std::cell::UnsafeCell;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::{Acquire, Relaxed, Release}};

    #[derive(Default)]
    struct Slot(UnsafeCell<u32>, AtomicBool);

    unsafe impl Sync for Slot {}

    impl Slot {
        fn put(&self, value: u32) {
            unsafe { *self.0.get() = value };
            self.1.store(true, Relaxed);
        }

        fn get(&self) -> Option<u32> {
            self.1.load(Acquire).then(|| unsafe { *self.0.get() })
        }
    }

    #[reveille::test]
    async fn hands_over() {
        let slot = Arc::new(Slot::default());
        let other = slot.clone();
        let putting = reveille::spawn(async move { other.put(5) });
        if let Some(value) = slot.get() {
            assert_eq!(value, 5);
        }
        putting.await.unwrap();
    }

    #[reveille::test]
    async fn agree() {
        let flags = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        let tasks = [0, 1].map(|mine| {
            let flags = flags.clone();
            reveille::spawn(async move {
                flags[mine].store(1, Release);
                flags[1 - mine].load(Acquire)
            })
        });
        let mut seen = 0;
        for task in tasks {
            seen += task.await.unwrap();
        }
        assert_ne!(seen, 0);
    }
}
"#;

#[test]
fn orders_that_are_too_weak_are_found_if_somebody_asks() {
    let package = Package::of("orders", ORDERS);
    let strong = package.run(REVEILLE, &["test", "--threads"]);
    assert!(strong.status.success(), "{}", said(&strong));

    let weak = package.run(REVEILLE, &["test", "--weak-memory"]);
    let text = said(&weak);
    assert_eq!(weak.status.code(), Some(100), "{text}");
    assert!(text.contains("`orders::tests::agree` breaks the law panic"), "{text}");
    assert!(text.contains("  stale  task "), "{text}");
    assert!(text.contains("|     flags[1 - mine].load(Acquire)\n"), "{text}");
    assert!(text.contains("loads an older value of atomic"), "{text}");
    assert!(!text.contains("`orders::tests::hands_over` breaks"), "{text}");
    let again = package.run(REVEILLE, &["replay", tape_of(&text), "--no-open"]);
    assert_eq!(again.status.code(), Some(100), "{}", said(&again));
    // What was kept is found again, whether somebody asks for it now or not.
    let kept = package.run(REVEILLE, &["test", "--threads"]);
    let text = said(&kept);
    assert_eq!(kept.status.code(), Some(100), "{text}");
    assert!(text.contains("found by the corpus entry") && !text.contains("diverged"), "{text}");

    let races = package.run(REVEILLE, &["test", "--data-races", "hands_over", "the_program"]);
    let text = said(&races);
    assert_eq!(races.status.code(), Some(100), "{text}");
    assert!(text.contains("`orders::tests::hands_over` breaks the law data-race"), "{text}");
    for access in ["task 1 writes 4 bytes in step", "root reads 4 bytes in step"] {
        assert!(text.contains(access), "{text}");
    }
    for line in ["> 15 |     unsafe { *self.0.get() = value };", "> 20 |     self.1.load(Acquire)"]
    {
        assert!(text.contains(line), "{text}");
    }
    // The tape says what it needs.
    let tape = tape_of(&text);
    assert!(tape.contains("/races/"), "{text}");
    let again = package.run(REVEILLE, &["replay", tape, "--no-open"]);
    let text = said(&again);
    assert_eq!(again.status.code(), Some(100), "{text}");
    assert!(text.contains("breaks the law data-race"), "{text}");
    // Elsewhere what was kept of it is passed over.
    let strong = package.run(REVEILLE, &["test", "--threads", "hands_over"]);
    assert!(strong.status.success(), "{}", said(&strong));
}

#[test]
fn what_happens_between_two_operations_is_found_and_repeated() {
    let package = Package::of("counter", LIBRARY);
    let (run, reveille) =
        (|program: &str, arguments: &[&str]| package.run(program, arguments), REVEILLE);
    let found = run(reveille, &["test", "--threads", "--runs", "1000"]);
    let text = said(&found);
    assert_eq!(found.status.code(), Some(100), "{text}");
    assert!(text.contains("`counter::tests::counts` breaks the law panic"), "{text}");
    assert!(text.contains("stores to atomic"), "{text}");

    let tape = tape_of(&text);
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
