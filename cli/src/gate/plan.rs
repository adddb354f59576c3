//! What a gate is to do.

use crate::cargo::Binary;
use std::sync::Arc;
use std::time::Duration;

/// A test to run, from one of its seeds.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The binary.
    pub binary: Arc<Binary>,
    /// The name of the test, as the harness knows it.
    pub name: String,
    /// Which of the seeds of the test, the first being its own.
    pub seed: u64,
}

/// How much of it.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Until when to search; none: every test makes its usual runs and no others.
    pub time: Option<Duration>,
    /// Runs of each check, in place of its own number.
    pub runs: Option<u64>,
    /// Where random choices begin, in place of what the tests say.
    pub seed: Option<u64>,
    /// As many seeds of a test are taken by as many machines; further searches take those between
    /// which lie so many.
    pub seeds_taken: u64,
    /// How many processes at once.
    pub jobs: usize,
    /// Whether the first failure ends it.
    pub fail_fast: bool,
    /// How long a process may say nothing.
    pub hang: Duration,
}

/// The seed number `stream` of a test whose own is `own`: that one first, then others that have
/// nothing to do with it (Steele, Lea and Flood, "Fast splittable pseudorandom number
/// generators", 2014: the finaliser of SplitMix).
pub(super) fn seed_of(own: u64, stream: u64) -> u64 {
    if stream == 0 {
        return own;
    }
    let mut z = own.wrapping_add(stream.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::seed_of;
    use std::collections::BTreeSet;

    #[test]
    fn seeds_of_a_test_differ_and_the_first_is_its_own() {
        let seeds: BTreeSet<u64> = (0..1000).map(|stream| seed_of(7, stream)).collect();
        assert_eq!((seed_of(7, 0), seeds.len()), (7, 1000));
        assert_ne!(seed_of(7, 1), seed_of(8, 1));
    }
}
