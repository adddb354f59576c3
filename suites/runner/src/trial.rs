//! One test, in a process of its own: what came of it, and what it took.

use std::fs::File;
use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;
use std::{fmt, fs, mem, thread};

/// After so long a process is ended.
const LONGEST: Duration = Duration::from_secs(60);

/// A test that is to be tried.
#[derive(Debug)]
pub(crate) struct Trial {
    pub(crate) krate: String,
    pub(crate) executable: PathBuf,
    pub(crate) test: String,
    pub(crate) is_ignored: bool,
}

/// What came of a test.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Verdict {
    Passed,
    /// This law is broken.
    Broken(String),
    /// The process ended otherwise, in this way.
    Ended(String),
    /// Its authors have it ignored.
    Ignored,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Verdict::Passed => "passes",
            Verdict::Broken(law) => law,
            Verdict::Ended(how) => how,
            Verdict::Ignored => "ignored",
        })
    }
}

/// The same, with what it took.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) runs: u64,
    pub(crate) steps: u64,
    pub(crate) cpu: Duration,
}

impl Outcome {
    pub(crate) fn ignored() -> Outcome {
        Outcome { verdict: Verdict::Ignored, runs: 0, steps: 0, cpu: Duration::ZERO }
    }
}

impl Trial {
    /// Runs it; what it says goes to a file in `logs`.
    pub(crate) fn run(&self, runs: Option<u64>, logs: &Path) -> Outcome {
        let log = logs.join(&self.krate).join(format!("{}.txt", self.test.replace("::", "-")));
        let (status, cpu) = match self.spawn(runs, &log) {
            Ok(ended) => ended,
            Err(error) => {
                let verdict = Verdict::Ended(error.to_string());
                return Outcome { verdict, ..Outcome::ignored() };
            }
        };
        let text = fs::read(&log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let said = |word: &str| text.lines().filter_map(|line| value(line, word)).next_back();
        let number = |word: &str| said(word).and_then(|value| value.parse().ok()).unwrap_or(0);
        Outcome {
            verdict: verdict(&text, status),
            runs: number("runs="),
            steps: number("steps="),
            cpu,
        }
    }

    fn spawn(&self, runs: Option<u64>, log: &Path) -> io::Result<(Option<ExitStatus>, Duration)> {
        fs::create_dir_all(log.parent().unwrap_or(log))?;
        let file = File::create(log)?;
        let mut command = Command::new(&self.executable);
        command.args(["--exact", &self.test, "--nocapture", "--test-threads=1"]);
        if let Some(runs) = runs {
            command.env("SUITES_RUNS", runs.to_string()).env("SUITES_BUDGET", u32::MAX.to_string());
        }
        // The search is to begin where it begins for everybody.
        for variable in ["RUNS", "SEED", "REPLAY", "STRICT", "CORPUS", "TRACE", "GATE"] {
            command.env_remove(format!("REVEILLE_{variable}"));
        }
        command.env("RUST_BACKTRACE", "0").stdin(Stdio::null());
        let child = command.stdout(file.try_clone()?).stderr(file).spawn()?;
        let limit = if runs.is_some() { 60 * LONGEST } else { LONGEST };
        Ok(reap(child.id().cast_signed(), limit))
    }
}

/// Waits for the end of a process: how it ended, none if that took too long, and its CPU time.
fn reap(process: libc::pid_t, limit: Duration) -> (Option<ExitStatus>, Duration) {
    const PAUSE: Duration = Duration::from_millis(2);
    let mut waited = Duration::ZERO;
    let mut is_late = false;
    loop {
        let mut status = 0;
        // SAFETY: both places are valid, and the process is a child that nobody else waits for.
        let (ended, usage) = unsafe {
            let mut usage: libc::rusage = mem::zeroed();
            (libc::wait4(process, &raw mut status, libc::WNOHANG, &raw mut usage), usage)
        };
        if ended == process {
            let cpu = time(usage.ru_utime) + time(usage.ru_stime);
            return ((!is_late).then(|| ExitStatus::from_raw(status)), cpu);
        }
        if waited > limit && !is_late {
            is_late = true;
            // SAFETY: it is a child that was not waited for yet.
            unsafe { libc::kill(process, libc::SIGKILL) };
        }
        thread::sleep(PAUSE);
        waited += PAUSE;
    }
}

fn time(time: libc::timeval) -> Duration {
    let micros = time.tv_sec * 1_000_000 + time.tv_usec;
    Duration::from_micros(micros.unsigned_abs())
}

fn verdict(text: &str, status: Option<ExitStatus>) -> Verdict {
    let Some(status) = status else { return Verdict::Ended("over time".to_owned()) };
    let passed = text.lines().any(|line| line.contains("suites: passed "));
    if passed && status.success() {
        return Verdict::Passed;
    }
    let law = text.lines().find_map(|line| line.split_once("` breaks the law "));
    match law {
        Some((_, law)) => Verdict::Broken(law.trim().to_owned()),
        None => Verdict::Ended(status.to_string()),
    }
}

/// The value of `word=value` in a line of ours.
fn value<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    let (_, ours) = line.split_once("suites: passed ")?;
    ours.split_whitespace().find_map(|part| part.strip_prefix(word))
}
