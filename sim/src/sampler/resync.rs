//! Replays deviations on code that was edited since they were found.
//!
//! A deviation is looked for by [what it is about](Fingerprint), not by its index.
//! At every choice those deviations are candidates whose place this is:
//!
//! ```text
//! schedule      the default strand is the one that was gone before, about to take
//!               the same turn, and the wanted strand is runnable: it is taken
//!               wherever it stands among the options
//! other kinds   the same turn, the same number of the choice within it
//! ```
//!
//! Of several candidates goes the one whose wanted strand has come exactly as far
//! as it had, then the one of this index, then the first. With none the default is
//! taken, and a deviation that did not come to its turn stays wanted.
//!
//! A deviation of a schedule asks for an order of two turns. If the wanted turn comes
//! by default, and the other has not come yet, the order is as it should be, and the
//! deviation has found its place without being taken.
//!
//! On code that was not edited this is a plain replay. Every deviation is a
//! candidate at its own index, the best one, since a place comes up twice in a run
//! only through deviations, each of which has an index of its own; and none is a
//! candidate earlier, since then the strand gone before would have had its turn.

use super::Sampler;
use super::fingerprint::{Deviation, Fingerprint, Place, Turn, next_number};
use crate::choice::Kind;
use crate::fault::Faults;
use crate::few::Few;
use crate::strand::{Path, Runnable, Strand};

/// Takes deviations wherever they fit.
///
/// ```
/// use reveille_sim::{Kind, Replay, Resync, Settings, Tape, World, spawn, yield_now};
///
/// /// Whether the second of two tasks ends first; the edit is a yield before them.
/// async fn second_is_first(edited: bool) -> bool {
///     use std::{cell::Cell, rc::Rc};
///     if edited {
///         yield_now().await;
///     }
///     let first = Rc::new(Cell::new(0));
///     let finish = |number| {
///         let first = first.clone();
///         reveille_sim::spawn_local(async move { first.set(if first.get() == 0 { number } else { first.get() }) })
///     };
///     let tasks = [finish(1), finish(2)];
///     for task in tasks {
///         task.await.unwrap();
///     }
///     first.get() == 2
/// }
///
/// let mut world = World::new();
/// let mut tape = Tape::new();
/// tape.push(Kind::Schedule, 1);
/// let mut replay = Replay::noting(tape);
/// let run = world.run(&Settings::default(), &mut replay, 0, || second_is_first(false));
/// assert_eq!(run.output, Some(true));
///
/// let mut resync = Resync::new(replay.deviations().to_vec());
/// let run = world.run(&Settings::default(), &mut resync, 0, || second_is_first(true));
/// assert_eq!(run.output, Some(true));
/// assert_eq!(resync.alignment().placed, 1);
/// ```
#[derive(Clone, Debug)]
pub struct Resync {
    deviations: Vec<Deviation>,
    /// What the arguments of the test are made of, as it stands on the tape.
    arguments: Vec<u32>,
    /// The deviations wanted at a place, in their order.
    wanted: Few<Spot, Vec<usize>>,
    /// The deviations of schedules that take a turn, in their order.
    takers: Few<(Path, u32), Vec<usize>>,
    /// The deviation that was at an index of a lane.
    at_index: Few<(Kind, usize), usize>,
    heads: [usize; Kind::ALL.len()],
    place: Place,
    /// The path of the strand that had the last turn.
    last: Option<Path>,
    /// The deviations that found their place.
    taken: Vec<bool>,
    /// Those that the other turn came before.
    late: Vec<bool>,
    alignment: Alignment,
}

/// How a list of deviations fitted a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Alignment {
    /// Deviations that found their place, at their index, elsewhere or by default.
    pub placed: usize,
    /// Deviations in all.
    pub of: usize,
    /// The first that was not met at its index; none if the run is the recorded one.
    pub diverged: Option<Divergence>,
}

/// A deviation was not met at its index.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Divergence {
    /// Its number in the list, counted from 0.
    pub deviation: usize,
    /// What was met instead.
    pub found: Found,
}

