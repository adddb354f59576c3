//! Follows a wanted order of turns as far as it can be had.
//!
//! A turn is named by its strand and by how many turns that strand had before, so
//! it means the same in every run that spawns alike. Of the runnable strands the
//! one goes whose next turn stands earliest in the script; a turn that is not
//! there comes after all that are. So the order of turns of a run, followed as a
//! script, is that run again, and two turns that change their places in it change
//! them in the run if both can go.
//!
//! What is no schedule is read from a tape. The run makes an ordinary tape of its
//! own, from which [`Replay`] repeats it without the script.

use super::{Replay, Sampler};
use crate::choice::Kind;
use crate::fault::Faults;
use crate::strand::{Path, Runnable};
use crate::tape::Tape;

/// Takes what a script of turns says.
#[derive(Clone, Debug)]
pub struct Script {
    /// Turns and their places, sorted by turn.
    places: Vec<((Path, u32), usize)>,
    others: Replay,
}

impl Script {
    /// Follows `turns`: strands, each with the number of its turn, counted from 0.
    /// Choices that are no schedule are those of `tape`.
    ///
    /// ```
    /// use reveille_sim::{Path, Script, Settings, Tape, World, point, spawn};
    ///
    /// // The root spawns a task and waits for it; the task comes to a point.
    /// let child = Path::ROOT.child(0);
    /// let turns = [(Path::ROOT, 0), (child, 0), (child, 1), (Path::ROOT, 1)];
    /// let mut script = Script::new(turns, Tape::new());
    /// let body = || async { spawn(async { point().await }).await.unwrap() };
    /// let outcome = World::new().run(&Settings::default(), &mut script, 0, body);
    /// assert!(outcome.verdict.is_none());
    /// ```
    #[must_use]
    pub fn new(turns: impl IntoIterator<Item = (Path, u32)>, tape: Tape) -> Script {
        let mut places: Vec<_> =
            turns.into_iter().enumerate().map(|(place, turn)| (turn, place)).collect();
        places.sort_unstable();
        Script { places, others: Replay::new(tape) }
    }

    /// Where the turn stands; of one that is there twice the first place.
    fn place(&self, turn: (Path, u32)) -> Option<usize> {
        let at = self.places.partition_point(|(known, _)| *known < turn);
        self.places.get(at).filter(|(known, _)| *known == turn).map(|(_, place)| *place)
    }
}

impl Sampler for Script {
    fn begin(&mut self, run: u64, permitted: Faults) -> Faults {
        self.others.begin(run, permitted)
    }

    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        self.others.choose(kind, options)
    }

    fn move_argument(&mut self) -> u32 {
        self.others.move_argument()
    }

    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        let place = |option: &u32| {
            let strand = runnable.get(*option);
            self.place((strand.path(), strand.turns())).unwrap_or(usize::MAX)
        };
        (0..runnable.len()).min_by_key(place).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::strand::Strand;

    #[test]
    fn the_turn_that_stands_first_goes_first() {
        let root = Strand::root();
        let (a, b) = (root.spawn(1), root.spawn(2));
        let turns = [(b.path(), 0), (a.path(), 0), (b.path(), 2), (a.path(), 1)];
        let mut script = Script::new(turns, Tape::new());
        script.begin(0, Faults::NONE);
        let mut choose = |strands: &[&Strand]| script.schedule(&Runnable::of(strands));
        assert_eq!(choose(&[&a, &b]), 1);
        b.take_turn();
        assert_eq!(choose(&[&a, &b]), 0, "turn 1 of `b` is not in the script");
        a.take_turn();
        assert_eq!(choose(&[&b, &a]), 1);
        b.take_turn();
        assert_eq!(choose(&[&a, &b]), 1);
        a.take_turn();
        b.take_turn();
        assert_eq!(choose(&[&a, &b]), 0, "past its end the default goes");
    }

    #[test]
    fn what_is_no_schedule_is_on_the_tape() {
        let mut tape = Tape::new();
        *tape.lane_mut(Kind::Input) = vec![3];
        *tape.lane_mut(Kind::Schedule) = vec![1];
        *tape.lane_mut(Kind::FreshWaker) = vec![0, 1];
        let mut script = Script::new([], tape);
        let faults = script.begin(0, Faults::NONE);
        assert!(faults.has(Kind::FreshWaker) && !faults.has(Kind::SpuriousPoll));
        assert_eq!(script.choose(Kind::Input, 4), 3);
        assert_eq!(script.choose(Kind::FreshWaker, 2), 0);
        assert_eq!(script.choose(Kind::FreshWaker, 2), 1);
    }
}
