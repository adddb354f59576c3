//! Which of two tapes is the smaller one, and what makes two the same.

use crate::arguments::spans::deviations;
use reveille_sim::{Kind, Tape};
use std::hash::{DefaultHasher, Hash, Hasher};

/// What is made smaller, the most telling first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Size {
    deviations: usize,
    /// Deviations that are no schedule: faults and inputs. Where one can stand for
    /// the other, an order of steps explains more than a fault.
    external: usize,
    /// How far into its lanes the tape reaches.
    reach: usize,
    sum: u64,
    places: usize,
}

impl Size {
    pub(super) fn of(tape: &Tape) -> Size {
        let mut size = Size { deviations: 0, external: 0, reach: 0, sum: 0, places: 0 };
        for (kind, index, option) in deviations(tape) {
            size.deviations += 1;
            size.external += usize::from(is_external(kind));
            size.sum += u64::from(option);
            size.places += index;
        }
        size.reach = lanes().map(|kind| extent(tape.lane(kind))).sum();
        size
    }
}

/// Whether a deviation of this kind comes from outside the tasks.
pub(super) fn is_external(kind: Kind) -> bool {
    !matches!(kind, Kind::Schedule | Kind::Timer)
}

/// The lanes that hold deviations, those from outside first.
pub(super) fn lanes() -> impl Iterator<Item = Kind> {
    let of = |external| Kind::ALL.into_iter().filter(move |kind| is_external(*kind) == external);
    of(true).chain(of(false)).filter(|kind| *kind != Kind::Argument)
}

/// The length of a lane without the defaults at its end.
pub(super) fn extent(lane: &[u32]) -> usize {
    lane.iter().rposition(|option| *option != 0).map_or(0, |last| last + 1)
}

/// The same for tapes that make the same run.
pub(super) fn run_key(tape: &Tape) -> u64 {
    let mut hasher = DefaultHasher::new();
    for kind in Kind::ALL {
        let lane = tape.lane(kind);
        lane[..extent(lane)].hash(&mut hasher);
    }
    hasher.finish()
}
