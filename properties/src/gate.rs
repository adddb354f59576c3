//! The gate, `cargo reveille test`, as a check sees it: somebody outside the process who says
//! how long to search and from which seed, and who is told what came of it.
//!
//! Where `REVEILLE_GATE` names a worker and a socket, `7:/tmp/..`, every check that searches makes a line to it:
//!
//! ```text
//! check   {"say":"hello", who it is, its usual runs and its seed}
//! gate    go ms=250 runs=usual seed=0x2a board=/tmp/..     how it is to begin
//! check   {"say":"corpus", the entries that were replayed}
//! check   {"say":"slice", runs, coverage}                  after so many milliseconds
//! gate    go ms=500                                        or: stop
//! check   {"say":"end", how}
//! ```
//!
//! Messages to the gate are JSON, a line each, which may have more members from version to
//! version; what it answers are words. The gate is gone when the line ends, and then there is
//! nobody to search for: the check stops.
//!
//! A process may be killed without a last word, by the system when memory is short. So each
//! run's number stands on a [board], a file in memory that outlives the process, and from
//! seed and number the gate has the run made again, this time with every choice put on the
//! board: the next process reads the tape from there.
//!
//! | file | idea |
//! | --- | --- |
//! | `line` | the line, and who stands at its end |
//! | `order` | what the gate answers |
//! | `told` | what it is told |
//! | `board` | what is left of a process that is killed |

mod board;
mod line;
mod order;
mod told;

pub(crate) use board::Board;
pub(crate) use line::Gate;
pub use line::GateError;
pub(crate) use order::Runs;
pub(crate) use told::{Hello, Story};
