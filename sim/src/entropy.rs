//! The random bits of one run.
//!
//! Xoshiro256++ (Blackman, Vigna: "Scrambled Linear Pseudorandom Number
//! Generators", 2021), begun anew for every run from a word that mixes the seed
//! and the run's number. So the bits of run `i` are a function of the seed and `i`
//! alone, whatever ran before, and to begin a run costs a few nanoseconds.
//!
//! Numbers are drawn bit by bit with rejection: exact, and a choice between two
//! strands costs one bit.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// A seeded source of bits with a random access to runs.
#[derive(Clone, Debug)]
pub(crate) struct Entropy {
    seed: u64,
    words: Xoshiro256PlusPlus,
    reservoir: u64,
    held: u32,
}

impl Entropy {
    pub(crate) fn new(seed: u64) -> Self {
        Entropy { seed, words: Xoshiro256PlusPlus::seed_from_u64(seed), reservoir: 0, held: 0 }
    }

    /// Goes to the first bit of run `run`.
    #[inline]
    pub(crate) fn begin(&mut self, run: u64) {
        // Runs are told apart by an odd multiple, so that no two have one word;
        // the multiplier is that of Weyl sequences with the golden ratio.
        let word = self.seed.rotate_left(32) ^ run.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.words = Xoshiro256PlusPlus::seed_from_u64(word);
        self.reservoir = 0;
        self.held = 0;
    }

    /// The next 64 bits.
    #[inline]
    pub(crate) fn word(&mut self) -> u64 {
        self.words.next_u64()
    }

    /// The next `count` bits, at most 32.
    #[inline]
    pub(crate) fn bits(&mut self, count: u32) -> u32 {
        debug_assert!(count <= 32);
        if self.held < count {
            // What is left of the old word is not worth the mixing.
            self.reservoir = self.word();
            self.held = u64::BITS;
        }
        let bits = (self.reservoir & ((1u64 << count) - 1)) as u32;
        self.reservoir >>= count;
        self.held -= count;
        bits
    }

    /// A number below `options`, each with the same chance.
    #[inline]
    pub(crate) fn below(&mut self, options: u32) -> u32 {
        debug_assert!(options > 0);
        let width = u32::BITS - (options - 1).leading_zeros();
        loop {
            let drawn = self.bits(width);
            if drawn < options {
                return drawn;
            }
        }
    }

    /// A number below `total`, which is not 0; biased by less than `total / 2^64`.
    #[inline]
    pub(crate) fn share(&mut self, total: u64) -> u64 {
        debug_assert!(total > 0);
        ((u128::from(self.word()) * u128::from(total)) >> 64) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws(entropy: &mut Entropy, run: u64, count: usize) -> Vec<u32> {
        entropy.begin(run);
        (0..count).map(|i| entropy.below(2 + i as u32 % 5)).collect()
    }

    #[test]
    fn bits_of_a_run_do_not_depend_on_what_ran_before() {
        let mut forward = Entropy::new(7);
        let in_order: Vec<_> = (0..40).map(|run| draws(&mut forward, run, 500)).collect();
        let mut jumping = Entropy::new(7);
        for run in [39, 0, 17, 16, 3, 8, 9, 39, 1] {
            assert_eq!(draws(&mut jumping, run, 500), in_order[run as usize], "run {run}");
        }
    }

    #[test]
    fn runs_and_seeds_differ() {
        let mut one = Entropy::new(1);
        let mut two = Entropy::new(2);
        assert_ne!(draws(&mut one, 0, 64), draws(&mut one, 1, 64));
        assert_ne!(draws(&mut one, 0, 64), draws(&mut two, 0, 64));
        // Far from the beginning, too.
        assert_ne!(draws(&mut one, 0, 900)[600..], draws(&mut one, 1, 900)[600..]);
    }

    #[test]
    fn every_option_comes_up_equally_often() {
        let mut entropy = Entropy::new(3);
        for options in [2u32, 3, 5, 7, 10, 1000] {
            let mut seen = vec![0u32; options as usize];
            entropy.begin(u64::from(options));
            let draws = 2000 * options;
            for _ in 0..draws {
                seen[entropy.below(options) as usize] += 1;
            }
            // Pearson's chi-squared; mean `options - 1`, variance twice that.
            let chi: f64 = seen.iter().map(|&n| (f64::from(n) - 2000.0).powi(2) / 2000.0).sum();
            let degrees = f64::from(options - 1);
            assert!(chi < degrees + 5.0 * (2.0 * degrees).sqrt(), "{options} options: {chi}");
        }
    }

    #[test]
    fn the_only_option_costs_no_bits() {
        let mut entropy = Entropy::new(3);
        entropy.begin(0);
        assert_eq!((0..100).map(|_| entropy.below(1)).sum::<u32>(), 0);
        assert_eq!(entropy.held, 0);
    }
}
