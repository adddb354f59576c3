//! A policy: which of the runnable strands goes next, and nothing else.
//!
//! What a policy shares with all others - the random bits of the run, and what the
//! runs so far showed - is given to it with every call.

use super::foresight::Foresight;
use super::lessons::Lessons;
use crate::entropy::Entropy;
use crate::strand::{Runnable, Strand};

/// What a policy is given beside the strands.
#[derive(Clone, Debug)]
pub struct Run {
    pub(crate) entropy: Entropy,
    pub(crate) lessons: Lessons,
    /// Whether turns that nobody else can see go before the policy is asked.
    pub(crate) is_eager: bool,
    pub(crate) foresight: Foresight,
}

/// Decides which strand goes next.
pub trait Policy {
    /// A run begins.
    fn begin(&mut self, run: &mut Run) {
        let _ = run;
    }

    /// Takes one of the runnable strands, of which there are at least two.
    fn schedule(&mut self, runnable: &Runnable<'_>, run: &mut Run) -> u32;

    /// After `option` was taken of `options` strands: what it will take next, if as many
    /// stay runnable and it knows already.
    #[inline(always)]
    fn foresee<'a>(&mut self, options: u32, option: u32, run: &'a mut Run) -> &'a [u32] {
        let _ = (options, option, run);
        &[]
    }

    /// A strand has its turn, chosen or not.
    #[inline(always)]
    fn turn(&mut self, strand: &Strand, run: &mut Run) {
        let _ = (strand, run);
    }
}
