//! Telling the processor what is needed soon.
//!
//! With a million tasks nearly everything that a poll touches lies in no cache. But the
//! queue says which tasks come next, so their memory can be on its way meanwhile.

use crate::ready::Ready;
use crate::task::TaskRef;

/// Queues up to this length are likely to lie in a cache.
const FEW: usize = 1024;

/// How many turns before its own a task is fetched, and then what it points to.
const FAR: usize = 12;
const NEAR: usize = 5;

const LINE: usize = 64;

/// The strand at `option` is taken: fetches what the turns after it need, if they go on
/// in the order of the queue.
#[inline(always)]
pub(crate) fn ahead(ready: &Ready<TaskRef>, option: u32) {
    if option == 0 && ready.len() > FEW {
        far_ahead(ready);
    }
}

#[inline(never)]
fn far_ahead(ready: &Ready<TaskRef>) {
    if let Some(task) = ready.glimpse(FAR) {
        fetch_task(task);
    }
    if let Some(identity) = ready.glimpse(NEAR).and_then(|task| task.ledger().current.get()) {
        fetch(identity.as_ptr().addr());
    }
}

/// Fetches the lines of a task that a poll touches.
#[inline]
pub(crate) fn fetch_task(task: TaskRef) {
    let address = task.address();
    fetch(address);
    fetch(address + LINE);
    fetch(address + 2 * LINE);
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
pub(crate) fn fetch(address: usize) {
    use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
    // SAFETY: it reads nothing: a hint with any address is good.
    unsafe { _mm_prefetch(std::ptr::without_provenance(address), _MM_HINT_T0) }
}

#[cfg(not(target_arch = "x86_64"))]
#[inline(always)]
pub(crate) fn fetch(_address: usize) {}
