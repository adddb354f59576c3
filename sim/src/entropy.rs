//! The random bits of one run.
//!
//! ChaCha8 (Bernstein, 2008; eight rounds are ample where nobody attacks) keyed
//! by a `u64` seed. Run `i` owns words `8 i .. 8 i + 8` of the key stream, so one
//! buffer of 64 words serves eight short runs and nothing is ever reseeded; a
//! run that needs more reads on in a stream of its own. The bits of run `i` are
//! therefore a function of the seed and `i` alone, whatever ran before.
//!
//! Numbers are drawn bit by bit with rejection: exact, and a choice between two
//! strands costs one bit.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

const WORDS_PER_RUN: u64 = 8;
const RUNS_PER_BUFFER: u64 = 8;
const WORDS: usize = (WORDS_PER_RUN * RUNS_PER_BUFFER) as usize;

/// A seeded source of bits with a random access to runs.
#[derive(Debug)]
pub(crate) struct Entropy {
    shared: ChaCha8Rng,
    buffer: [u32; WORDS],
    buffered: Option<u64>,
    own: ChaCha8Rng,
    own_begun: bool,
    run: u64,
    next: usize,
    end: usize,
    reservoir: u64,
    held: u32,
}

impl Entropy {
    pub(crate) fn new(seed: u64) -> Self {
        let shared = ChaCha8Rng::seed_from_u64(seed);
        Entropy {
            own: shared.clone(),
            shared,
            buffer: [0; WORDS],
            buffered: None,
            own_begun: false,
            run: 0,
            next: 0,
            end: 0,
            reservoir: 0,
            held: 0,
        }
    }

    /// Goes to the first bit of run `run`.
    pub(crate) fn begin(&mut self, run: u64) {
        let block = run / RUNS_PER_BUFFER;
        if self.buffered != Some(block) {
            self.load(block);
        }
        self.run = run;
        self.own_begun = false;
        self.next = ((run % RUNS_PER_BUFFER) * WORDS_PER_RUN) as usize;
        self.end = self.next + WORDS_PER_RUN as usize;
        self.reservoir = 0;
        self.held = 0;
    }

    #[cold]
    fn load(&mut self, block: u64) {
        let follows = self.buffered.is_some_and(|last| last.wrapping_add(1) == block);
        if !follows {
            self.shared.set_word_pos(u128::from(block) * WORDS as u128);
        }
        for word in &mut self.buffer {
            *word = self.shared.next_u32();
        }
        self.buffered = Some(block);
    }

    #[inline]
    fn word(&mut self) -> u32 {
        if self.next < self.end {
            self.next += 1;
            self.buffer[self.next - 1]
        } else {
            self.own_word()
        }
    }

    fn own_word(&mut self) -> u32 {
        if !self.own_begun {
            // Stream 0 is the shared one.
            self.own.set_stream(self.run + 1);
            self.own.set_word_pos(0);
            self.own_begun = true;
        }
        self.own.next_u32()
    }

    /// The next `count` bits, at most 32.
    #[inline]
    pub(crate) fn bits(&mut self, count: u32) -> u32 {
        debug_assert!(count <= 32);
        if self.held < count {
            self.reservoir |= u64::from(self.word()) << self.held;
            self.held += 32;
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
        // Past the shared words, where streams of their own begin.
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
