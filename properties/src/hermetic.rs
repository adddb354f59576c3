//! Hermetic runs: each in a process of its own, with fixed entropy and clocks.
//!
//! Hidden randomness is everywhere. A thread of its own for every run would be
//! enough for `HashMap`, whose keys are drawn per thread, but not for
//! `futures::select!` and `tokio::select!`: each seeds its generator from a counter
//! in a static that every new thread moves on. So a run needs the statics of a
//! fresh process, too, and gets them thus:
//!
//! ```text
//! test binary           the search met a run that cannot be repeated
//!  └ the same binary, for this test alone, addresses not randomised     the search starts over
//!     ├ fork, a new thread: one run, its record through a pipe
//!     ├ fork, a new thread: the next ...
//! ```
//!
//! A fork starts where the process stood before any run, and its thread is fresh,
//! so every run finds the same statics, thread-locals and memory, in the search as
//! in a replay of another day. Entropy and clocks are those of
//! [`interpose`](crate::interpose): what they give is on the tape.
//!
//! What stays the same in all runs: the shuffles of `futures::select!`, which no
//! entropy feeds. `tokio::select!` and `HashMap` differ from run to run.

use crate::checker::Passed;
use crate::corpus::Notes;
use crate::coverage::Coverage;
use crate::error::CheckError;
use crate::host::{Body, Choices, Here, Host, HostError, Plan};
use crate::marks::Mark;
use crate::names;
use crate::record::{Broken, RunRecord};
use crate::rejection::Rejected;
use reveille_sim::{Portfolio, Settings, Tape};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

/// Tells a child which check it is for, and where to put the answer.
pub(crate) const CHILD: &str = "REVEILLE_HERMETIC_CHILD";

/// Why there can be no hermetic runs.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unavailable {
    /// Not on this system.
    System,
    /// The test harness did not run the test again in a process of its own.
    Harness {
        /// The name that the harness was asked for.
        test: String,
        /// What the process said last.
        output: String,
    },
    /// Not under a fuzzer.
    Fuzzer,
    /// The system refused.
    Refused(std::io::Error),
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unavailable::System => f.write_str("that takes Linux"),
            Unavailable::Harness { test, output } => {
                write!(f, "the test harness did not run `{test}` by itself")?;
                if output.is_empty() { Ok(()) } else { write!(f, "; it said:\n{output}") }
            }
            Unavailable::Fuzzer => f.write_str("a fuzzer sees only what its own process covers"),
            Unavailable::Refused(error) => write!(f, "the system refused ({error})"),
        }
    }
}

impl std::error::Error for Unavailable {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Unavailable::Refused(error) => Some(error),
            _ => None,
        }
    }
}

/// Which check of the test `name` this is, on this thread, counted from 0.
pub(crate) fn next_ordinal(name: &str) -> u32 {
    thread_local! {
        static CHECKS: RefCell<BTreeMap<String, u32>> = const { RefCell::new(BTreeMap::new()) };
    }
    CHECKS.with_borrow_mut(|checks| {
        let next = checks.entry(name.to_owned()).or_insert(0);
        *next += 1;
        *next - 1
    })
}

/// The process that does the hermetic runs of one check.
#[derive(Debug)]
pub(crate) struct Child {
    ordinal: u32,
    answer: PathBuf,
}

impl Child {
    pub(crate) fn from_env() -> Option<Child> {
        let value = std::env::var(CHILD).ok()?;
        let (ordinal, answer) = value.split_once(':')?;
        Some(Child { ordinal: ordinal.parse().ok()?, answer: answer.into() })
    }

    /// Gives the answer and ends the process, if it was this check that was asked for.
    pub(crate) fn answer(
        self,
        ordinal: u32,
        result: Result<Passed, CheckError>,
    ) -> Result<Passed, CheckError> {
        if ordinal != self.ordinal {
            return result;
        }
        let written = std::fs::write(&self.answer, answer::to_text(&result));
        std::process::exit(i32::from(written.is_err()));
    }
}

/// What a child answers, as text.
mod answer {
    use super::*;
    use crate::corpus::CorpusError;
    use crate::error::Failure;
    use crate::record::unescape;
    use reveille_sim::Law;

