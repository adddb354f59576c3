//! What a random walk will draw next.
//!
//! Its bits depend on nothing that happens in the run. So a copy of them that is a few
//! draws ahead says whose turn comes soon, if as many strands stay runnable, and the
//! memory of those can be on its way. It is a guess: who trusts it wrongly loses time.

use crate::entropy::Entropy;

/// How many draws it is ahead.
pub(crate) const AHEAD: usize = 8;

/// Entropy that is a few draws ahead of another one.
#[derive(Clone, Debug)]
pub(crate) struct Foresight {
    ahead: Entropy,
    coming: [u32; AHEAD],
    options: u32,
}

impl Foresight {
    pub(crate) fn new(entropy: &Entropy) -> Foresight {
        Foresight { ahead: entropy.clone(), coming: [0; AHEAD], options: 0 }
    }

    /// The next draws below `options` of `entropy`, from which `drawn` was just taken.
    #[inline]
    pub(crate) fn after(&mut self, entropy: &Entropy, options: u32, drawn: u32) -> &[u32; AHEAD] {
        if (options, drawn) == (self.options, self.coming[0]) {
            self.coming.copy_within(1.., 0);
            self.coming[AHEAD - 1] = self.ahead.below(options);
        } else {
            self.begin(entropy, options);
        }
        &self.coming
    }

    #[cold]
    fn begin(&mut self, entropy: &Entropy, options: u32) {
        self.ahead = entropy.clone();
        self.options = options;
        self.coming = std::array::from_fn(|_| self.ahead.below(options));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_drawn_next() {
        let mut entropy = Entropy::new(5);
        let mut foresight = Foresight::new(&entropy);
        let mut coming = [0; AHEAD];
        let mut wrong = 0;
        for turn in 0..1_000 {
            let options = if turn == 500 { 999 } else { 1_000 };
            let drawn = entropy.below(options);
            wrong += u32::from(turn > 0 && drawn != coming[0]);
            coming = *foresight.after(&entropy, options, drawn);
            if turn == 700 {
                entropy.word();
            }
        }
        // After a draw of another kind it begins anew with the next one.
        assert!((1..=3).contains(&wrong), "{wrong} of 1000");
    }
}
