//! The child of a fork is no part of the run: it has the one thread that called, with the run's
//! memory, and goes on as any process does. Its locks and atomic operations are those of the
//! machine; what it joins, or waits for, that was a strand of its parent is not there. If it comes
//! back to the end of its task, it is ended: the run goes on in the parent.

use super::outside::note;
use super::threads::real;
use libc::pid_t;
use reveille_sim::Outside;
use reveille_threads::calls;

#[unsafe(no_mangle)]
extern "C" fn fork() -> pid_t {
    note(Outside::Process);
    let real = real!(fork as unsafe extern "C" fn() -> pid_t);
    // SAFETY: it has no preconditions.
    let child = unsafe { real() };
    if child == 0 {
        calls::forked();
    }
    child
}
