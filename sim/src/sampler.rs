//! Samplers: the policies that make the choices of a run.
//!
//! A sampler sees kinds of choices and numbers of options, never a future. One
//! policy a file.

mod plain;
mod random;
mod replay;

pub use plain::Plain;
pub use random::Random;
pub use replay::Replay;

use crate::choice::Kind;
use crate::fault::Faults;

/// Makes the choices of runs, one run after the other.
pub trait Sampler {
    /// Begins run number `run` and says which of the `permitted` faults it may
    /// suffer. Kinds of faults left out are never asked for in this run.
    fn begin(&mut self, run: u64, permitted: Faults) -> Faults;

    /// Takes one of `options`, which is at least 2; 0 is the default. An answer
    /// that is out of range counts as the default.
    fn choose(&mut self, kind: Kind, options: u32) -> u32;
}
