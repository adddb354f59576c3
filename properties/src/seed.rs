//! Where the random choices of a test begin.

use crate::hash::fnv1a;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

/// The seed of a test's runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seed {
    /// Made of the test's name: a green test stays green until code changes.
    OfName(u64),
    /// Given by the test or the environment.
    Given(u64),
    /// Drawn anew each time.
    Drawn(u64),
}

impl Seed {
    /// The 64-bit FNV-1a hash of the test's name.
    pub(crate) fn of_name(name: &str) -> Seed {
        Seed::OfName(fnv1a(name))
    }

    /// A seed from the randomness that the standard library seeds its maps with.
    pub(crate) fn drawn() -> Seed {
        Seed::Drawn(RandomState::new().hash_one(std::process::id()))
    }

    pub(crate) fn value(self) -> u64 {
        match self {
            Seed::OfName(seed) | Seed::Given(seed) | Seed::Drawn(seed) => seed,
        }
    }
}

impl fmt::Display for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Seed::OfName(seed) => write!(f, "{seed:#x} (made of the test's name)"),
            Seed::Given(seed) => write!(f, "{seed:#x}"),
            Seed::Drawn(seed) => write!(f, "{seed:#x} (drawn; REVEILLE_SEED={seed:#x} repeats it)"),
        }
    }
}
