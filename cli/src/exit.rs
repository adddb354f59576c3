//! How the process ends.

use std::process::{ExitCode, Termination};

/// How `cargo reveille` ends. The numbers are part of its interface; where cargo-nextest has one
/// for the same thing it is that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
#[must_use]
pub enum Exit {
    /// All is well.
    Passed = 0,
    /// The arguments cannot be read.
    Usage = 2,
    /// There was no test, or no test made a run.
    NothingRan = 4,
    /// It could not begin: no workspace, another gate in it, a report that cannot be written.
    NotReady = 96,
    /// All passed, and a report could not be written.
    NoReport = 97,
    /// A test failed.
    Failed = 100,
    /// The workspace does not build.
    NotBuilt = 101,
    /// It was asked to stop before it was done, and nothing had failed by then.
    Interrupted = 130,
}

impl Exit {
    /// All of them, with what they mean in few words.
    pub const TABLE: [(Exit, &'static str); 8] = [
        (Exit::Passed, "all is well"),
        (Exit::Usage, "the arguments cannot be read"),
        (Exit::NothingRan, "there was no test, or no test made a run"),
        (
            Exit::NotReady,
            "it could not begin: no workspace, another gate in it, a report that cannot be written",
        ),
        (Exit::NoReport, "all passed, and a report could not be written in the end"),
        (Exit::Failed, "a test failed, or an entry of a corpus cannot be used"),
        (Exit::NotBuilt, "the workspace does not build"),
        (Exit::Interrupted, "it was interrupted, and nothing had failed by then"),
    ];

    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self.code())
    }
}
