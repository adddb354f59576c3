//! An allocator of the test's own, whose atomic operations are scheduling points like any other: the
//! engine, which allocates by it too, must not be left in the midst of that.
#![cfg(reveille_threads)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

struct Counting;

static ALLOCATED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: it is the allocator of the system, and a counter beside.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(layout.size(), SeqCst);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size(), SeqCst);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn an_allocator_may_count() {
    reveille::Checker::new().name("counts").corpus(false).runs(300).check(|| async {
        let bell = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let threads: Vec<_> = (0..3)
            .map(|number| {
                let bell = bell.clone();
                thread::spawn(move || {
                    bell.0.lock().unwrap().push(number);
                    bell.1.notify_all();
                    thread::park();
                })
            })
            .collect();
        let mut all = bell.0.lock().unwrap();
        while all.len() < 3 {
            all = bell.1.wait(all).unwrap();
        }
        drop(all);
        for thread in threads {
            thread.thread().unpark();
            thread.join().unwrap();
        }
    });
}
