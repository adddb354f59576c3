//! From one order of turns to another by swaps of neighbours, and where on the way
//! the verdict flips.

use super::Seen;
use crate::chart::Turn;
use reveille_sim::{Law, Path, Tape};
use std::collections::BTreeSet;

/// The name of a turn: its strand, and how many turns that had before.
type Name = (Path, u32);

/// The way from an order that fails to one that does not.
///
/// Both orders hold the same turns, those that only the other run has at the end.
/// Stage `k` moves the turn that the passing run has at place `k` there, past the
/// turns before it, a swap at a time. Where two turns need each other (one wakes the
/// other) both runs have them in the same order, and they are never swapped.
#[derive(Debug)]
pub(super) struct Way {
    from: Vec<Name>,
    to: Vec<Name>,
}

impl Way {
    pub(super) fn new(from: Vec<Name>, to: Vec<Name>) -> Way {
        let with_rest_of = |order: &[Name], other: &[Name]| {
            let known: BTreeSet<Name> = order.iter().copied().collect();
            let rest = other.iter().copied().filter(|turn| !known.contains(turn));
            order.iter().copied().chain(rest).collect::<Vec<Name>>()
        };
        Way { from: with_rest_of(&from, &to), to: with_rest_of(&to, &from) }
    }

    /// Two neighbours on the way of which the first fails and the second does not.
    /// `run` runs an order. None if the ends of the way are not what they should be.
    pub(super) fn flip(
        &self,
        mut run: impl FnMut(Vec<Name>) -> Option<Seen>,
    ) -> Option<(Seen, Seen)> {
        let mut look = |stage, swaps| run(self.order(stage, swaps));
        let ends = (look(0, 0)?, look(self.to.len(), 0)?);
        if !ends.0.fails || ends.1.fails {
            return None;
        }
        let (stage, ends) = bisect(self.to.len(), ends, |stage| look(stage, 0))?;
        let swaps = self.swaps(stage);
        let (_, ends) = bisect(swaps, ends, |swaps| look(stage, swaps))?;
        Some(ends)
    }

    /// How many turns the turn of a stage has to pass.
    fn swaps(&self, stage: usize) -> usize {
        let rest = self.order(stage, 0);
        rest[stage..].iter().position(|turn| *turn == self.to[stage]).unwrap_or(0)
    }

    /// The order after so many stages, and so many swaps of the next one.
    fn order(&self, stage: usize, swaps: usize) -> Vec<Name> {
        let done: BTreeSet<Name> = self.to[..stage].iter().copied().collect();
        let mut order = self.to[..stage].to_vec();
        order.extend(self.from.iter().copied().filter(|turn| !done.contains(turn)));
        if swaps > 0
            && let Some(at) = order.iter().position(|turn| *turn == self.to[stage])
        {
            order[at - swaps..=at].rotate_right(1);
        }
        order
    }
}

/// Of 0 to `last`, where the first fails and the last does not, a number that fails
/// while the next one does not, with both.
fn bisect(
    last: usize,
    ends: (Seen, Seen),
    mut look: impl FnMut(usize) -> Option<Seen>,
) -> Option<(usize, (Seen, Seen))> {
    let (mut low, mut high) = (0, last);
    let (mut fails, mut passes) = ends;
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        let seen = look(middle)?;
        if seen.fails {
            (low, fails) = (middle, seen);
        } else {
            (high, passes) = (middle, seen);
        }
    }
    Some((low, (fails, passes)))
}

/// Two turns whose order decides: after the same turns, the run fails if the one goes
/// first and does not if the other does.
#[derive(Clone, Debug)]
pub(super) struct Pair {
    pub(super) first: Turn,
    pub(super) second: Turn,
    /// The run in which they go the other way round.
    pub(super) otherwise: Tape,
    /// The law that is broken then.
    pub(super) law: Option<Law>,
}

impl Pair {
    /// Where the two runs, of which the first fails, part.
    pub(super) fn between([fails, passes]: [Seen; 2]) -> Option<Pair> {
        if !fails.fails || passes.fails {
            return None;
        }
        // A fault that strikes somebody else instead is another cause.
        let struck = fails.strikes();
        if passes.strikes().iter().any(|strike| !struck.contains(strike)) {
            return None;
        }
        let both = fails.chart.turns.iter().zip(&passes.chart.turns);
        let (first, second) = { both }.find(|(one, other)| one.name() != other.name())?;
        let (first, second) = (first.clone(), second.clone());
        Some(Pair { first, second, otherwise: passes.tape, law: passes.law })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(numbers: &[u32]) -> Vec<Name> {
        numbers.iter().map(|number| (Path::ROOT, *number)).collect()
    }

    #[test]
    fn the_way_leads_from_one_order_to_the_other() {
        let way = Way::new(names(&[1, 2, 3, 9]), names(&[3, 1, 2, 7]));
        assert_eq!(way.order(0, 0), names(&[1, 2, 3, 9, 7]));
        assert_eq!(way.swaps(0), 2);
        assert_eq!(way.order(0, 1), names(&[1, 3, 2, 9, 7]));
        assert_eq!(way.order(0, 2), names(&[3, 1, 2, 9, 7]));
        assert_eq!(way.order(1, 0), way.order(0, 2));
        assert_eq!(way.order(5, 0), names(&[3, 1, 2, 7, 9]));
    }

    proptest! {
        /// Every step of the way swaps two neighbours that the ends have in different
        /// orders.
        #[test]
        fn each_step_is_a_swap_of_neighbours(
            from in Just((0..8).collect::<Vec<u32>>()).prop_shuffle(),
            to in Just((2..10).collect::<Vec<u32>>()).prop_shuffle(),
        ) {
            let way = Way::new(names(&from), names(&to));
            for stage in 0..way.to.len() {
                let swaps = way.swaps(stage);
                for done in 0..swaps {
                    let (one, other) = (way.order(stage, done), way.order(stage, done + 1));
                    let differ: Vec<usize> = (0..one.len()).filter(|at| one[*at] != other[*at]).collect();
                    prop_assert_eq!(differ.len(), 2);
                    let (a, b) = (one[differ[0]], one[differ[1]]);
                    prop_assert_eq!(differ[1], differ[0] + 1);
                    prop_assert_eq!((other[differ[0]], other[differ[1]]), (b, a));
                    let place = |order: &[Name], turn| order.iter().position(|t| *t == turn);
                    prop_assert!(place(&way.from, a) < place(&way.from, b));
                    prop_assert!(place(&way.to, a) > place(&way.to, b));
                }
                prop_assert_eq!(way.order(stage, swaps), way.order(stage + 1, 0));
            }
            prop_assert_eq!(way.order(way.to.len(), 0), way.to);
        }
    }
}
