//! A world used again allocates nothing of its own, and keeps nothing.

use reveille_sim::time::sleep;
use reveille_sim::{Faults, Random, Settings, World, spawn, yield_now};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

// SAFETY: everything is passed on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
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

async fn short_run() {
    let first = spawn(async {
        for _ in 0..5 {
            yield_now().await;
        }
    });
    let second = spawn(async { sleep(Duration::from_millis(3)).await });
    first.await.unwrap();
    second.await.unwrap();
}

/// One test, so that nothing else allocates meanwhile.
#[test]
fn a_world_used_again_allocates_and_keeps_nothing() {
    let mut world = World::new();
    let mut settings = Settings::default();
    settings.faults = Faults::ALL;
    let mut random = Random::new(1);
    let mut run = |number| {
        let outcome = world.run(&settings, &mut random, number, short_run);
        assert!(outcome.verdict.is_none());
    };
    (0..2_000).for_each(&mut run);
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    (0..2_000).for_each(&mut run);
    assert_eq!(ALLOCATIONS.load(Ordering::Relaxed) - before, 0, "allocations in 2,000 short runs");

    // Timers that are dropped leave nothing, however many.
    let drop_timers = |world: &mut World, count: u64| {
        world.run(&settings, &mut Random::new(2), 0, || async move {
            for number in 0..count {
                let mut nap = Box::pin(sleep(Duration::from_nanos(1 + number * 7_919)));
                std::future::poll_fn(|cx| {
                    assert!(nap.as_mut().poll(cx).is_pending());
                    std::task::Poll::Ready(())
                })
                .await;
            }
        })
    };
    drop_timers(&mut world, 10);
    let before = BYTES.load(Ordering::Relaxed);
    drop_timers(&mut world, 300_000);
    assert_eq!(BYTES.load(Ordering::Relaxed), before, "bytes kept after 300,000 dropped timers");
}
