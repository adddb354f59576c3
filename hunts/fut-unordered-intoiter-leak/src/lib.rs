//! futures-util 0.3.32: `FuturesUnordered::into_iter` does not free the node of a future that was
//! polled. Fixed in 0.3.33 (pull request 3005).

use futures_util::stream::{FuturesUnordered, StreamExt};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::future::{Ready, pending, ready};
use std::pin::Pin;
use std::task::{Context, Waker};

thread_local!(static LIVE: Cell<isize> = const { Cell::new(0) });

/// Counts what is allocated and not yet freed.
pub struct Counting;

// SAFETY: the system allocates.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = LIVE.try_with(|live| live.set(live.get() + 1));
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        let _ = LIVE.try_with(|live| live.set(live.get() - 1));
        unsafe { System.dealloc(memory, layout) }
    }
}

#[cfg(test)]
#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Some jobs are done, the others are taken out when the server stops. Nothing of them is left.
pub fn stops_with_jobs(quick: usize, slow: usize, rounds: usize) {
    let before = LIVE.get();
    let job = |is_quick| -> Pin<Box<dyn Future<Output = ()>>> {
        if is_quick { Box::pin(ready(()) as Ready<()>) } else { Box::pin(pending()) }
    };
    let mut jobs: FuturesUnordered<_> =
        (0..quick + slow).map(|number| job(number < quick)).collect();
    for _ in 0..rounds {
        let _ = jobs.poll_next_unpin(&mut Context::from_waker(Waker::noop()));
    }
    jobs.into_iter().for_each(drop);
    let left = LIVE.get() - before;
    assert_eq!(left, 0, "{left} allocations are left");
}

#[cfg(test)]
#[reveille::test]
async fn nothing_is_left(
    #[strategy(0..4usize)] quick: usize,
    #[strategy(0..4usize)] slow: usize,
    #[strategy(0..4usize)] rounds: usize,
) {
    stops_with_jobs(quick, slow, rounds);
}
