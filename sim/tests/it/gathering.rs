//! Strands that one strand spawns begin together, in the runs in which they are to.

use reveille_sim::{
    Member, Policy, Portfolio, RandomWalk, Run, Runnable, Sampler, Seeded, World, point,
    spawn_local, yield_now,
};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    Born,
    Begins,
}

use Event::{Begins, Born};

/// What becomes of three tasks, between whose births a dozen points lie.
fn events(sampler: &mut impl Sampler, world: &mut World, run: u64) -> Vec<Event> {
    let events = Rc::new(RefCell::new(Vec::new()));
    let outcome = world.run(&crate::calm(), sampler, run, || {
        let events = events.clone();
        async move {
            let mut tasks = Vec::new();
            for _ in 0..3 {
                let own = events.clone();
                events.borrow_mut().push(Born);
                tasks.push(spawn_local(async move {
                    own.borrow_mut().push(Begins);
                    point().await;
                }));
                for _ in 0..12 {
                    point().await;
                }
            }
            for task in tasks {
                task.await.unwrap();
            }
        }
    });
    assert_eq!(outcome.verdict, None);
    events.take()
}

const TOGETHER: [Event; 6] = [Born, Born, Born, Begins, Begins, Begins];

#[test]
fn who_is_new_waits_until_all_siblings_are_there() {
    let mut world = World::new();
    let mut gathering = Seeded::with(1, RandomWalk).gathering();
    // The first run shows how many there are.
    assert_ne!(events(&mut gathering, &mut world, 0), TOGETHER);
    for run in 1..100 {
        assert_eq!(events(&mut gathering, &mut world, run), TOGETHER, "run {run}");
    }
    let mut random = Seeded::with(1, RandomWalk);
    let by_chance =
        (0..100).filter(|run| events(&mut random, &mut world, *run) == TOGETHER).count();
    assert!(by_chance < 10, "{by_chance} of 100 by chance: too easy");
}

#[test]
fn a_portfolio_lets_them_begin_together_in_every_other_run() {
    let mut world = World::new();
    let mut portfolio = Portfolio::new(1);
    let (mut together, mut apart) = (0, 0);
    for run in 0..400 {
        let events = events(&mut portfolio, &mut world, run);
        // Others do it by themselves.
        if !matches!(portfolio.member(), Member::Bounded | Member::Sticky | Member::Pct) {
            *(if events == TOGETHER { &mut together } else { &mut apart }) += 1;
        }
    }
    assert!((100..150).contains(&together) && (100..150).contains(&apart), "{together} {apart}");
}

/// A parent of two that goes on to the second only when the first has begun.
fn patient(sampler: &mut impl Sampler, world: &mut World, run: u64, joins: bool) -> u64 {
    let outcome = world.run(&crate::calm(), sampler, run, || async move {
        let has_begun = Rc::new(Cell::new(false));
        let told = has_begun.clone();
        let first = spawn_local(async move { told.set(true) });
        point().await;
        if joins {
            first.await.unwrap();
        }
        while !has_begun.get() {
            yield_now().await;
        }
        point().await;
        spawn_local(async {}).await.unwrap();
    });
    assert_eq!(outcome.verdict, None);
    outcome.steps
}

#[test]
fn nobody_is_held_back_by_a_parent_that_waits_for_it() {
    let mut world = World::new();
    for joins in [true, false] {
        let mut gathering = Seeded::with(1, RandomWalk).gathering();
        for run in 0..100 {
            let steps = patient(&mut gathering, &mut world, run, joins);
            assert!(steps < 100, "run {run} took {steps} steps");
        }
    }
}

/// Answers with an option that there is not.
struct Astray;

impl Policy for Astray {
    fn schedule(&mut self, runnable: &Runnable<'_>, _run: &mut Run) -> u32 {
        runnable.len()
    }
}

#[test]
fn an_answer_out_of_range_is_the_default_there_too() {
    let mut world = World::new();
    let mut gathering = Seeded::with(1, Astray).gathering();
    for run in 0..3 {
        assert_eq!(events(&mut gathering, &mut world, run), TOGETHER, "run {run}");
    }
}
