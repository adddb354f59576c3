//! Tasks that are spawned without bound.

use reveille_sim::{Detail, Law, Level, Outcome, Plain, Settings, World, spawn, yield_now};
use std::panic::{AssertUnwindSafe, catch_unwind};

fn run<F: Future>(settings: &Settings, body: impl FnOnce() -> F) -> Outcome<F::Output> {
    World::new().run(settings, &mut Plain, 0, body)
}

fn with_bound(tasks: u64) -> Settings {
    let mut settings = Settings::default();
    settings.max_tasks = tasks;
    settings
}

async fn spawn_for_ever() {
    loop {
        drop(spawn(async {}));
    }
}

#[test]
fn a_loop_that_only_spawns_is_ended_at_the_bound() {
    let outcome = run(&with_bound(50), spawn_for_ever);
    let finding = outcome.verdict.expect("a verdict");
    assert_eq!((finding.law, outcome.steps, outcome.tasks), (Law::RunawaySpawn, 1, 51));
    let Detail::Live { tasks, at } = finding.detail else { panic!("{:?}", finding.detail) };
    assert_eq!((tasks, at.file(), at.line()), (51, file!(), 18));
}

#[test]
fn tasks_that_have_ended_do_not_count() {
    let outcome = run(&with_bound(3), || async {
        for _ in 0..100 {
            spawn(async {}).await.unwrap();
        }
    });
    assert!(outcome.verdict.is_none(), "{:?}", outcome.verdict);
}

#[test]
fn a_poll_that_catches_its_end_is_ended_again() {
    let outcome = run(&with_bound(50), || async {
        for _ in 0..10 {
            let caught = catch_unwind(AssertUnwindSafe(|| {
                loop {
                    drop(spawn(async {}));
                }
            }));
            drop(caught);
        }
        yield_now().await;
    });
    assert_eq!(outcome.verdict.map(|finding| finding.law), Some(Law::RunawaySpawn));
}

#[test]
fn where_it_is_no_error_the_run_goes_on_and_is_told_once() {
    let mut settings = with_bound(10);
    settings.levels.set(Law::RunawaySpawn, Level::Warn);
    let outcome = run(&settings, || async {
        (0..100).for_each(|_| drop(spawn(async {})));
        7
    });
    assert_eq!(outcome.output, Some(7));
    let warned: Vec<Law> = outcome.warnings.iter().map(|finding| finding.law).collect();
    assert_eq!((outcome.verdict, warned), (None, vec![Law::RunawaySpawn]));
}

#[test]
fn a_higher_bound_lets_more_tasks_live() {
    let outcome = run(&with_bound(150_000), || async {
        let tasks: Vec<_> = (0..149_999).map(|_| spawn(async { 1 })).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        sum
    });
    assert_eq!(outcome.output, Some(149_999));
}
