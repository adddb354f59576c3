//! The random walk: every option of a schedule has the same chance.
//!
//! Faults are swarmed (Groce et al., "Swarm Testing", ISSTA 2012): each run
//! suffers each fault or does not, with even chances, and where it suffers one
//! the fault strikes at a quarter of the occasions (FoundationDB's rate for
//! `BUGGIFY`). So a quarter of the runs is free of faults, and each pair of
//! faults meets in another quarter.

use super::Sampler;
use crate::choice::Kind;
use crate::entropy::Entropy;
use crate::fault::Faults;

const STRIKE_BITS: u32 = 2;

/// Uniform choices from a seed.
#[derive(Debug)]
pub struct Random {
    entropy: Entropy,
}

impl Random {
    /// A random walk; run `i` of two walks with the same seed is the same.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Random { entropy: Entropy::new(seed) }
    }
}

impl Sampler for Random {
    #[inline]
    fn begin(&mut self, run: u64, permitted: Faults) -> Faults {
        self.entropy.begin(run);
        let mut faults = Faults::NONE;
        if !permitted.is_empty() {
            for kind in [Kind::FreshWaker, Kind::SpuriousPoll] {
                if self.entropy.bits(1) == 1 {
                    faults = faults.with(kind);
                }
            }
        }
        faults.and(permitted)
    }

    #[inline]
    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        if kind.is_fault() {
            u32::from(self.entropy.bits(STRIKE_BITS) == 0)
        } else {
            self.entropy.below(options)
        }
    }
}
