//! Samplers: the policies that make the choices of a run.
//!
//! A sampler sees kinds of choices, numbers of options and
//! [strands](crate::Strand), never a future. One policy a file.

mod arrivals;
mod bounded;
mod bytes;
mod children;
mod eager;
mod environment;
mod exhaustive;
mod fingerprint;
mod foresight;
mod frontier;
mod gathering;
mod lessons;
mod observation;
mod pct;
mod plain;
mod policy;
mod portfolio;
mod pos;
mod random;
mod replay;
mod resync;
mod script;
mod seeded;
mod shares;
mod sticky;
mod surw;
mod table;
mod turns;
mod unshared;
mod urw;
mod users;
mod weights;

pub use bounded::Bounded;
pub use bytes::{Bytes, Written};
pub use exhaustive::Exhaustive;
pub use fingerprint::{Deviation, Fingerprint, Turn};
pub use frontier::Exhausted;
pub use pct::Pct;
pub use plain::Plain;
pub use policy::{Policy, Run};
pub use portfolio::{Member, Portfolio};
pub use pos::Pos;
pub use random::RandomWalk;
pub use replay::Replay;
pub use resync::{Alignment, Divergence, Found, Resync};
pub use script::Script;
pub use seeded::{Random, Seeded};
pub use sticky::Sticky;
pub use surw::Surw;
pub use urw::Urw;

pub(crate) use foresight::AHEAD;

use crate::choice::Kind;
use crate::fault::Faults;
use crate::strand::{Runnable, Strand};

/// Makes the choices of runs, one run after the other.
pub trait Sampler {
    /// Begins run number `run` and says which of the `permitted` faults it may
    /// suffer. Kinds of faults left out are never asked for in this run.
    fn begin(&mut self, run: u64, permitted: Faults) -> Faults;

    /// Takes one of `options`, which is at least 2; 0 is the default. An answer
    /// that is out of range counts as the default.
    fn choose(&mut self, kind: Kind, options: u32) -> u32;

    /// Takes one of the runnable strands, of which there are at least two.
    #[inline(always)]
    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        self.choose(Kind::Schedule, runnable.len())
    }

    /// After `option` was taken of `options` strands: what it will take next, if as many
    /// stay runnable and it knows already. A hint of which memory is needed soon.
    #[inline(always)]
    fn foresee(&mut self, options: u32, option: u32) -> &[u32] {
        let _ = (options, option);
        &[]
    }

    /// The next move that makes an argument simpler: 0 for none, which ends them. Only
    /// tapes that were shrunk have any.
    #[inline]
    fn move_argument(&mut self) -> u32 {
        0
    }

    /// A strand has its turn, chosen or because no other was runnable. Passing a
    /// scheduling point begins a new turn.
    #[inline(always)]
    fn turn(&mut self, strand: &Strand) {
        let _ = strand;
    }

    /// The run is over.
    #[inline(always)]
    fn end(&mut self) {}
}

impl<S: Sampler + ?Sized> Sampler for &mut S {
    fn begin(&mut self, run: u64, permitted: Faults) -> Faults {
        (**self).begin(run, permitted)
    }

    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        (**self).choose(kind, options)
    }

    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        (**self).schedule(runnable)
    }

    fn foresee(&mut self, options: u32, option: u32) -> &[u32] {
        (**self).foresee(options, option)
    }

    fn move_argument(&mut self) -> u32 {
        (**self).move_argument()
    }

    fn turn(&mut self, strand: &Strand) {
        (**self).turn(strand);
    }

    fn end(&mut self) {
        (**self).end();
    }
}
