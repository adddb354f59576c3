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
//! the code is mended it passes and stays, to see that it does. Entries carry
//! [fingerprints](reveille_sim::Fingerprint), so that a small edit of the code does
//! not kill them. [`merge`] says which of many are kept.
//!
//! | file | idea |
//! | --- | --- |
//! | `entry`, `format`, `lines`, `words` | what is remembered of a failure, and its text |
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
mod words;

pub use entry::Entry;
pub use error::{CorpusError, EntryError};
pub use merge::{CAP, merge};
pub use place::Corpus;
pub use store::{Added, Loaded, Problem, Store};

pub(crate) use entry::Notes;
pub(crate) use first::{Replayed, Session, Stop};
pub(crate) use told::Aligned;
