//! A check that is begun inside a run: a mistake in the test, and no failure of what is
//! tested, which would be searched for, made small and remembered.

use crate::error::CheckError;
use std::cell::Cell;

thread_local! {
    static NOTED: Cell<bool> = const { Cell::new(false) };
}

/// An error if a run is under way on this thread, which is noted.
pub(crate) fn outside_of_runs() -> Result<(), CheckError> {
    if !reveille_sim::in_run() {
        return Ok(());
    }
    NOTED.set(true);
    Err(CheckError::InsideRun)
}

/// Whether that happened since this was asked last.
pub(crate) fn taken() -> bool {
    NOTED.take()
}
