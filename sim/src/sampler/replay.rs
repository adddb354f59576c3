//! Reads the choices from a tape.
//!
//! A choice past the end of its lane, or out of the range that the run offers
//! there, takes the default: a tape never fails to replay, it only replays
//! something else.
//!
//! On request it notes [what every deviation is about](Deviation), for a replay on
//! code that was edited since.

use super::Sampler;
use super::fingerprint::{Deviation, Fingerprint, Place};
use crate::choice::Kind;
use crate::fault::Faults;
use crate::strand::{Runnable, Strand};
use crate::tape::Tape;

/// Takes what a tape says.
#[derive(Clone, Debug)]
pub struct Replay {
    tape: Tape,
    heads: [usize; Kind::ALL.len()],
    notes: Option<Box<Notes>>,
}

#[derive(Clone, Debug, Default)]
struct Notes {
    place: Place,
    deviations: Vec<Deviation>,
}

impl Replay {
    /// Replays `tape` in every run.
    #[must_use]
    pub fn new(tape: Tape) -> Self {
        Replay { tape, heads: [0; Kind::ALL.len()], notes: None }
    }

    /// The same, and notes what the deviations are about.
    ///
    /// ```
    /// use reveille_sim::{Fingerprint, Kind, Replay, Settings, Tape, World, spawn, yield_now};
    ///
    /// let mut tape = Tape::new();
    /// tape.push(Kind::Schedule, 1);
    /// let mut replay = Replay::noting(tape);
    /// World::new().run(&Settings::default(), &mut replay, 0, || async {
    ///     let (first, second) = (spawn(yield_now()), spawn(yield_now()));
    ///     first.await.unwrap();
    ///     second.await.unwrap();
    /// });
    /// let [deviation] = replay.deviations() else { panic!("one was taken") };
    /// let Fingerprint::Schedule { taken, before } = &deviation.fingerprint else { panic!() };
    /// assert_eq!((taken.strand.to_string(), taken.number), ("root.1".to_owned(), 1));
    /// assert_eq!((before.strand.to_string(), before.number), ("root.0".to_owned(), 1));
    /// ```
    #[must_use]
    pub fn noting(tape: Tape) -> Self {
        Replay { notes: Some(Box::default()), ..Replay::new(tape) }
    }

    /// The deviations that the last run took, in its order; none unless they were
    /// [asked for](Self::noting).
    #[must_use]
    pub fn deviations(&self) -> &[Deviation] {
        self.notes.as_ref().map_or(&[], |notes| &notes.deviations)
    }
}

impl Replay {
    #[inline]
    fn next(&mut self, kind: Kind, options: u32) -> u32 {
        let head = &mut self.heads[kind as usize];
        let option = self.tape.get(kind, *head);
        *head += 1;
        if option < options { option } else { 0 }
    }

    /// The index of the choice that was made last.
    fn index(&self, kind: Kind) -> usize {
        self.heads[kind as usize] - 1
    }
}

impl Sampler for Replay {
    fn begin(&mut self, _run: u64, _permitted: Faults) -> Faults {
        self.heads = [0; Kind::ALL.len()];
        if let Some(notes) = &mut self.notes {
            notes.place.begin();
            notes.deviations.clear();
        }
        let struck = self.tape.deviations().map(|(kind, ..)| kind);
        struck.fold(Faults::NONE, Faults::with)
    }

    #[inline]
    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        let option = self.next(kind, options);
        let index = self.index(kind);
        if let Some(notes) = &mut self.notes {
            let nth = notes.place.count(kind);
            if option != 0 {
                let fingerprint = Fingerprint::Within { turn: notes.place.last_turn(), nth };
                notes.deviations.push(Deviation { kind, index, options, option, fingerprint });
            }
        }
        option
    }

    #[inline]
    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        let (kind, options) = (Kind::Schedule, runnable.len());
        let option = self.next(kind, options);
        let index = self.index(kind);
        if option != 0
            && let Some(notes) = &mut self.notes
        {
            let taken = notes.place.next_turn(runnable.get(option));
            let before = notes.place.next_turn(runnable.get(0));
            let fingerprint = Fingerprint::Schedule { taken, before };
            notes.deviations.push(Deviation { kind, index, options, option, fingerprint });
        }
        option
    }

    #[inline]
    fn turn(&mut self, strand: &Strand) {
        if let Some(notes) = &mut self.notes {
            notes.place.turn(strand);
        }
    }

    fn move_argument(&mut self) -> u32 {
        self.choose(Kind::Argument, 3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_are_read_apart_and_end_in_defaults() {
        let mut tape = Tape::new();
        *tape.lane_mut(Kind::Schedule) = vec![1, 0, 2];
        *tape.lane_mut(Kind::SpuriousPoll) = vec![0, 1];
        let mut replay = Replay::new(tape);
        for run in 0..2 {
            let faults = replay.begin(run, Faults::NONE);
            assert_eq!(faults, Faults::NONE.with(Kind::SpuriousPoll));
            assert_eq!(replay.choose(Kind::Schedule, 2), 1);
            assert_eq!(replay.choose(Kind::SpuriousPoll, 2), 0);
            assert_eq!(replay.choose(Kind::Schedule, 2), 0);
            assert_eq!(replay.choose(Kind::SpuriousPoll, 2), 1);
            assert_eq!(replay.choose(Kind::Schedule, 2), 0, "option 2 of 2 is not offered");
            assert_eq!(replay.choose(Kind::Schedule, 2), 0, "past the end");
        }
    }
}
