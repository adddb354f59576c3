//! The tape of a run that is killed, put down choice by choice.

use super::board::Board;
use reveille_sim::{Faults, Kind, Runnable, Sampler, Strand};

/// Makes the choices of `inner`, and puts them on the board before they take effect.
pub(crate) fn rescue<'a>(inner: &'a mut dyn Sampler, board: &'static Board) -> impl Sampler + 'a {
    Rescue { inner, board }
}

struct Rescue<'a> {
    inner: &'a mut dyn Sampler,
    board: &'static Board,
}

impl Rescue<'_> {
    fn note(&self, kind: Kind, options: u32, option: u32) -> u32 {
        // As on the tape: what is out of range counts as the default.
        let option = if option < options { option } else { 0 };
        self.board.push(kind, option);
        option
    }
}

impl Sampler for Rescue<'_> {
    fn begin(&mut self, run: u64, permitted: Faults) -> Faults {
        self.board.clear_choices();
        self.inner.begin(run, permitted)
    }

    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        let option = self.inner.choose(kind, options);
        self.note(kind, options, option)
    }

    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        let option = self.inner.schedule(runnable);
        self.note(Kind::Schedule, runnable.len(), option)
    }

    fn move_argument(&mut self) -> u32 {
        self.inner.move_argument()
    }

    fn turn(&mut self, strand: &Strand) {
        self.board.step();
        self.inner.turn(strand);
    }

    fn end(&mut self) {
        self.inner.end();
    }
}
