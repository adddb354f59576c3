//! A place for a debugger to stop: before the step that `REVEILLE_BREAK` names,
//! `reveille_before_step` is called.

use crate::overseen::Overseer;

/// Does nothing; `cargo reveille replay --debugger` stops here. One `finish` away, or some, is
/// the poll that is about to be made.
#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn reveille_before_step(step: u64) {
    // A function without any effect would be left out.
    std::hint::black_box(step);
}

/// Calls it before a certain step.
#[derive(Debug)]
pub(crate) struct Before {
    pub(crate) step: u64,
}

impl Overseer for Before {
    fn turn(&mut self) {
        // A step may have several turns; the first begins it.
        if reveille_sim::current_step() == Some(self.step) {
            reveille_before_step(std::mem::take(&mut self.step));
        }
    }
}
