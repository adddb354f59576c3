//! What a run has of memory and uses again is new to whoever has it next.
#![cfg(reveille_races)]

use reveille_sim::{Faults, Random, Settings, World, spawn, yield_now};
use reveille_threads::Threads;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

/// That no run of many breaks a law, whatever the faults.
fn is_clean<F: Future<Output = ()>>(faults: Faults, body: impl Fn() -> F) {
    // What stands before the C library's functions is there only if something of it is used.
    let _ = reveille::Checker::new();
    let mut world = World::new();
    world.carry_by(Some(Rc::new(Threads::new())));
    let mut settings = Settings::default();
    settings.faults = faults;
    for seed in 0..200 {
        let outcome = world.run(&settings, &mut Random::new(seed), 0, &body);
        assert!(outcome.tasks > 1, "it has tasks");
        assert_eq!(outcome.verdict, None, "seed {seed}");
    }
}

#[test]
fn a_task_in_the_memory_of_one_that_is_over_has_nothing_to_do_with_it() {
    is_clean(Faults::NONE, || async {
        let is_over = Arc::new(AtomicBool::new(false));
        let other = is_over.clone();
        // They have the same layout. Nothing orders what the one did before the other.
        let spawning = spawn(async move {
            while !other.load(Relaxed) {
                yield_now().await;
            }
            spawn(async {}).await.unwrap();
        });
        spawn(async {}).await.unwrap();
        is_over.store(true, Relaxed);
        spawning.await.unwrap();
    });
}
