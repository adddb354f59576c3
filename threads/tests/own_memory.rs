//! What a run is made of is memory of the engine, whichever strand it is called from: nobody races
//! for it, and what is used again from task to task is new to each.
#![cfg(reveille_races)]

use reveille_sim::{
    Builder, Faults, Random, Settings, World, draw, mark, point, spawn, watch, yield_now,
};
use reveille_threads::Threads;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

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

/// Does this in two tasks that know nothing of each other.
fn at_once<F: Future<Output = ()> + Send + 'static>(faults: Faults, task: fn() -> F) {
    is_clean(faults, || async move {
        for task in [0, 1].map(|_| spawn(async move { task().await })) {
            task.await.unwrap();
        }
    });
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

#[test]
fn who_drops_the_output_of_a_task_comes_after_it() {
    struct Output(Box<u64>);
    impl Drop for Output {
        fn drop(&mut self) {
            *self.0 += 1;
        }
    }
    is_clean(Faults::NONE, || async {
        let task = spawn(async {
            let mut output = Output(Box::new(1));
            *output.0 += 1;
            output
        });
        while !task.is_finished() {
            yield_now().await;
        }
        drop(task);
    });
}

#[test]
fn choices_race_with_none() {
    at_once(Faults::ALL, || async {
        yield_now().await;
        _ = draw(3);
        yield_now().await;
    });
}

#[test]
fn tasks_that_spawn_and_join_race_with_none() {
    at_once(Faults::NONE, || async {
        let first = Builder::new().name("first").spawn(async { vec![yield_now().await] });
        let second = spawn(async { vec![0; 3] });
        let third = spawn(std::future::pending::<()>());
        first.await.unwrap();
        second.await.unwrap();
        third.abort();
        third.await.unwrap_err();
    });
}

#[test]
fn time_points_and_watches_race_with_none() {
    at_once(Faults::ALL, || async {
        reveille_sim::time::sleep(Duration::from_millis(1)).await;
        point().await;
        mark("here");
        let ended = reveille_sim::time::timeout(Duration::from_millis(3), watch(yield_now()));
        ended.await.unwrap();
    });
}
