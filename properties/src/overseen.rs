//! A sampler with somebody who looks on: every choice and every turn are told before they take
//! effect.

use reveille_sim::{Faults, Kind, Runnable, Sampler, Strand};

/// Who looks on.
pub(crate) trait Overseer {
    /// A run begins.
    fn begins(&mut self) {}
    /// That was chosen.
    fn chosen(&mut self, kind: Kind, option: u32) {
        let _ = (kind, option);
    }
    /// A strand has its turn.
    fn turn(&mut self) {}
}

/// Makes the choices of `inner` and tells them.
///
/// Both are behind a pointer, so that the whole of a run is compiled once for all who look on.
pub(crate) struct Overseen<'a> {
    pub(crate) inner: &'a mut dyn Sampler,
    pub(crate) overseer: &'a mut dyn Overseer,
}

impl Overseen<'_> {
    fn tell(&mut self, kind: Kind, options: u32, option: u32) -> u32 {
        // As on the tape: what is out of range counts as the default.
        let option = if option < options { option } else { 0 };
        self.overseer.chosen(kind, option);
        option
    }
}

impl Sampler for Overseen<'_> {
    fn begin(&mut self, run: u64, permitted: Faults) -> Faults {
        self.overseer.begins();
        self.inner.begin(run, permitted)
    }

    fn choose(&mut self, kind: Kind, options: u32) -> u32 {
        let option = self.inner.choose(kind, options);
        self.tell(kind, options, option)
    }

    fn schedule(&mut self, runnable: &Runnable<'_>) -> u32 {
        let option = self.inner.schedule(runnable);
        self.tell(Kind::Schedule, runnable.len(), option)
    }

    fn move_argument(&mut self) -> u32 {
        self.inner.move_argument()
    }

    fn turn(&mut self, strand: &Strand) {
        self.overseer.turn();
        self.inner.turn(strand);
    }

    fn end(&mut self) {
        self.inner.end();
    }
}
