//! Runs that end their process: by an abort, an exit, a fault of memory, a stack that
//! overflows, a poll that does not return. What is told in its last moments, and kept.
//!
//! ```text
//! before    a check puts down who it is, how a run of it is repeated, where failures go
//! a run     says its number; nothing else, so nothing is slower
//! the end   a handler of a signal, or of `exit`, on the thread of the run: writes the entry
//!           of the corpus, tells test, run and tape, and lets the process end
//! ```
//!
//! The handler may have interrupted anything, the allocator for instance. So it reads the
//! tape where it is, writes into memory that was there before and speaks to the system
//! alone. A signal is handed on to whoever handled it before: the words of the standard
//! library about a stack that overflows come after ours.
//!
//! | file | idea |
//! | --- | --- |
//! | `scene` | what is known before |
//! | `words` | what is told, and what is kept |
//! | `page` | text in memory that was there before |
//! | `signals`, `room` | how the end is noticed, and the stack for that |
//! | `file` | a file, written by system calls alone |

#[cfg(unix)]
mod file;
mod page;
#[cfg(unix)]
mod room;
mod scene;
#[cfg(unix)]
mod signals;
mod words;

#[cfg(target_os = "linux")]
pub(crate) use scene::present;
#[cfg(unix)]
pub(crate) use scene::test_of_this_thread;
#[cfg(reveille_threads)]
pub(crate) use scene::word;
pub(crate) use scene::{Entered, Repeat, Scene, making, replaying};
#[cfg(reveille_threads)]
pub(crate) use signals::refuse;
pub(crate) use words::last_lines;
#[cfg(unix)]
pub(crate) use words::last_lines_of_any_thread;
