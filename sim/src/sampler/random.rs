//! The random walk: every option of a schedule has the same chance.
//!
//! Faults are swarmed (Groce et al., "Swarm Testing", ISSTA 2012): each run
//! suffers each permitted fault or does not, with even chances, and where it suffers
//! one the fault strikes at a quarter of the occasions (FoundationDB's rate for
//! `BUGGIFY`). So each pair of faults meets in a quarter of the runs. Those that end
//! something, and of which a poll has many occasions, strike at an eighth.

use super::Sampler;
use crate::choice::Kind;
use crate::entropy::Entropy;
use crate::fault::Faults;

/// How many random bits have to be zero for a fault to strike.
const fn strike_bits(kind: Kind) -> u32 {
    match kind {
        Kind::Cancellation | Kind::ReentrantWaker | Kind::PanickingClone => 3,
        _ => 2,
    }
}

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
        for kind in permitted.iter() {
            if self.entropy.bits(1) == 1 {
                faults = faults.with(kind);
            }
        }
        faults
    }

    #[inline]
    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        if kind.is_fault() {
            u32::from(self.entropy.bits(strike_bits(kind)) == 0)
        } else {
            self.entropy.below(options)
        }
    }
}
