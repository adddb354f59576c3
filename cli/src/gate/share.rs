//! Whose turn it is: time is shared among the searches in proportion to what each still
//! promises.
//!
//! What a search promises is the chance, by Good and Turing, that its next run shows a schedule
//! that none has shown. Of two that promise the same each gets the same time; one that
//! promises twice as much gets twice as much. None starves: the estimate is of schedules,
//! and a bug may need a schedule that looks like another one. This is stride scheduling
//! (Waldspurger and Weihl, 1995), with the pass of a search being what it had over its weight.

use std::time::Duration;

/// The least that a search is said to promise.
const LEAST: f64 = 0.05;

/// A search that wants time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Share {
    /// What it had.
    pub(super) spent: Duration,
    /// What it promises.
    pub(super) chance: f64,
}

impl Default for Share {
    fn default() -> Share {
        Share { spent: Duration::ZERO, chance: 1.0 }
    }
}

impl Share {
    /// The one with the least pass is next.
    pub(super) fn pass(&self) -> f64 {
        self.spent.as_secs_f64() / self.chance.clamp(LEAST, 1.0)
    }
}

/// The number of the one that is next of `shares`; of those alike the first.
pub(super) fn next(shares: impl IntoIterator<Item = (usize, Share)>) -> Option<usize> {
    let least = |a: (usize, f64), b: (usize, f64)| if b.1 < a.1 { b } else { a };
    shares.into_iter().map(|(number, share)| (number, share.pass())).reduce(least).map(|(n, _)| n)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each has after so many slices of a millisecond.
    fn shared(chances: &[f64], slices: usize) -> Vec<u128> {
        let mut shares: Vec<Share> =
            chances.iter().map(|chance| Share { chance: *chance, ..Share::default() }).collect();
        for _ in 0..slices {
            let next = next(shares.iter().copied().enumerate()).unwrap();
            shares[next].spent += Duration::from_millis(1);
        }
        shares.iter().map(|share| share.spent.as_millis()).collect()
    }

    #[test]
    fn time_is_shared_by_what_is_promised_and_nobody_starves() {
        assert_eq!(shared(&[1.0, 1.0, 1.0], 300), [100, 100, 100]);
        assert_eq!(shared(&[0.5, 0.25], 300), [200, 100]);
        // The least that is promised is a twentieth.
        assert_eq!(shared(&[1.0, 0.0], 210), [200, 10]);
        assert_eq!(next([]), None);
    }
}
