//! `cargo reveille doctor`: what on this machine limits a run.

use super::say;
use crate::cargo;
use crate::exit::Exit;
use reveille_threads::build::FLAGS;
use std::fmt::Write;
use std::process::{Command, Stdio};

/// What was looked at.
struct Finding {
    what: &'static str,
    state: State,
    says: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// As good as it gets.
    Good,
    /// Something is less than it could be.
    Limited,
    /// Something is not there.
    Missing,
}

impl Finding {
    fn new(what: &'static str, state: State, says: impl Into<String>) -> Finding {
        Finding { what, state, says: says.into() }
    }

    fn good(what: &'static str, says: impl Into<String>) -> Finding {
        Finding::new(what, State::Good, says)
    }

    fn limited(what: &'static str, says: impl Into<String>) -> Finding {
        Finding::new(what, State::Limited, says)
    }

    fn missing(what: &'static str, says: impl Into<String>) -> Finding {
        Finding::new(what, State::Missing, says)
    }
}

pub(super) fn run() -> Exit {
    let findings = [
        system(),
        compiler(),
        cores(),
        sockets(),
        addresses(),
        stack(),
        threads(),
        disk(),
        variables(),
        debugger(),
        tool("nextest", "nextest", "a partition of tests over machines"),
        tool("fuzz", "cargo-fuzz", "`reveille::fuzz!` under libFuzzer"),
    ];
    let mut text = String::new();
    for Finding { what, state, says } in &findings {
        let state = match state {
            State::Good => "ok",
            State::Limited => "limited",
            State::Missing => "missing",
        };
        let _ = writeln!(text, "{state:<8} {what:<12} {says}");
    }
    say(&text)
}

fn system() -> Finding {
    let here = format!("{} on {}", std::env::consts::OS, std::env::consts::ARCH);
    match std::env::consts::OS {
        "linux" if cfg!(target_env = "gnu") => {
            Finding::good("system", format!("{here}: everything works"))
        }
        "linux" => Finding::limited(
            "system",
            format!(
                "{here}, without glibc: what a run takes from the machine is not seen (the law outside-world)"
            ),
        ),
        "macos" => Finding::limited(
            "system",
            format!(
                "{here}: no hermetic runs, so tests with randomness of their own break the law nondeterminism"
            ),
        ),
        _ => {
            Finding::limited("system", format!("{here}: no hermetic runs, and no gate but on unix"))
        }
    }
}

fn compiler() -> Finding {
    let wanted = env!("CARGO_PKG_RUST_VERSION");
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("--version").output();
    let said = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    match said {
        Ok(said) if said.starts_with("rustc ") => {
            let version = said.split(' ').nth(1).unwrap_or_default();
            match is_at_least(version, wanted) {
                true => Finding::good("compiler", said),
                false => {
                    Finding::missing("compiler", format!("{said}: {wanted} or later is wanted"))
                }
            }
        }
        _ => {
            Finding::missing("compiler", format!("no rustc is found: {wanted} or later is wanted"))
        }
    }
}

fn is_at_least(version: &str, wanted: &str) -> bool {
    let numbers = |text: &str| -> Vec<u32> {
        let plain = text.split('-').next().unwrap_or(text);
        plain.split('.').filter_map(|part| part.parse().ok()).collect()
    };
    numbers(version) >= numbers(wanted)
}

fn cores() -> Finding {
    match std::thread::available_parallelism() {
        Ok(cores) if cores.get() > 1 => {
            Finding::good("cores", format!("{cores}: so many processes search at once"))
        }
        Ok(_) => Finding::limited("cores", "1: a search is no faster than one process"),
        Err(error) => Finding::limited(
            "cores",
            format!("how many there are is not known ({error}): one is used"),
        ),
    }
}

/// The gate speaks with its processes by a socket in the temporary directory.
#[cfg(unix)]
fn sockets() -> Finding {
    let bound = tempfile::Builder::new().prefix("reveille-").tempdir().and_then(|directory| {
        std::os::unix::net::UnixListener::bind(directory.path().join("gate")).map(drop)
    });
    match bound {
        Ok(()) => {
            Finding::good("sockets", "there can be one in the temporary directory: the gate works")
        }
        Err(error) => Finding::missing(
            "sockets",
            format!(
                "none can be made in {} ({error}): the gate does not work; TMPDIR names another directory",
                std::env::temp_dir().display()
            ),
        ),
    }
}

#[cfg(not(unix))]
fn sockets() -> Finding {
    Finding::missing("sockets", "there is a gate on unix alone")
}

/// Hermetic runs switch off that addresses are random.
fn addresses() -> Finding {
    if std::env::consts::OS != "linux" {
        return Finding::missing(
            "addresses",
            "they stay random, as there are no hermetic runs here",
        );
    }
    let fixed = Command::new("setarch").args(["-R", "true"]).stderr(Stdio::null()).status();
    match fixed {
        Ok(status) if status.success() => Finding::good(
            "addresses",
            "they can be fixed in hermetic runs (`personality` is allowed)",
        ),
        Ok(_) => Finding::limited(
            "addresses",
            "they stay random in hermetic runs (`personality` is refused, as in some containers): a test whose \
             order depends on addresses breaks the law nondeterminism",
        ),
        Err(_) => Finding::limited(
            "addresses",
            "whether they can be fixed is not known: `setarch` is not there",
        ),
    }
}

