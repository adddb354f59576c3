//! The gate: runs the reveille tests of a workspace, each in a process of its own, and searches
//! as long as there is time.
//!
//! ```text
//! first     each test as `cargo test` has it: its corpus, then its usual runs
//! search    until the time is over: the checks that passed, from other seeds, in slices
//! rescue    of a process that was killed: the same runs again, with the choices of the last
//!           one put down
//! mortem    what was put down becomes an entry of the corpus
//! ```
//!
//! Which tests are reveille's shows when they run: a check makes a line to the gate. A test
//! that makes none is an ordinary one; it has been run once by then, as `cargo test` would, and
//! is remembered for as long as its binary stays the same.
//!
//! | file | idea |
//! | --- | --- |
//! | `plan`, `shard` | what is to be done, and which part of it here |
//! | `run`, `state` | what happens, event by event, and what is known |
//! | `answer`, `ended`, `died` | what a check is told; what the end of a process means |
//! | `search`, `share` | whose turn it is |
//! | `worker`, `socket`, `board`, `message` | processes, and what they say |
//! | `display`, `outcome` | how far it is, and what came of it |
//! | `lock` | one gate at a time |
//! | `ordinary` | tests that are none of ours |

mod answer;
mod board;
mod died;
mod display;
mod ended;
mod event;
mod lock;
mod message;
mod ordinary;
mod outcome;
mod plan;
mod run;
mod search;
mod shard;
mod share;
mod socket;
mod state;
mod worker;

pub use display::{Display, Seen};
pub use lock::{Lock, Locked};
pub use ordinary::Ordinary;
pub use outcome::{CheckResult, Failure, FailureKind, Outcome, Place, TestResult};
pub use plan::{Limits, Unit};
pub use run::Gate;
pub use shard::{Shard, ShardError, Sharding};
