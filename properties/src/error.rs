//! Why a check did not pass.

use crate::config::ConfigError;
use crate::corpus::CorpusError;
use crate::gate::GateError;
use crate::hermetic::Unavailable;
use crate::rejection::Rejected;
use reveille_sim::{Law, Tape};
use std::fmt;

/// Why a check did not pass.
#[derive(Debug)]
#[non_exhaustive]
pub enum CheckError {
    /// A law is broken.
    Broken(Box<Failure>),
    /// The environment says something that cannot be read.
    Config(ConfigError),
    /// The environment names a gate, and there is none.
    Gate(GateError),
    /// `check` was called inside a run.
    InsideRun,
    /// No run was asked for.
    NoRuns,
    /// Hermetic runs were asked for and cannot be had.
    NoHermeticRuns(Unavailable),
    /// A run could not be made.
    NoRun(String),
    /// Too many runs were rejected, by the strategies of the arguments or by the body.
    Rejected(Box<Rejected>),
    /// In strict mode: the corpus cannot be used as it is.
    Corpus(CorpusError),
}

/// A broken law, with its report.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Failure {
    /// The test.
    pub test: String,
    /// The law.
    pub law: Law,
    /// The tape that replays it.
    pub tape: Tape,
    /// The whole report.
    pub report: String,
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CheckError::Broken(failure) => write!(f, "{failure}"),
            CheckError::Config(error) => write!(f, "{error}"),
            CheckError::Gate(error) => write!(f, "{error}"),
            CheckError::InsideRun => f.write_str(
                "a check was begun inside a run: `check` must be called outside the body of a reveille test",
            ),
            CheckError::NoRuns => {
                f.write_str("no run was asked for: `runs` must be at least 1, a test that runs nothing proves nothing")
            }
            CheckError::NoHermeticRuns(why) => write!(f, "no hermetic runs can be had: {why}"),
            CheckError::Rejected(rejected) => write!(f, "{rejected}"),
            CheckError::NoRun(why) => write!(f, "a run could not be made: {why}"),
            CheckError::Corpus(error) => write!(f, "{error} (an error because of REVEILLE_STRICT)"),
        }
    }
}

impl std::error::Error for CheckError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CheckError::Broken(failure) => Some(&**failure),
            CheckError::Config(error) => Some(error),
            CheckError::Gate(error) => Some(error),
            CheckError::NoHermeticRuns(why) => Some(why),
            CheckError::Rejected(rejected) => Some(&**rejected),
            CheckError::Corpus(error) => Some(error),
            _ => None,
        }
    }
}

impl Failure {
    pub(crate) fn boxed(self) -> CheckError {
        CheckError::Broken(Box::new(self))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.report)
    }
}

impl std::error::Error for Failure {}

impl From<CorpusError> for CheckError {
    fn from(error: CorpusError) -> Self {
        CheckError::Corpus(error)
    }
}

impl From<GateError> for CheckError {
    fn from(error: GateError) -> Self {
        CheckError::Gate(error)
    }
}

impl From<ConfigError> for CheckError {
    fn from(error: ConfigError) -> Self {
        CheckError::Config(error)
    }
}
