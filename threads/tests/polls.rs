//! Polls on threads of their own are what polls are: the same tests pass, the same tapes repeat
//! them.

use reveille_sim::{Plain, Random, Replay, Settings, World, spawn, spawn_local, yield_now};
use reveille_threads::{Handover, Threads};
use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

fn ways() -> Vec<Handover> {
    let mut ways = vec![Handover::Kernel];
    ways.extend((Handover::best() == Handover::UserSpace).then_some(Handover::UserSpace));
    ways
}

fn world(way: Handover) -> World {
    let mut world = World::new();
    world.carry_by(Some(Rc::new(Threads::by(way))));
    world
}

async fn relay(tasks: u32) -> u32 {
    let (first, mut last) = futures::channel::mpsc::unbounded::<u32>();
    for task in 0..tasks {
        let (next, receiver) = futures::channel::mpsc::unbounded::<u32>();
        let mut from = std::mem::replace(&mut last, receiver);
        let relaying = async move {
            while let Some(number) = futures::StreamExt::next(&mut from).await {
                yield_now().await;
                next.unbounded_send(number + 1).unwrap();
            }
        };
        drop(if task % 2 == 0 { spawn(relaying) } else { spawn_local(relaying) });
    }
    for number in 0..3 {
        first.unbounded_send(number).unwrap();
    }
    drop(first);
    let mut sum = 0;
    while let Some(number) = futures::StreamExt::next(&mut last).await {
        sum += number;
    }
    sum
}

#[test]
fn runs_are_what_they_are_without_threads() {
    for way in ways() {
        let (mut plain, mut carried) = (World::new(), world(way));
        for seed in 0..50 {
            let outcomes = [&mut plain, &mut carried].map(|world| {
                let mut sampler = Random::new(seed);
                let outcome = world.run(&Settings::default(), &mut sampler, 0, || relay(4));
                (outcome.output, outcome.steps, outcome.verdict, world.digest())
            });
            if cfg!(not(reveille_threads)) {
                // Without scheduling points within polls they are the same runs.
                assert_eq!(outcomes[0], outcomes[1], "{way:?}");
            }
            assert_eq!(outcomes[1].0, Some(15), "{way:?}");
            assert_eq!(outcomes[1].2, None, "{way:?}");
        }
    }
}

#[test]
fn a_run_is_repeated_by_its_tape() {
    for way in ways() {
        let mut world = world(way);
        for seed in 0..50 {
            let settings = Settings::default();
            let first = world.run(&settings, &mut Random::new(seed), 0, || relay(3));
            let (tape, digest) = (world.tape(), world.digest());
            let again = world.run(&settings, &mut Replay::new(tape), 0, || relay(3));
            assert_eq!((first.steps, first.output), (again.steps, again.output), "{way:?}");
            assert_eq!(digest, world.digest(), "{way:?}");
        }
    }
}

thread_local! {
    static MINE: Cell<u32> = const { Cell::new(0) };
}

#[test]
fn each_task_has_its_thread_locals_in_all_its_polls() {
    for way in ways() {
        let mut world = world(way);
        for _ in 0..20 {
            let body = || async {
                let tasks: Vec<_> = (1..5)
                    .map(|number| {
                        spawn(async move {
                            assert_eq!(MINE.replace(number), 0);
                            yield_now().await;
                            reveille_sim::time::sleep(Duration::from_millis(number.into())).await;
                            assert_eq!(MINE.get(), number);
                        })
                    })
                    .collect();
                for task in tasks {
                    task.await.unwrap();
                }
                assert_eq!(MINE.get(), 0);
            };
            let outcome = world.run(&Settings::default(), &mut Plain, 0, body);
            assert_eq!(outcome.verdict, None, "{way:?}");
        }
        assert_eq!(MINE.get(), 0);
    }
}

#[test]
fn panics_are_those_of_their_tasks() {
    for way in ways() {
        let mut world = world(way);
        for _ in 0..20 {
            let body = || async {
                let error = spawn(async { panic!("no") }).await.unwrap_err();
                assert!(error.is_panic());
                spawn(async { 5 }).await.unwrap()
            };
            let outcome = world.run(&Settings::default(), &mut Plain, 0, body);
            assert_eq!((outcome.output, outcome.verdict), (Some(5), None), "{way:?}");
        }
    }
}

#[test]
fn a_lost_wakeup_is_found_as_ever() {
    for way in ways() {
        let mut world = world(way);
        let body = || async {
            spawn(std::future::poll_fn(|_| std::task::Poll::<()>::Pending)).await.unwrap();
        };
        for _ in 0..20 {
            let outcome = world.run(&Settings::default(), &mut Plain, 0, body);
            let law = outcome.verdict.map(|finding| finding.law);
            assert_eq!(law, Some(reveille_sim::Law::PendingWithoutWaker), "{way:?}");
        }
    }
}

/// Three threads that lock, wait, sleep and end, whatever the schedule.
#[cfg(reveille_threads)]
async fn with_threads() -> u32 {
    use std::sync::{Arc, Condvar, Mutex};
    let shared = Arc::new((Mutex::new(0), Condvar::new()));
    let threads = [1, 2, 3].map(|number| {
        let shared = shared.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(number.into()));
            *shared.0.lock().unwrap() += number;
            shared.1.notify_all();
        })
    });
    let sum = {
        let sum = shared.0.lock().unwrap();
        *shared.1.wait_while(sum, |sum| *sum < 6).unwrap()
    };
    yield_now().await;
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    sum
}

#[cfg(reveille_threads)]
#[test]
fn a_run_is_the_same_however_strands_are_handed_over() {
    // Its functions stand before those of the C library that begin threads and block.
    use reveille as _;
    let mut worlds: Vec<World> = ways().into_iter().map(world).collect();
    for seed in 0..50 {
        let outcomes: Vec<_> = worlds
            .iter_mut()
            .map(|world| {
                let mut sampler = Random::new(seed);
                let outcome = world.run(&Settings::default(), &mut sampler, 0, with_threads);
                (outcome.output, outcome.steps, outcome.verdict, world.digest())
            })
            .collect();
        assert!(outcomes.iter().all(|outcome| *outcome == outcomes[0]), "{outcomes:?}");
        assert_eq!((outcomes[0].0, &outcomes[0].2), (Some(6), &None));
        // Each thread begins and sleeps in steps of its own.
        assert!(outcomes[0].1 > 6, "{outcomes:?}");
    }
}