/// What stood where a deviation was expected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Found {
    /// The run made no such choice any more.
    Nothing,
    /// Its place came earlier, with the choice of this index.
    Earlier {
        /// The index.
        index: usize,
    },
    /// A schedule, at which another turn was due by default.
    Default(Turn),
    /// The right schedule, but the wanted strand was not runnable, or another
    /// deviation had its place there.
    NotRunnable,
    /// The same kind of choice elsewhere.
    Within {
        /// The last turn begun; none before the first.
        turn: Option<Turn>,
        /// Which of the choices of this kind since.
        nth: u32,
    },
    /// The right choice, but with fewer options.
    Options(u32),
}

/// A fingerprint without the strand that is taken, as runs know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    kind: Kind,
    turn: Option<(Path, u32)>,
    nth: u32,
}

/// A turn, as runs know it.
fn key(turn: &Turn) -> (Path, u32) {
    (turn.strand.path(), turn.number)
}

impl Spot {
    fn of(deviation: &Deviation) -> Spot {
        let kind = deviation.kind;
        match &deviation.fingerprint {
            Fingerprint::Schedule { before, .. } => Spot { kind, turn: Some(key(before)), nth: 0 },
            Fingerprint::Within { turn, nth } => {
                Spot { kind, turn: turn.as_ref().map(key), nth: *nth }
            }
        }
    }
}

impl Resync {
    /// Takes `deviations`, as [`Replay::noting`](crate::Replay::noting) noted them, in every run.
    #[must_use]
    pub fn new(deviations: Vec<Deviation>) -> Resync {
        let mut wanted: Few<Spot, Vec<usize>> = Few::new();
        let mut takers: Few<_, Vec<usize>> = Few::new();
        let mut at_index = Few::new();
        for (number, deviation) in deviations.iter().enumerate() {
            wanted.of(Spot::of(deviation)).push(number);
            let index = (deviation.kind, deviation.index);
            if !at_index.contains_key(&index) {
                at_index.insert(index, number);
            }
            if let Fingerprint::Schedule { taken, .. } = &deviation.fingerprint {
                takers.of(key(taken)).push(number);
            }
        }
        Resync {
            taken: vec![false; deviations.len()],
            late: vec![false; deviations.len()],
            alignment: Alignment { of: deviations.len(), ..Alignment::default() },
            deviations,
            arguments: Vec::new(),
            wanted,
            takers,
            at_index,
            heads: [0; Kind::ALL.len()],
            place: Place::default(),
            last: None,
        }
    }

    /// Makes the arguments of the test of the words of a tape's lane, by their number:
    /// they are inputs, and none of them is looked for.
    #[must_use]
    pub fn with_arguments(self, lane: &[u32]) -> Resync {
        Resync { arguments: lane.to_vec(), ..self }
    }

    /// How the deviations fitted the last run.
    #[must_use]
    pub fn alignment(&self) -> &Alignment {
        &self.alignment
    }

    fn next_index(&mut self, kind: Kind) -> usize {
        let head = &mut self.heads[kind as usize];
        *head += 1;
        *head - 1
    }

    /// The deviations wanted at `spot` that were not taken yet, in their order.
    fn candidates(&self, spot: &Spot) -> impl Iterator<Item = usize> + '_ {
        let wanted = self.wanted.get(spot).map_or(&[][..], Vec::as_slice);
        wanted.iter().copied().filter(|number| !self.taken[*number])
    }

    /// Among the candidates at `spot`: the number of the best one and the option to take.
    fn strand_wanted(
        &self,
        spot: &Spot,
        index: usize,
        runnable: &Runnable<'_>,
    ) -> Option<(usize, u32)> {
        let rank = |number: usize| {
            let Fingerprint::Schedule { taken, .. } = &self.deviations[number].fingerprint else {
                return None;
            };
            let path = taken.strand.path();
            let option = (1..runnable.len()).find(|option| runnable.get(*option).path() == path)?;
            let other_turn = next_number(runnable.get(option)) != taken.number;
            let other_index = self.deviations[number].index != index;
            Some((other_turn, other_index, number, option))
        };
        let best = self.candidates(spot).filter_map(rank).min()?;
        Some((best.2, best.3))
    }

    fn take(&mut self, number: usize, index: usize) {
        self.taken[number] = true;
        self.alignment.placed += 1;
        if index < self.deviations[number].index {
            self.diverged(number, Found::Earlier { index });
        }
    }

    /// A turn has come, chosen or not.
    fn note_order(&mut self, turn: (Path, u32)) {
        for number in self.takers.get(&turn).into_iter().flatten().copied() {
            if !self.taken[number] && !self.late[number] {
                self.taken[number] = true;
                self.alignment.placed += 1;
            }
        }
        let spot = Spot { kind: Kind::Schedule, turn: Some(turn), nth: 0 };
        for number in self.wanted.get(&spot).into_iter().flatten().copied() {
            self.late[number] = true;
        }
    }

    /// The deviation that was recorded at this index, unless it is not wanted any more.
    fn missed(&self, kind: Kind, index: usize) -> Option<usize> {
        self.at_index.get(&(kind, index)).copied().filter(|number| !self.taken[*number])
    }

    fn diverged(&mut self, deviation: usize, found: Found) {
        self.alignment.diverged.get_or_insert(Divergence { deviation, found });
    }
}