    pub(super) fn to_text(result: &Result<Passed, CheckError>) -> String {
        match result {
            Ok(passed) => {
                let Passed { runs, steps, rejected, corpus, .. } = passed;
                let coverage = passed.coverage.to_text();
                let mut text = format!("passed {runs} {steps} {rejected} {corpus} {coverage}\n");
                for mark in &passed.marks {
                    let (name, at) = (mark.name.escape_default(), mark.at.escape_default());
                    text.push_str(&format!("mark {} {} {at}\t{name}\n", mark.looks, mark.seen));
                }
                for warning in &passed.warnings {
                    text.push_str(&format!("warning {}\n", warning.escape_default()));
                }
                text
            }
            Err(CheckError::Rejected(rejected)) => {
                let reasons: String = rejected
                    .reasons
                    .iter()
                    .map(|reason| format!("{}\n", reason.escape_default()))
                    .collect();
                format!("rejected {} {}\n{reasons}", rejected.accepted, rejected.rejected)
            }
            Err(CheckError::Broken(failure)) => {
                let tape = failure.tape.to_text(&failure.test);
                format!("broken {}\n{tape}\n{}", failure.law, failure.report)
            }
            Err(CheckError::Corpus(error)) => format!("corpus\n{error}"),
            Err(CheckError::NoRun(why)) => format!("error\n{why}"),
            Err(error) => format!("error\n{error}"),
        }
    }

