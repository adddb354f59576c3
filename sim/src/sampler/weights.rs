//! The runnable strands of a queue, each with a weight, and draws by them.
//!
//! A binary indexed tree (Fenwick, "A New Data Structure for Cumulative Frequency
//! Tables", 1994) over places in the order of the queue: a change and a draw take a
//! logarithm of steps.

use super::table::Table;
use crate::entropy::Entropy;
use crate::strand::Queue;

/// Places that are free are given up when they are most of them.
const LEAST_PLACES: usize = 64;

/// The weights of the strands of a queue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Weights {
    /// Partial sums; number `i` ends at place `i`, and the first stands for nothing.
    sums: Vec<u64>,
    /// Who stands at a place, and when it came.
    places: Vec<(usize, u64)>,
    /// The place of each strand, and its weight; 0 for none.
    of: Table<(usize, u32)>,
}

impl Weights {
    pub(crate) fn clear(&mut self) {
        self.sums.clear();
        self.sums.push(0);
        self.places.clear();
        self.of.clear();
    }

    /// Whether most of the places are free.
    pub(crate) fn is_sparse(&self, len: u32) -> bool {
        self.places.len() > 2 * len as usize + LEAST_PLACES
    }

    /// The strand of that number came behind all others. It may have left an earlier place
    /// without a turn, as one that is held back does.
    pub(crate) fn push(&mut self, number: usize, arrival: u64, weight: u32) {
        self.remove(number);
        self.places.push((number, arrival));
        let place = self.places.len();
        let mut sum = u64::from(weight);
        let mut before = place - 1;
        while before > place - (place & place.wrapping_neg()) {
            sum += self.sums[before];
            before &= before - 1;
        }
        self.sums.push(sum);
        *self.of.numbered(number) = (place, weight);
    }

    /// Gives another weight to the strand of that number, if it has a place.
    pub(crate) fn set(&mut self, number: usize, weight: u32) {
        let (mut place, before) = *self.of.numbered(number);
        if place == 0 {
            return;
        }
        *self.of.numbered(number) = (place, weight);
        while place < self.sums.len() {
            self.sums[place] = self.sums[place] - u64::from(before) + u64::from(weight);
            place += place & place.wrapping_neg();
        }
    }

    /// The strand of that number is gone.
    pub(crate) fn remove(&mut self, number: usize) {
        self.set(number, 0);
        *self.of.numbered(number) = (0, 0);
    }

    /// Draws one that still stands in the queue, with a chance proportional to its weight.
    pub(crate) fn draw(&mut self, queue: Queue<'_>, entropy: &mut Entropy) -> Option<u32> {
        loop {
            let total = self.total();
            if total == 0 {
                return None;
            }
            let (number, arrival) = self.at(entropy.share(total));
            match queue.option_of(arrival) {
                None => self.remove(number),
                option => return option,
            }
        }
    }

    fn total(&self) -> u64 {
        let mut place = self.places.len();
        let mut sum = 0;
        while place > 0 {
            sum += self.sums[place];
            place &= place - 1;
        }
        sum
    }

    /// Whose share `at` is, which lies below the total.
    fn at(&self, mut at: u64) -> (usize, u64) {
        let mut place = 0;
        let mut width = self.sums.len().next_power_of_two();
        while width > 0 {
            if let Some(sum) = self.sums.get(place + width)
                && *sum <= at
            {
                at -= sum;
                place += width;
            }
            width /= 2;
        }
        self.places[place]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn who_comes_again_has_one_place_only() {
        let mut weights = Weights::default();
        weights.clear();
        weights.push(0, 1, 3);
        weights.push(1, 2, 2);
        weights.push(0, 3, 4);
        assert_eq!(weights.total(), 6);
        assert_eq!([0, 1, 2, 5].map(|at| weights.at(at)), [(1, 2), (1, 2), (0, 3), (0, 3)]);
        weights.remove(0);
        assert_eq!(weights.total(), 2);
    }

    proptest! {
        #[test]
        fn every_share_is_where_it_would_be_in_a_row(
            pushed in prop::collection::vec(0..5u32, 1..70),
            changes in prop::collection::vec((any::<prop::sample::Index>(), 0..5u32), 0..40),
        ) {
            let mut weights = Weights::default();
            weights.clear();
            let mut row = pushed.clone();
            for (number, weight) in pushed.into_iter().enumerate() {
                weights.push(number, 1 + number as u64, weight);
            }
            for (at, weight) in changes {
                let number = at.index(row.len());
                weights.set(number, weight);
                row[number] = weight;
            }
            let shares = (0..row.len()).flat_map(|n| (0..row[n]).map(move |_| n));
            for (at, number) in shares.enumerate() {
                prop_assert_eq!(weights.at(at as u64), (number, 1 + number as u64));
            }
            prop_assert_eq!(weights.total(), row.iter().map(|weight| u64::from(*weight)).sum::<u64>());
        }
    }
}
