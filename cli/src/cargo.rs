//! Cargo: what is in the workspace, and the test binaries that it builds.

mod binary;
mod build;
mod environment;
mod left_out;
mod nextest;
mod selection;
mod threads;
mod workspace;

pub use binary::{Binary, Listed};
pub use build::build;
pub use selection::Selection;
pub(crate) use threads::why_not;
pub use workspace::{Package, Workspace};

use std::ffi::OsString;
use std::path::PathBuf;

/// What went wrong between cargo and us.
#[derive(Debug, thiserror::Error)]
pub enum CargoError {
    /// The workspace cannot be read.
    #[error("the workspace cannot be read: {0}")]
    Workspace(#[source] cargo_metadata::Error),
    /// A command could not be run.
    #[error("`{command}` cannot be run: {cause}")]
    Command {
        /// The command.
        command: String,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// It does not build; cargo has said why.
    #[error("the tests do not build")]
    NotBuilt,
    /// The engine of threads cannot be had.
    #[error("the engine of threads cannot be had: {0}")]
    Threads(String),
    /// The list of binaries that nextest wrote cannot be used.
    #[error("{}: expected what `cargo nextest list --list-type binaries-only --message-format json` prints, {what}", path.display())]
    Nextest {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}

/// The cargo that runs us, or the one of the path.
fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}
