//! The corpus: the tapes of past failures, in git, run first.
//!
//! ```text
//! my_crate/
//!   corpus/
//!     my_crate.tests.hands_over/     a directory for each test
//!       1f3a9c0b.tape                a file for each cause, named by its content
//! ```
//!
//! An [`Entry`] is a small text file that reads well in a diff. It is written when a
//! test fails, and replayed before anything else whenever the test runs again; once
//! the code is mended it passes and stays, to see that it does. Lines that begin with
//! `#` are yours. To forget a failure remove its file.
//!
//! Entries carry fingerprints, so that a small edit of the code does not kill them: a
//! deviation is looked for by the turns that it is about (`turn 1 of root.1 before turn 3
//! of root.0`; `root.1` is the second task that the body spawned), not by its index. If one
//! has lost its place the rest is replayed as far as it fits, and a warning says where
//! the tape first diverged. [`merge`] says which of many entries are kept: the shortest of
//! each cause. What sets causes apart is the law, the task, and of a panic file, column and
//! words, not the line, which edits above it move.
//!
//! Files that are damaged, of a newer version, of another test or no text at all are left
//! out with a warning and never written over. With `REVEILLE_STRICT=1` they are errors, and
//! so is a tape that is not exactly the recorded one any more.
//!
//! Not written are failures that cannot be repeated, and those of tests in the documentation, whose
//! names change with every build, unless they have a [name](crate::Checker::name).
//!
//! # Runs that end their process
//!
//! A poll that blocks, an abort, an exit, a stack that overflows, a fault of memory, a panic
//! while another one unwinds: in its last moments the process says so and writes the entry.
//! Nothing can be replayed any more, so the tape is as long as it was found, the entry has a
//! line `ended:` in place of deviations, and it is replayed by the numbers of its choices:
//! an edit of the code may make it another run. An exit ends the process as a failed test
//! does, whatever its code.
//!
//! Such an entry is replayed first like any other, so until the code is mended the process
//! ends again, with the name of the file, and with it end the tests that would follow:
//!
//! - `REVEILLE_CORPUS=off cargo test` runs all of them without their corpora,
//! - `cargo test -- --skip <test>` leaves out that test,
//! - to forget the failure remove the file.
//!
//! Nothing is left of a process that is killed (`SIGKILL`, out of memory) or ends itself by
//! `_exit`, or that another thread than that of the run ends. This works on unix; elsewhere
//! it is so for the panic while another one unwinds alone.
//!
//! | file | idea |
//! | --- | --- |
//! | `entry`, `format`, `lines` | what is remembered of a failure, and its text |
//! | `cause`, `merge` | what makes two failures one, which entries are kept |
//! | `place`, `store` | where they are, and how they get there whole |
//! | `ended` | what is written as the process ends |
//! | `first` | the replay before every search, and what is said of it |

mod cause;
mod ended;
mod entry;
mod error;
mod first;
mod format;
mod lines;
mod merge;
mod place;
#[cfg(test)]
mod samples;
mod store;
mod told;

pub use entry::Entry;
pub use error::{CorpusError, EntryError};
pub use merge::{CAP, merge};
pub use place::Corpus;
pub use store::{Added, Loaded, Problem, Store};

pub(crate) use ended::{Ended, Home, Will};
pub(crate) use entry::Notes;
pub(crate) use first::{Kept, Replayed, Session, Stop};
pub(crate) use told::Aligned;
