//! The one door through which every choice goes: to the sampler, and from it onto
//! the tape.
//!
//! The loop of a run asks the sampler by its own type; choices made elsewhere (at
//! a scheduling point, by a waker, by the test) ask the one that is lent here for
//! the length of the run. While a sampler chooses it is taken away, so that it is
//! never entered twice.

use crate::choice::Kind;
use crate::private::unshaken;
use crate::sampler::Sampler;
use crate::strand::Runnable;
use crate::trace::What;
use crate::world::{Core, Phase};
use std::ptr::NonNull;

impl Core {
    /// Lends the sampler of this run to the choices that are made outside the
    /// executor's loop.
    ///
    /// # Safety
    ///
    /// `sampler` must be valid until [`Core::forget_sampler`].
    pub(crate) unsafe fn lend_sampler(&self, sampler: NonNull<dyn Sampler + '_>) {
        // SAFETY: only the lifetime changes, and the caller answers for it.
        let sampler: NonNull<dyn Sampler + 'static> = unsafe { std::mem::transmute(sampler) };
        self.sampler.set(Some(sampler));
    }

    pub(crate) fn forget_sampler(&self) {
        self.sampler.set(None);
    }

    /// Takes the sampler away for the time in which it chooses: it must not be
    /// entered twice.
    #[inline(always)]
    pub(crate) fn take_sampler(&self) -> Option<NonNull<dyn Sampler>> {
        self.sampler.take()
    }

    #[inline(always)]
    pub(crate) fn give_sampler_back(&self, sampler: Option<NonNull<dyn Sampler>>) {
        self.sampler.set(sampler);
    }

    /// Calls the sampler of this run, if it is not the caller.
    ///
    /// A strand that calls it is [`unshaken`]: nobody races for what a sampler remembers.
    pub(crate) fn tell_sampler<R>(&self, f: impl FnOnce(&mut dyn Sampler) -> R) -> Option<R> {
        let sampler = self.take_sampler()?;
        // SAFETY: see `lend_sampler`; a sampler that calls back into the world finds
        // none there.
        let answer = f(unsafe { &mut *sampler.as_ptr() });
        self.give_sampler_back(Some(sampler));
        Some(answer)
    }

    /// Makes a choice between strands and puts it on the tape.
    pub(crate) fn choose_strand(&self, runnable: &Runnable<'_>) -> u32 {
        let options = runnable.len();
        if self.phase.get() != Phase::Free || options <= 1 {
            return 0;
        }
        let Some(option) = self.tell_sampler(|sampler| sampler.schedule(runnable)) else {
            return 0;
        };
        self.note_choice(Kind::Schedule, options, option)
    }

    /// Makes a choice and puts it on the tape.
    pub(crate) fn choose(&self, kind: Kind, options: u32) -> u32 {
        if self.phase.get() != Phase::Free || options <= 1 {
            return 0;
        }
        let asked = unshaken(|| self.tell_sampler(|sampler| sampler.choose(kind, options)));
        let Some(option) = asked else { return 0 };
        self.note_choice(kind, options, option)
    }

    #[inline(always)]
    pub(crate) fn note_choice(&self, kind: Kind, options: u32, option: u32) -> u32 {
        let option = if option < options { option } else { 0 };
        self.tape.with(|tape| tape.push(kind, option));
        // A replay does not ask for faults that did not strike.
        if option != 0 || !kind.is_fault() {
            self.record(|| What::Chosen { kind, options, option });
        }
        option
    }
}
