//! Models of what parks, polls and wakes across threads, under every interleaving.
//!
//! Where a poll meets a wake on another thread, the order of the two is not enough: the memory model
//! decides what the one sees of the other. [loom](https://docs.rs/loom) goes through all that it
//! allows. This crate has the models, so that the author of a parker or a waker cell
//! writes an adapter of some lines and gets the rules that the part must keep; and it runs them so
//! that a failure is a failing test with a report.
//!
//! ```
//! use reveille_loom::models::{WakerCell, waker_cell};
//! use reveille_loom::sync::Mutex;
//! use std::task::Waker;
//!
//! #[derive(Default)]
//! struct MyCell(Mutex<Option<Waker>>);
//!
//! impl WakerCell for MyCell {
//!     fn register(&self, waker: &Waker) { *self.0.lock().unwrap() = Some(waker.clone()) }
//!     fn wake(&self) {
//!         let waker = self.0.lock().unwrap().take();
//!         waker.into_iter().for_each(Waker::wake);
//!     }
//! }
//!
//! let explored = waker_cell(MyCell::default).check();
//! assert!(explored.is_exhausted());
//! ```
//!
//! # Your own source, and no flag
//!
//! What is checked must take its atomics, locks, cells and threads from [`sync`], [`cell`] and [`thread`].
//! No `--cfg loom` is needed, which would reach all dependencies as well. A crate whose files
//! take them from one file of its own, `crate::sync`, is checked from a test that includes its real source:
//!
//! ```text
//! // tests/loom.rs
//! mod sync { pub use reveille_loom::sync::{atomic::*, Mutex}; }
//! #[path = "../src/parker.rs"]
//! mod parker;
//!
//! #[test]
//! fn parker() { reveille_loom::models::park_unpark(parker::Parker::new).check(); }
//! ```
//!
//! # A process of its own
//!
//! Loom ends a lost wakeup with a panic inside a destructor, which aborts the process. So the test is run once
//! more in a process of its own, where it ends at the model; that process says what it has found, and the test
//! fails with it. It follows that a test must do the same each time up to its models, and check
//! them itself and not by another thread.
//!
//! A failure is kept in `corpus/<test>/` of the package (`REVEILLE_CORPUS` says where else, or `off`), is tried first
//! the next time, and is repeated by the line that the report ends with. The file holds what the
//! threads did, and is refused if the model does something else.
//!
//! # What loom does not know
//!
//! - Accesses that are `SeqCst` acquire and release, and no more; a [`fence`](sync::atomic::fence) that is, is one.
//! - A plain store that races with an exchange may be ordered before it, though the exchange has
//!   not read it. The memory model forbids that, so such a failure may be none; the report says
//!   when an exchange has not seen an earlier step.
//! - A `try_lock` fails only where the lock was taken before its thread came to it.
//! - It keeps the last seven stores of an atomic, knows no time, and at most [`thread::MAX_THREADS`] threads.
//! - Values are read in the order of the program: what a processor guesses is not modelled.
//!
//! | file | idea |
//! | --- | --- |
//! | `models/` | the rules of each kind of part, and the threads that may break them |
//! | `model`, `attempt`, `explored`, `failure` | what is explored, how far, and what came of it |
//! | `identity`, `parent`, `child`, `request` | the process in which a model runs |
//! | `sync/`, `cell`, `thread`, `hint`, `signal` | what threads use, as loom's |
//! | `recorder`, `pulse` | what they did |
//! | `trace_file`, `corpus`, `report/` | how it is kept, and told |

mod attempt;
pub mod cell;
mod child;
mod corpus;
mod explored;
mod failure;
pub mod hint;
mod identity;
mod model;
pub mod models;
mod parent;
mod pulse;
mod recorder;
mod report;
mod request;
mod signal;
pub mod sync;
pub mod thread;
mod trace_file;

pub use explored::Explored;
pub use failure::{Failure, FailureKind};
pub use model::Model;
