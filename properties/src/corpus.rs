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
//! the tape first diverged. [`merge`] says which of many entries are kept.
//!
//! Files that are damaged, of a newer version, of another test or no text at all are left
//! out with a warning and never written over. With `REVEILLE_STRICT=1` they are errors, and
//! so is a tape that is not exactly the recorded one any more.
//!
//! Not written are failures that cannot be repeated, and those that end the process:
//! a poll that blocks, a panic in a destructor while another one unwinds.
//!
//! | file | idea |
//! | --- | --- |
//! | `entry`, `format`, `lines` | what is remembered of a failure, and its text |
//! | `merge` | which entries are kept |
//! | `place`, `store` | where they are, and how they get there whole |
//! | `first` | the replay before every search, and what is said of it |

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

pub(crate) use entry::Notes;
pub(crate) use first::{Replayed, Session, Stop};
pub(crate) use told::Aligned;