impl Sampler for Resync {
    fn begin(&mut self, _run: u64, permitted: Faults) -> Faults {
        self.heads = [0; Kind::ALL.len()];
        self.place.begin();
        self.last = None;
        self.taken.fill(false);
        self.late.fill(false);
        self.alignment = Alignment { of: self.deviations.len(), ..Alignment::default() };
        let kinds = self.deviations.iter().map(|deviation| deviation.kind);
        // That fault is switched on by whoever runs the tests, who may not do so now.
        let permitted = permitted.with(Kind::StaleLoad);
        kinds.fold(Faults::NONE, Faults::with).and(permitted)
    }

    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        let index = self.next_index(kind);
        if kind == Kind::Argument && !self.arguments.is_empty() {
            let word = self.arguments.get(index).copied().unwrap_or(0);
            return if word < options { word } else { 0 };
        }
        let nth = self.place.count(kind);
        let turn = self.last.zip(self.place.last()).map(|(path, (_, number))| (path, number));
        let spot = Spot { kind, turn, nth };
        let fits = |number: &usize| self.deviations[*number].option < options;
        let taken = self.candidates(&spot).find(fits);
        if let Some(number) = taken {
            self.take(number, index);
        }
        if let Some(number) = self.missed(kind, index) {
            let found = if Spot::of(&self.deviations[number]) == spot {
                Found::Options(options)
            } else {
                Found::Within { turn: self.place.last_turn(), nth }
            };
            self.diverged(number, found);
        }
        taken.map_or(0, |number| self.deviations[number].option)
    }

    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        let kind = Kind::Schedule;
        let index = self.next_index(kind);
        let default = runnable.get(0);
        let spot = Spot { kind, turn: Some((default.path(), next_number(default))), nth: 0 };
        let taken = self.strand_wanted(&spot, index, runnable);
        if let Some((number, _)) = taken {
            self.take(number, index);
        }
        if let Some(number) = self.missed(kind, index) {
            let found = if Spot::of(&self.deviations[number]) == spot {
                Found::NotRunnable
            } else {
                Found::Default(self.place.next_turn(default))
            };
            self.diverged(number, found);
        }
        taken.map_or(0, |(_, option)| option)
    }

    fn turn(&mut self, strand: &Strand) {
        self.place.turn(strand);
        self.last = Some(strand.path());
        self.note_order((strand.path(), strand.turns()));
    }

    fn end(&mut self) {
        if let Some(number) = self.taken.iter().position(|taken| !taken) {
            self.diverged(number, Found::Nothing);
        }
    }

    fn move_argument(&mut self) -> u32 {
        self.choose(Kind::Argument, 3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(strand: &str, number: u32) -> Turn {
        Turn { strand: strand.parse().unwrap(), number }
    }

    /// The root, two children, and a resynchronising replay that is at turn 1 of the root.
    fn begun(deviations: Vec<Deviation>) -> (Resync, [Strand; 3]) {
        let root = Strand::root();
        let (first, second) = (root.spawn(1), root.spawn(2));
        let mut resync = Resync::new(deviations);
        resync.begin(0, Faults::ALL);
        root.take_turn();
        resync.turn(&root);
        (resync, [root, first, second])
    }

    /// `root.1` goes before `root.0`.
    fn second_first(index: usize) -> Deviation {
        let fingerprint =
            Fingerprint::Schedule { taken: turn("root.1", 1), before: turn("root.0", 1) };
        Deviation { kind: Kind::Schedule, index, options: 2, option: 1, fingerprint }
    }

    fn poll_at(index: usize, nth: u32) -> Deviation {
        let fingerprint = Fingerprint::Within { turn: Some(turn("root", 1)), nth };
        Deviation { kind: Kind::SpuriousPoll, index, options: 2, option: 1, fingerprint }
    }

    fn found(resync: &Resync) -> Option<(usize, Found)> {
        resync.alignment().diverged.clone().map(|diverged| (diverged.deviation, diverged.found))
    }

    #[test]
    fn a_place_that_comes_later_or_earlier_is_taken() {
        let (mut resync, [root, first, second]) = begun(vec![second_first(0)]);
        assert_eq!(resync.schedule(&Runnable::of(&[&root, &second, &first])), 0);
        let default = Found::Default(turn("root", 2));
        assert_eq!(found(&resync), Some((0, default.clone())));
        // Wherever it stands among the options.
        assert_eq!(resync.schedule(&Runnable::of(&[&first, &root, &second])), 2);
        resync.end();
        assert_eq!((found(&resync), resync.alignment().placed), (Some((0, default)), 1));

        let (mut resync, [_, first, second]) = begun(vec![second_first(3)]);
        assert_eq!(resync.schedule(&Runnable::of(&[&first, &second])), 1);
        assert_eq!(found(&resync), Some((0, Found::Earlier { index: 0 })));
        // Once.
        assert_eq!(resync.schedule(&Runnable::of(&[&first, &second])), 0);
    }

    #[test]
    fn the_deviation_whose_strand_has_come_as_far_goes_first() {
        let later = Deviation {
            index: 1,
            fingerprint: Fingerprint::Schedule {
                taken: turn("root.1", 2),
                before: turn("root.0", 1),
            },
            ..second_first(0)
        };
        let (mut resync, [_, first, second]) = begun(vec![second_first(7), later]);
        second.take_turn();
        assert_eq!(resync.schedule(&Runnable::of(&[&first, &second])), 1);
        assert_eq!(resync.taken, [false, true]);
    }

    #[test]
    fn a_turn_that_comes_in_time_by_default_is_as_good() {
        let (mut resync, [_, first, second]) = begun(vec![second_first(0)]);
        assert_eq!(resync.schedule(&Runnable::of(&[&second, &first])), 0);
        second.take_turn();
        resync.turn(&second);
        assert_eq!(resync.alignment().placed, 1);
        assert_eq!(found(&resync), Some((0, Found::Default(turn("root.1", 1)))));

        let (mut resync, [_, first, second]) = begun(vec![second_first(0)]);
        for strand in [&first, &second] {
            strand.take_turn();
            resync.turn(strand);
        }
        resync.end();
        assert_eq!(resync.alignment().placed, 0, "too late");
    }

    #[test]
    fn other_kinds_are_counted_within_their_turn() {
        let (mut resync, [root, first, _]) = begun(vec![poll_at(1, 2)]);
        assert_eq!(resync.choose(Kind::SpuriousPoll, 2), 0);
        assert_eq!(resync.choose(Kind::FreshWaker, 2), 0, "another kind");
        assert_eq!(resync.choose(Kind::SpuriousPoll, 2), 1);
        assert_eq!((resync.alignment().placed, found(&resync)), (1, None));

        resync.begin(1, Faults::ALL);
        resync.turn(&root);
        resync.choose(Kind::SpuriousPoll, 2);
        first.take_turn();
        resync.turn(&first);
        assert_eq!(resync.choose(Kind::SpuriousPoll, 2), 0, "another turn");
        let elsewhere = Found::Within { turn: Some(turn("root.0", 1)), nth: 1 };
        assert_eq!(found(&resync), Some((0, elsewhere)));
    }

    #[test]
    fn an_option_that_is_not_offered_is_not_taken() {
        let (mut resync, _) = begun(vec![Deviation { option: 4, ..poll_at(0, 1) }]);
        assert_eq!(resync.choose(Kind::SpuriousPoll, 4), 0);
        assert_eq!(found(&resync), Some((0, Found::Options(4))));
    }

    #[test]
    fn a_fault_that_the_test_does_not_permit_is_left_out() {
        let mut resync = Resync::new(vec![poll_at(0, 1)]);
        assert_eq!(resync.begin(0, Faults::ALL), Faults::NONE.with(Kind::SpuriousPoll));
        assert_eq!(resync.begin(0, Faults::NONE), Faults::NONE);
        resync.end();
        assert_eq!(found(&resync), Some((0, Found::Nothing)));
    }
}
