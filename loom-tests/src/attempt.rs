//! One rule of a model, explored: what was kept of it first, then everything.

use crate::corpus;
use crate::explored::{Case, Explored};
use crate::failure::{Breach, Details, Failure, FailureKind};
use crate::identity::Here;
use crate::parent::{self, NoAnswer};
use crate::request::{Answer, Key, Mode, Request};
use crate::trace_file::TraceFile;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// For how long a model may go on that nobody gave a time.
const LONGEST: Duration = Duration::from_secs(300);
/// How much longer its process may take, which watches itself.
const GRACE: Duration = Duration::from_secs(60);
/// The variable that names a trace to be repeated.
const REPLAY: &str = "REVEILLE_LOOM_REPLAY";

pub(crate) struct Attempt<'a> {
    pub(crate) here: &'a Here,
    pub(crate) key: Key,
    pub(crate) model: &'a str,
    pub(crate) rule: &'a str,
    pub(crate) preemptions: Option<usize>,
    pub(crate) branches: usize,
    pub(crate) within: Option<Duration>,
    /// Whether a failure goes into the corpus.
    pub(crate) keeps: bool,
}

impl Attempt<'_> {
    /// What a trace calls it.
    fn name(&self) -> String {
        match (self.rule, self.key.nth) {
            ("", 0) => self.model.into(),
            ("", nth) => format!("{} ({nth})", self.model),
            (rule, 0) => format!("{}: {rule}", self.model),
            (rule, nth) => format!("{}: {rule} ({nth})", self.model),
        }
    }

    pub(crate) fn explore(&self) -> Result<Explored, Failure> {
        if let Some(file) = std::env::var_os(REPLAY) {
            return self.repeat(&PathBuf::from(file));
        }
        if self.keeps {
            for (file, trace) in corpus::traces(&self.here.test, &self.name()) {
                self.try_again(&file, &trace)?;
            }
        }
        self.search()
    }

    /// The trace that the environment names, if it is of this model.
    fn repeat(&self, file: &Path) -> Result<Explored, Failure> {
        let file = corpus::located(file);
        let refused = |why: String| self.failure(breach(FailureKind::ForeignTrace, 0, why));
        let trace = TraceFile::read(&file).map_err(|error| refused(error.to_string()))?;
        if trace.test != self.here.test {
            return Err(refused(format!(
                "expected {REPLAY} to name a trace of the test `{}`, got one of `{}`",
                self.here.test, trace.test
            )));
        }
        if trace.model != self.name() {
            println!(
                "reveille-loom: `{}` is left out: the trace is of `{}`",
                self.name(),
                trace.model
            );
            return Ok(Explored::default());
        }
        self.replay(&trace, &file)?;
        println!("reveille-loom: the trace `{}` does not fail", corpus::shown(&file));
        Ok(Explored::default())
    }

    /// A trace of the corpus. One of an earlier form of the model is only told of.
    fn try_again(&self, file: &Path, trace: &TraceFile) -> Result<(), Failure> {
        match self.replay(trace, file) {
            Err(failure) if failure.kind() == FailureKind::ForeignTrace => {
                println!(
                    "reveille-loom: `{}` is of an earlier form of this model, and may go",
                    corpus::shown(file)
                );
                Ok(())
            }
            result => result,
        }
    }

    fn request(&self, mode: Mode) -> Request {
        Request {
            key: self.key.clone(),
            mode,
            preemptions: self.preemptions,
            branches: self.branches,
            within: self.within.unwrap_or(LONGEST),
            before: self.here.known(),
        }
    }

    fn search(&self) -> Result<Explored, Failure> {
        let request = self.request(Mode::Search);
        match parent::ask(&request, request.within + GRACE) {
            Ok(Answer::Passed { iterations, exhausted, took }) => {
                if !exhausted && self.within.is_none() {
                    let breach = breach(FailureKind::Unfinished, iterations, String::new());
                    return Err(self.failure(breach));
                }
                let case = Case { rule: self.rule.into(), iterations, exhausted, took };
                Ok(Explored::of(case))
            }
            Ok(Answer::Failed(breach, _)) if has_no_interleaving(breach.kind) => {
                Err(self.failure(*breach))
            }
            Ok(Answer::Failed(breach, _)) => Err(self.record(*breach)),
            Ok(Answer::NoFailure | Answer::NoFile(_)) => {
                Err(self.failure(died("it answered another question".into())))
            }
            Err(reason) => Err(self.failure(died(self.why_died(reason)))),
        }
    }

    /// Runs up to the iteration that fails once more and lets it be written down.
    fn record(&self, found: Breach) -> Failure {
        let mut no_file = None;
        let ask = |with_path| {
            let request = self.request(Mode::Record { iteration: found.iteration, with_path });
            parent::ask(&request, request.within * 3 + GRACE)
        };
        let answer = match ask(true) {
            Ok(Answer::NoFile(error)) => {
                no_file = Some(error);
                ask(false)
            }
            answer => answer,
        };
        let (breach, path) = match answer {
            Ok(Answer::Failed(breach, path)) if breach.kind == found.kind => (*breach, path),
            _ => return self.failure(Breach { kind: FailureKind::Nondeterministic, ..found }),
        };
        if breach.kind == FailureKind::TooManyBranches {
            // There is nothing in it to be repeated.
            return self.failure(breach);
        }
        let steps = breach.interleaving.as_ref().map(|told| told.steps.clone()).unwrap_or_default();
        let mut failure = self.failure(breach);
        let Some(path) = path else {
            let why = no_file.unwrap_or_default();
            let note = format!("it cannot be repeated alone, for want of a temporary file: {why}");
            failure.0.notes.push(note);
            return failure;
        };
        let trace = TraceFile::new(
            &self.here.test,
            &self.name(),
            self.preemptions,
            self.branches,
            steps,
            path,
        );
        if self.keeps {
            match corpus::keep(&trace) {
                Ok(Some(file)) => failure.0.replay = Some(self.replay_line(&file)),
                Ok(None) => {}
                Err(error) => {
                    failure.0.notes.push(format!("it could not be kept in the corpus: {error}"))
                }
            }
        }
        failure
    }

    fn replay(&self, trace: &TraceFile, file: &Path) -> Result<(), Failure> {
        let request = Request {
            preemptions: trace.preemptions,
            branches: trace.branches,
            ..self.request(Mode::Replay { path: trace.path.clone(), steps: trace.steps.clone() })
        };
        let failure = match parent::ask(&request, GRACE) {
            Ok(Answer::Passed { .. } | Answer::NoFailure) => return Ok(()),
            Ok(Answer::Failed(breach, _)) => self.failure(*breach),
            Ok(Answer::NoFile(error)) => {
                let why =
                    format!("the trace takes a temporary file, which could not be made: {error}");
                self.failure(died(why))
            }
            Err(reason) => self.failure(died(self.why_died(reason))),
        };
        let from = format!("it is that of `{}`", corpus::shown(file));
        Err(Failure(Box::new(Details {
            replay: Some(self.replay_line(file)),
            notes: vec![from],
            ..*failure.0
        })))
    }

    fn replay_line(&self, file: &Path) -> String {
        let package = std::env::var("CARGO_PKG_NAME").unwrap_or_default();
        let package = if package.is_empty() { package } else { format!(" -p {package}") };
        format!("{REPLAY}={} cargo test{package} {}", corpus::shown(file), self.here.test)
    }

    fn failure(&self, breach: Breach) -> Failure {
        Failure(Box::new(Details {
            model: self.model.into(),
            rule: self.rule.into(),
            at: self.key.at.clone(),
            breach,
            preemptions: self.preemptions,
            branches: self.branches,
            replay: None,
            notes: Vec::new(),
        }))
    }

    fn why_died(&self, reason: NoAnswer) -> String {
        match reason {
            NoAnswer::NotStarted(error) => format!("the process for it could not be started: {error}"),
            NoAnswer::Killed(patience) => {
                format!("its process did not end within {} s, and was killed", patience.as_secs())
            }
            NoAnswer::Ended(Some(status), _) if status.success() => "its process ended and did not come \
                to the model; a model must be checked by the thread of its test, and by a test that \
                does the same every time"
                .into(),
            NoAnswer::Ended(status, printed) => {
                let status = status.map(|status| format!(" ({status})")).unwrap_or_default();
                format!("its process ended{status}, and printed last\n{}", printed.trim_end())
            }
        }
    }
}

fn breach(kind: FailureKind, iteration: u64, message: String) -> Breach {
    Breach { kind, iteration, message, at: None, interleaving: None, foreign: None }
}

fn died(why: String) -> Breach {
    breach(FailureKind::Died, 0, why)
}

/// Those of which nothing more is to be seen, or that would take their time again.
fn has_no_interleaving(kind: FailureKind) -> bool {
    matches!(kind, FailureKind::Hung | FailureKind::Nondeterministic | FailureKind::TooManyThreads)
}