fn stack() -> Finding {
    match std::env::var("RUST_MIN_STACK") {
        Ok(bytes) => Finding::limited(
            "stack",
            format!("RUST_MIN_STACK={bytes}: tests have another stack than usual"),
        ),
        Err(_) => Finding::good("stack", "tests have the 2 MiB that threads have by default"),
    }
}

/// The engine of threads.
fn threads() -> Finding {
    match cargo::why_not() {
        Some(why) => Finding::missing("threads", format!("there is no `--threads`: {why}")),
        None if !makes_hooks() => Finding::missing(
            "threads",
            "there is no `--threads`: this compiler makes no calls of atomic operations \
             (`-Cpasses=tsan`)",
        ),
        None => switching(),
    }
}

#[cfg(target_os = "linux")]
fn switching() -> Finding {
    match reveille_threads::Handover::best() {
        reveille_threads::Handover::UserSpace => Finding::good(
            "threads",
            "`--threads` works: strands are switched without the kernel (FSGSBASE)",
        ),
        reveille_threads::Handover::Kernel => Finding::limited(
            "threads",
            "`--threads` works, and a switch of strands is a hundred times slower: the kernel, or a \
             virtual machine, does not allow FSGSBASE (Linux 5.9)",
        ),
    }
}

#[cfg(not(target_os = "linux"))]
fn switching() -> Finding {
    Finding::missing("threads", "there is no `--threads` on this system")
}

/// Whether the compiler turns an atomic operation into a call, as it does for the engine.
fn makes_hooks() -> bool {
    const SOURCE: &str = "#![no_std]\npub fn load(place: &core::sync::atomic::AtomicU8) -> u8 {\n    \
        place.load(core::sync::atomic::Ordering::Relaxed)\n}\n";
    let compiled = || {
        let directory = tempfile::tempdir().ok()?;
        let (source, object) =
            (directory.path().join("hooked.rs"), directory.path().join("hooked.o"));
        std::fs::write(&source, SOURCE).ok()?;
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let mut rustc = Command::new(rustc);
        rustc.args(["--crate-type", "lib", "--emit", "obj"]).args(FLAGS.lines());
        let said = rustc.arg("-o").arg(&object).arg(&source).output().ok()?;
        said.status.success().then(|| std::fs::read(&object).ok())?
    };
    let has = |object: Vec<u8>| object.windows(HOOK.len()).any(|part| part == HOOK);
    compiled().is_some_and(has)
}

/// The name of a call of the engine.
const HOOK: &[u8] = b"__tsan_atomic8_load";

/// Corpora, traces and pictures are files.
fn disk() -> Finding {
    let written = tempfile::NamedTempFile::new_in(".").map(drop);
    match written {
        Ok(()) => Finding::good("disk", "this directory can be written: corpora, traces, pictures"),
        Err(error) => Finding::limited(
            "disk",
            format!("this directory cannot be written ({error}): no failure is remembered"),
        ),
    }
}

fn variables() -> Finding {
    let ours = |name: &String| name.starts_with("REVEILLE_");
    let set: Vec<String> =
        std::env::vars_os().filter_map(|(name, _)| name.into_string().ok()).filter(ours).collect();
    match set.is_empty() {
        true => Finding::good("variables", "none that begins with REVEILLE_ is set"),
        false => Finding::limited("variables", format!("{} change what tests do", set.join(", "))),
    }
}

fn debugger() -> Finding {
    let found = ["gdb", "lldb"].into_iter().find(|name| {
        let asked = Command::new(name).arg("--version").stdin(Stdio::null()).output();
        asked.is_ok_and(|output| output.status.success())
    });
    match found {
        Some(name) => {
            Finding::good("debugger", format!("{name}: `replay --debugger` stops before a step"))
        }
        None => {
            Finding::missing("debugger", "neither gdb nor lldb: there is no `replay --debugger`")
        }
    }
}

fn tool(subcommand: &'static str, what: &'static str, for_what: &str) -> Finding {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let asked = Command::new(cargo).args([subcommand, "--version"]).stdin(Stdio::null()).output();
    match asked {
        Ok(output) if output.status.success() => {
            let said = String::from_utf8_lossy(&output.stdout);
            Finding::good(what, said.lines().next().unwrap_or_default().trim().to_owned())
        }
        _ => Finding::missing(
            what,
            format!("not installed: it is needed for {for_what}, and for nothing else"),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::is_at_least;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (version, wanted, enough) in [
            ("1.95.0", "1.95", true),
            ("1.100.1", "1.95", true),
            ("1.94.9", "1.95", false),
            ("1.97.0-nightly", "1.95", true),
            ("2.0.0", "1.95", true),
        ] {
            assert_eq!(is_at_least(version, wanted), enough, "{version}");
        }
    }
}
