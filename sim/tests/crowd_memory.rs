//! What a task costs in memory beside its future.

use reveille_sim::{Faults, Plain, Settings, World, spawn_local, yield_now};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

struct Counting;

static BYTES: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        BYTES.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One test, so that nothing else allocates meanwhile.
#[test]
fn a_million_tasks_take_250_bytes_each() {
    const TASKS: usize = 1_000_000;
    let mut world = World::new();
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    settings.max_steps = u64::MAX / 4;
    settings.max_tasks = u64::MAX;
    let before = BYTES.load(Ordering::Relaxed);
    let outcome = world.run(&settings, &mut Plain, 0, || async {
        let future = size_of_val(&restless());
        (1..TASKS).for_each(|_| drop(spawn_local(restless())));
        yield_now().await;
        (BYTES.load(Ordering::Relaxed) - before) / TASKS - future
    });
    let each = outcome.output.unwrap();
    assert!(each <= 250, "{each} bytes a task");
}

async fn restless() {
    loop {
        yield_now().await;
    }
}
