//! Reads the choices from a tape.
//!
//! A choice past the end of its lane, or out of the range that the run offers
//! there, takes the default: a tape never fails to replay, it only replays
//! something else, which [`Replay::misfits`] counts.

use super::Sampler;
use crate::choice::Kind;
use crate::fault::Faults;
use crate::tape::Tape;

/// Takes what a tape says.
#[derive(Clone, Debug)]
pub struct Replay {
    tape: Tape,
    heads: [usize; Kind::ALL.len()],
    misfits: usize,
}

impl Replay {
    /// Replays `tape` in every run.
    #[must_use]
    pub fn new(tape: Tape) -> Self {
        Replay { tape, heads: [0; Kind::ALL.len()], misfits: 0 }
    }

    /// How often in the last run the tape took an option that was not offered.
    #[must_use]
    pub fn misfits(&self) -> usize {
        self.misfits
    }
}

impl Sampler for Replay {
    fn begin(&mut self, _run: u64, _permitted: Faults) -> Faults {
        self.heads = [0; Kind::ALL.len()];
        self.misfits = 0;
        let struck = self.tape.deviations().map(|(kind, ..)| kind);
        struck.fold(Faults::NONE, Faults::with)
    }

    #[inline]
    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        let head = &mut self.heads[kind as usize];
        let option = self.tape.get(kind, *head);
        *head += 1;
        if option < options {
            option
        } else {
            self.misfits += 1;
            0
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
            assert_eq!(replay.misfits(), 1);
        }
    }
}
