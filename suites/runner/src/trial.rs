//! One test, in a process of its own: what came of it, and what it took.

use std::fs::File;
use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;
use std::{fmt, fs, mem, thread};

/// The seconds of CPU time after which a process is ended.
const MOST_CPU: u64 = 20;
/// The same for a test that is known to need more.
const OF_LONG_ONES: u64 = 4;
/// The verdict on a process that was ended.
const OVER_TIME: &str = "over time";
/// The same in real time: it may wait for ever, or for a core.
const LONGEST: Duration = Duration::from_secs(240);

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

/// How a test is to be tried.
#[derive(Debug)]
struct Demand {
    /// Runs; none if they are bounded by time.
    runs: Option<u64>,
    /// Seconds of CPU time, if the runs are bounded.
    cpu: u64,
    is_alone: bool,
}

/// The same, with what it took.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) verdict: Verdict,
    pub(crate) runs: u64,
    pub(crate) steps: u64,
    pub(crate) cpu: Duration,
    /// It passes if each run has a process of its own, and not otherwise.
    pub(crate) is_alone: bool,
    /// Its first run fails only when it is repeated.
    differs: bool,
}

impl Outcome {
    pub(crate) fn ignored() -> Outcome {
        Outcome {
            verdict: Verdict::Ignored,
            runs: 0,
            steps: 0,
            cpu: Duration::ZERO,
            is_alone: false,
            differs: false,
        }
    }
}

impl Trial {
    /// Runs it; what it says goes to a file in `logs`.
    ///
    /// A test whose statics outlive a run finds them changed when that is repeated. If it fails then,
    /// and did not before, it is tried again with a process for each run, unless it is `known` to
    /// fail, with one of these verdicts.
    pub(crate) fn run(&self, wanted: Option<u64>, known: &[String], logs: &Path) -> Outcome {
        let log = logs.join(&self.krate).join(format!("{}.txt", self.test.replace("::", "-")));
        let is_long = known.iter().any(|verdict| verdict == OVER_TIME);
        let cpu = if is_long { OF_LONG_ONES } else { MOST_CPU };
        let together = self.run_once(&Demand { runs: wanted, cpu, is_alone: false }, &log);
        if !together.differs || !known.is_empty() {
            return together;
        }
        let runs = Some(wanted.unwrap_or(together.runs.max(1)));
        let alone = log.with_extension("alone.txt");
        let alone = self.run_once(&Demand { runs, cpu: MOST_CPU, is_alone: true }, &alone);
        let cpu = together.cpu + alone.cpu;
        match alone.verdict {
            Verdict::Passed => Outcome { cpu, is_alone: true, ..alone },
            _ => Outcome { cpu, ..together },
        }
    }

    fn run_once(&self, demand: &Demand, log: &Path) -> Outcome {
        let (status, cpu) = match self.spawn(demand, log) {
            Ok(ended) => ended,
            Err(error) => {
                let verdict = Verdict::Ended(error.to_string());
                return Outcome { verdict, ..Outcome::ignored() };
            }
        };
        let text = fs::read(log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let said = |word: &str| text.lines().filter_map(|line| value(line, word)).next_back();
        let number = |word: &str| said(word).and_then(|value| value.parse().ok()).unwrap_or(0);
        Outcome {
            verdict: verdict(&text, status),
            runs: number("runs="),
            steps: number("steps="),
            cpu,
            is_alone: false,
            differs: number("differs=") == 1,
        }
    }

    fn spawn(&self, demand: &Demand, log: &Path) -> io::Result<(Option<ExitStatus>, Duration)> {
        fs::create_dir_all(log.parent().unwrap_or(log))?;
        let file = File::create(log)?;
        let mut command = Command::new(&self.executable);
        command.args(["--exact", &self.test, "--nocapture", "--test-threads=1"]);
        if let Some(runs) = demand.runs {
            command.env("SUITES_RUNS", runs.to_string()).env("SUITES_BUDGET", u32::MAX.to_string());
        }
        if demand.is_alone {
            command.env("SUITES_ALONE", "1");
        }
        // The search is to begin where it begins for everybody.
        for variable in ["RUNS", "SEED", "REPLAY", "STRICT", "CORPUS", "TRACE", "GATE"] {
            command.env_remove(format!("REVEILLE_{variable}"));
        }
        command.env("RUST_BACKTRACE", "0").stdin(Stdio::null());
        let is_bounded = demand.runs.is_none() || demand.is_alone;
        if is_bounded {
            limit_cpu(&mut command, demand.cpu);
        }
        let child = command.stdout(file.try_clone()?).stderr(file).spawn()?;
        let limit = if is_bounded { LONGEST } else { Duration::MAX };
        Ok(reap(child.id().cast_signed(), limit))
    }
}

/// Has a process ended after so much CPU time.
fn limit_cpu(command: &mut Command, seconds: u64) {
    let limit = libc::rlimit { rlim_cur: seconds, rlim_max: seconds + 1 };
    // SAFETY: it is a plain system call, allowed between fork and exec.
    unsafe {
        command.pre_exec(move || match libc::setrlimit(libc::RLIMIT_CPU, &raw const limit) {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        });
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
    let over_time =
        |status: &ExitStatus| matches!(status.signal(), Some(libc::SIGXCPU | libc::SIGKILL));
    let Some(status) = status.filter(|status| !over_time(status)) else {
        return Verdict::Ended(OVER_TIME.to_owned());
    };
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
    let (_, ours) = line.split_once("suites: ")?;
    ours.split_whitespace().find_map(|part| part.strip_prefix(word))
}