    pub(super) fn from_text(text: &str) -> Option<Result<Passed, CheckError>> {
        let (first, rest) = text.split_once('\n')?;
        let mut words = first.split(' ');
        Some(match words.next()? {
            "passed" => {
                let mut number = || words.next()?.parse().ok();
                let (runs, steps, rejected) = (number()?, number()?, number()?);
                let corpus = number()?;
                let coverage = Coverage::from_text(words)?;
                let (mut marks, mut warnings) = (Vec::new(), Vec::new());
                for line in rest.lines() {
                    match line.split_once(' ')? {
                        ("mark", mark) => marks.push(mark_from_text(mark)?),
                        ("warning", warning) => warnings.push(unescape(warning)?),
                        _ => return None,
                    }
                }
                let test = String::new();
                Ok(Passed { test, runs, steps, rejected, corpus, coverage, marks, warnings })
            }
            "rejected" => {
                let (accepted, rejected) =
                    (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
                let reasons = rest.lines().map(unescape).collect::<Option<_>>()?;
                let rejected = Rejected::new(accepted, rejected, reasons);
                Err(CheckError::Rejected(Box::new(rejected)))
            }
            "broken" => {
                let law = Law::from_name(words.next()?)?;
                let (tape, report) = rest.split_once('\n')?;
                let (test, tape) = Tape::from_text(tape).ok()?;
                Err(Failure { test, law, tape, report: report.to_owned() }.boxed())
            }
            "corpus" => Err(CorpusError::Told(rest.to_owned()).into()),
            _ => Err(CheckError::NoRun(rest.to_owned())),
        })
    }

    fn mark_from_text(text: &str) -> Option<Mark> {
        let (counts, name) = text.split_once('\t')?;
        let mut parts = counts.splitn(3, ' ');
        let (looks, seen) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
        let (at, name) = (unescape(parts.next()?)?, unescape(name)?);
        Some(Mark { name, at, looks, seen })
    }
}

/// The last lines that a process printed.
fn tail(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

#[cfg(target_os = "linux")]
pub(crate) use linux::{Forked, check_in_child};

#[cfg(target_os = "linux")]
mod linux {
    use super::*;
    use crate::{interpose, message, watchdog};
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::fd::FromRawFd;
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};
    use std::time::Duration;

    /// Runs the check number `ordinal` of the test `name` in a process of its own.
    pub(crate) fn check_in_child(
        name: &str,
        ordinal: u32,
    ) -> Result<Result<Passed, CheckError>, Unavailable> {
        let test = names::filter(name);
        let answer = std::env::temp_dir().join(format!(
            "reveille-{}-{ordinal}-{:016x}",
            std::process::id(),
            crate::seed::Seed::of_name(name).value()
        ));
        // Whether the answer can be written is better known before than after.
        std::fs::write(&answer, "").map_err(Unavailable::Refused)?;
        let mut command = Command::new(std::env::current_exe().map_err(Unavailable::Refused)?);
        command
            .args([test, "--exact", "--include-ignored", "--nocapture", "--test-threads=1"])
            .env(CHILD, format!("{ordinal}:{}", answer.display()))
            .env("RUST_TEST_THREADS", "1")
            .stdin(Stdio::null());
        // SAFETY: these are plain system calls, allowed between fork and exec.
        unsafe {
            command.pre_exec(|| {
                // Addresses are no source of randomness either. If it is refused
                // they are, which the comparison of runs will tell.
                libc::personality(libc::ADDR_NO_RANDOMIZE as libc::c_ulong);
                end_with_parent();
                Ok(())
            });
        }
        let output = command.output().map_err(Unavailable::Refused)?;
        let text = std::fs::read_to_string(&answer).ok();
        let _ = std::fs::remove_file(&answer);
        match text.as_deref().and_then(answer::from_text) {
            Some(Err(CheckError::NoRun(why))) => {
                let said = tail(&output.stderr);
                Ok(Err(CheckError::NoRun(format!("{why}\n{said}").trim_end().to_owned())))
            }
            Some(result) => Ok(result),
            None => {
                let said = [output.stdout, output.stderr].concat();
                Err(Unavailable::Harness { test: test.to_owned(), output: tail(&said) })
            }
        }
    }

    /// Has the calling process killed when the thread that made it ends, so that
    /// nothing is left to run if the test is killed.
    fn end_with_parent() {
        // SAFETY: a plain system call without pointers.
        unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) };
    }

    /// Runs in forks of this process.
    pub(crate) struct Forked<'a> {
        body: &'a dyn Body,
        settings: Settings,
        portfolio: Portfolio,
        test: String,
    }

    /// Lets a job move to another thread of a forked process.
    struct Alone<T>(T);

    // SAFETY: the thread that forked waits for the new one and touches nothing
    // meanwhile, and there is no third.
    unsafe impl<T> Send for Alone<T> {}

    impl<T> Alone<T> {
        /// Taken as a whole, so that a closure captures the wrapper.
        fn into_inner(self) -> T {
            self.0
        }
    }

    impl<'a> Forked<'a> {
        pub(crate) fn new(
            test: &str,
            body: &'a dyn Body,
            settings: Settings,
            portfolio: Portfolio,
        ) -> Self {
            interpose::fix();
            Forked { body, settings, portfolio, test: test.to_owned() }
        }

        /// Has `job` done on a fresh thread of a fork and gives what it wrote.
        fn fork(
            &mut self,
            job: impl FnOnce(&mut Here<'a>) -> Result<String, HostError>,
        ) -> Result<String, HostError> {
            let mut ends = [0; 2];
            // SAFETY: `ends` has room for two descriptors.
            if unsafe { libc::pipe2(ends.as_mut_ptr(), libc::O_CLOEXEC) } != 0 {
                return Err(HostError::System(std::io::Error::last_os_error()));
            }
            // SAFETY: `pipe2` has just opened them.
            let (mut reader, mut writer) =
                unsafe { (File::from_raw_fd(ends[0]), File::from_raw_fd(ends[1])) };
            // SAFETY: the harness runs this test alone, so no other thread of this
            // process holds a lock that the fork would never get.
            match unsafe { libc::fork() } {
                -1 => Err(HostError::System(std::io::Error::last_os_error())),
                0 => {
                    drop(reader);
                    end_with_parent();
                    let text = self.on_fresh_thread(job);
                    let code = i32::from(writer.write_all(text.as_bytes()).is_err());
                    // SAFETY: nothing of this process is needed any more, and no
                    // destructor of the parent may run here.
                    unsafe { libc::_exit(code) }
                }
                child => {
                    drop(writer);
                    let mut text = String::new();
                    let read = reader.read_to_string(&mut text);
                    let how = wait_for(child);
                    match (read, how) {
                        (Ok(_), None) => Ok(text),
                        (_, how) => Err(HostError::Died {
                            how: how.unwrap_or("gave no record".into()),
                            output: String::new(),
                        }),
                    }
                }
            }
        }

        /// In the fork: what `job` writes, or nothing if it failed.
        fn on_fresh_thread(
            &mut self,
            job: impl FnOnce(&mut Here<'a>) -> Result<String, HostError>,
        ) -> String {
            let portfolio = std::mem::replace(&mut self.portfolio, Portfolio::new(0));
            let task = Alone((job, self.body, self.settings.clone(), portfolio));
            let test = self.test.as_str();
            std::thread::scope(|scope| {
                let thread = scope.spawn(move || {
                    watchdog::watch_fork(test);
                    message::tell_of_aborts(test);
                    let (job, body, settings, portfolio) = task.into_inner();
                    job(&mut Here::new(body, settings, portfolio)).unwrap_or_default()
                });
                watchdog::leave_alarms_to_others();
                thread.join().unwrap_or_default()
            })
        }
    }

    /// Waits for a child; how it ended, if not well.
    fn wait_for(child: libc::pid_t) -> Option<String> {
        let mut status = 0;
        // SAFETY: `status` is a valid place.
        while unsafe { libc::waitpid(child, &raw mut status, 0) } == -1 {
            if std::io::Error::last_os_error().kind() != std::io::ErrorKind::Interrupted {
                return Some("was lost".into());
            }
        }
        if libc::WIFSIGNALED(status) {
            return Some(format!("was ended by signal {}", libc::WTERMSIG(status)));
        }
        let code = libc::WEXITSTATUS(status);
        (code != 0).then(|| format!("ended itself with exit code {code}"))
    }

    impl Host for Forked<'_> {
        fn run(&mut self, plan: &Plan) -> Result<RunRecord, HostError> {
            let text = self.fork(|here| {
                let mut record = here.run(plan)?;
                record.lesson = here.portfolio().lesson();
                Ok(record.to_text())
            })?;
            let Some(mut record) = RunRecord::from_text(&text) else {
                let how = "gave a record that cannot be read".into();
                return Err(HostError::Died { how, output: text });
            };
            if let Choices::Search(run) = plan.choices {
                self.portfolio.catch_up(run, self.settings.faults, &record.lesson);
            }
            record.tape.set_hermetic(true);
            if record.broken.is_some() && record.foreign_threads.is_empty() {
                // Replays need not wait for threads.
                self.settings.patience = Duration::ZERO;
            }
            Ok(record)
        }

        fn portfolio(&self) -> &Portfolio {
            &self.portfolio
        }

        fn survey(&mut self, tape: &Tape, broken: &Broken) -> Result<Vec<u64>, HostError> {
            let text = self.fork(|here| {
                let stacks = here.survey(tape, broken)?;
                Ok(stacks.iter().map(|number| format!("{number}\n")).collect())
            })?;
            Ok(text.lines().filter_map(|line| line.parse().ok()).collect())
        }

        fn tell(
            &mut self,
            tape: &Tape,
            broken: &Broken,
            stacks: &[u64],
            why: &str,
        ) -> Result<String, HostError> {
            self.fork(|here| here.tell(tape, broken, stacks, why))
        }

        fn inputs(&mut self, tape: &Tape) -> Result<String, HostError> {
            self.fork(|here| here.inputs(tape))
        }

        fn events(&mut self, tape: &Tape) -> Result<Vec<String>, HostError> {
            let text = self.fork(|here| here.events(tape).map(|lines| lines.join("\n")))?;
            Ok(text.lines().map(str::to_owned).collect())
        }

        fn notes(&mut self, tape: &Tape, broken: &Broken) -> Result<Notes, HostError> {
            let text = self.fork(|here| here.notes(tape, broken).map(|notes| notes.to_text()))?;
            Notes::from_text(&text).ok_or_else(|| {
                let how = "gave notes that cannot be read".into();
                HostError::Died { how, output: text }
            })
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) use elsewhere::{Forked, check_in_child};

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use super::*;

    pub(crate) fn check_in_child(
        _name: &str,
        _ordinal: u32,
    ) -> Result<Result<Passed, CheckError>, Unavailable> {
        Err(Unavailable::System)
    }

    /// Never made here: nobody starts a child.
    pub(crate) struct Forked<'a>(Here<'a>);

    impl<'a> Forked<'a> {
        pub(crate) fn new(
            _test: &str,
            body: &'a dyn Body,
            settings: Settings,
            portfolio: Portfolio,
        ) -> Self {
            Forked(Here::new(body, settings, portfolio))
        }
    }

    impl Host for Forked<'_> {
        fn run(&mut self, plan: &Plan) -> Result<RunRecord, HostError> {
            self.0.run(plan)
        }

        fn portfolio(&self) -> &Portfolio {
            self.0.portfolio()
        }

        fn survey(&mut self, tape: &Tape, broken: &Broken) -> Result<Vec<u64>, HostError> {
            self.0.survey(tape, broken)
        }

        fn tell(
            &mut self,
            tape: &Tape,
            broken: &Broken,
            stacks: &[u64],
            why: &str,
        ) -> Result<String, HostError> {
            self.0.tell(tape, broken, stacks, why)
        }

        fn inputs(&mut self, tape: &Tape) -> Result<String, HostError> {
            self.0.inputs(tape)
        }

        fn events(&mut self, tape: &Tape) -> Result<Vec<String>, HostError> {
            self.0.events(tape)
        }

        fn notes(&mut self, tape: &Tape, broken: &Broken) -> Result<Notes, HostError> {
            self.0.notes(tape, broken)
        }
    }
}
