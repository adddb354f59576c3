//! Where a choice stands in a run, whatever its number on the tape.
//!
//! An index on a lane is worth nothing once somebody has put a yield into the
//! code: every choice behind it moves by one. So beside its index a deviation is
//! told by the strands that it is about and by how far they have come:
//!
//! ```text
//! schedule      root.1 takes its turn 4 before root.0 takes its turn 3
//! other kinds   the first choice of this kind in turn 2 of root.1
//! ```
//!
//! A strand's turns only grow, so within one run such a place comes up once; a
//! schedule's comes up again only if somebody else went first there, which is a
//! deviation itself.

use crate::choice::Kind;
use crate::lineage::Lineage;
use crate::strand::Strand;

/// One turn of a strand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Turn {
    /// Whose turn.
    pub strand: Lineage,
    /// Which of its turns, counted from 1.
    pub number: u32,
}

/// What a deviation is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fingerprint {
    /// A strand takes a turn before the one that would have gone by default.
    Schedule {
        /// The turn that is taken.
        taken: Turn,
        /// The turn that would have been taken.
        before: Turn,
    },
    /// Any other kind of choice.
    Within {
        /// The turn in which, or after which, it is made; none before the first.
        turn: Option<Turn>,
        /// Which of the choices of this kind since that turn began, counted from 1.
        nth: u32,
    },
}

/// A choice that is not the default, and all that tells it from others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Deviation {
    /// What is decided.
    pub kind: Kind,
    /// Its number on the lane of its kind, counted from 0.
    pub index: usize,
    /// Among how many options.
    pub options: u32,
    /// The option taken, which is not 0.
    pub option: u32,
    /// Where it stands.
    pub fingerprint: Fingerprint,
}

/// Keeps the place of a run while a sampler goes through it.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// The strands that had a turn, by number: parent and ordinal, if seen.
    strands: Vec<Option<(Option<usize>, u32)>>,
    /// The last turn, as number of the strand and of its turn.
    turn: Option<(usize, u32)>,
    /// Choices of each kind since it began.
    choices: [u32; Kind::ALL.len()],
}

impl Place {
    pub(super) fn begin(&mut self) {
        self.strands.clear();
        self.turn = None;
        self.choices = Default::default();
    }

    pub(super) fn turn(&mut self, strand: &Strand) {
        let number = strand.number();
        if self.strands.len() <= number {
            self.strands.resize(number + 1, None);
        }
        self.strands[number] = Some((strand.parent(), strand.ordinal()));
        self.turn = Some((number, strand.turns()));
        self.choices = Default::default();
    }

    /// Counts a choice; gives its number since the turn began.
    pub(super) fn count(&mut self, kind: Kind) -> u32 {
        let count = &mut self.choices[kind as usize];
        *count += 1;
        *count
    }

    /// The last turn, as number of its strand and of its turn.
    pub(super) fn last(&self) -> Option<(usize, u32)> {
        self.turn
    }

    /// The last turn, written out.
    pub(super) fn last_turn(&self) -> Option<Turn> {
        let (strand, number) = self.turn?;
        Some(Turn { strand: self.lineage_of(strand), number })
    }

    /// The turn that `strand` is about to take.
    pub(super) fn next_turn(&self, strand: &Strand) -> Turn {
        let lineage = match strand.parent() {
            Some(parent) => self.lineage_of(parent).child(strand.ordinal()),
            None => Lineage::of_nobody(strand.number() as u32),
        };
        Turn { strand: lineage, number: next_number(strand) }
    }

    /// Whoever spawns has had a turn, so every forefather is known.
    fn lineage_of(&self, strand: usize) -> Lineage {
        let mut ordinals = Vec::new();
        let mut at = strand;
        while let Some(Some((Some(parent), ordinal))) = self.strands.get(at) {
            ordinals.push(*ordinal);
            at = *parent;
        }
        ordinals.into_iter().rev().fold(Lineage::of_nobody(at as u32), Lineage::child)
    }
}

/// The number of the turn that `strand` is about to take.
pub(super) fn next_number(strand: &Strand) -> u32 {
    strand.turns().wrapping_add(1)
}
