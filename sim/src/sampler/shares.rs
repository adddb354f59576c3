//! How much each strand of a run has still to do, by what former runs showed.
//!
//! What a strand will spawn is credited to it until it does.

use super::table::Table;
use crate::entropy::Entropy;
use crate::strand::{Path, Strand};
use std::collections::BTreeMap;

/// The remaining turns of the strands of a run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shares {
    rows: Table<Share>,
    /// The numbers of those that had something when they were met.
    holders: Vec<usize>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Share {
    left: u32,
    met: bool,
}

impl Shares {
    pub(crate) fn clear(&mut self) {
        self.rows.clear();
        self.holders.clear();
    }

    /// What the strand of that number has left, if it was met.
    #[inline]
    pub(crate) fn of(&mut self, number: usize) -> u32 {
        self.rows.numbered(number).left
    }

    /// All that were met and have something left, and how much.
    pub(crate) fn holders(&mut self) -> impl Iterator<Item = (usize, u32)> + '_ {
        let Shares { rows, holders } = self;
        holders.retain(|number| rows.numbered(*number).left > 0);
        holders.iter().map(|number| (*number, rows.numbered(*number).left))
    }

    /// What `strand` has left.
    #[inline]
    pub(crate) fn left(&mut self, strand: &Strand, expected: &BTreeMap<Path, u32>) -> u32 {
        self.meet(strand, expected);
        self.rows.of(strand).left
    }

    /// A strand that is seen for the first time takes its share from its parent's; gives
    /// that parent's number, what it had, and what the strand took.
    #[inline]
    pub(crate) fn meet(
        &mut self,
        strand: &Strand,
        expected: &BTreeMap<Path, u32>,
    ) -> Option<(usize, u32, u32)> {
        if self.rows.of(strand).met {
            return None;
        }
        let left = expected.get(&strand.path()).copied().unwrap_or(0);
        *self.rows.of(strand) = Share { left, met: true };
        if left > 0 {
            self.holders.push(strand.number());
        }
        let number = strand.parent()?;
        let parent = self.rows.numbered(number);
        let before = parent.left;
        parent.left = before.saturating_sub(left);
        Some((number, before, left))
    }

    /// One turn of `strand` is done.
    #[inline]
    pub(crate) fn spend(&mut self, strand: &Strand, expected: &BTreeMap<Path, u32>) {
        let left = self.left(strand, expected);
        self.rows.of(strand).left = left.saturating_sub(1);
    }
}

/// Draws one of the weights with a chance proportional to it; none if all are 0.
#[inline]
pub(crate) fn draw_weighted(
    weights: impl Iterator<Item = u32> + Clone,
    entropy: &mut Entropy,
) -> Option<usize> {
    let total: u64 = weights.clone().map(u64::from).sum();
    if total == 0 {
        return None;
    }
    let mut at = entropy.share(total);
    let mut weights = weights.enumerate();
    weights.find_map(|(place, weight)| {
        let weight = u64::from(weight);
        if at < weight {
            return Some(place);
        }
        at -= weight;
        None
    })
}
