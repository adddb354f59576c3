//! Every atomic operation of a strand is a scheduling point: all orders of small programs are
//! seen, and no others.
#![cfg(reveille_threads)]

use reveille_sim::{
    Exhaustive, Faults, Kind, Plain, Random, Recording, Settings, What, World, spawn,
};
use reveille_threads::Threads;
use std::collections::BTreeSet;
use std::future::Future;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

/// What the body gives, of every run that there is.
fn all<T: Ord, F: Future<Output = T>>(body: impl Fn() -> F) -> (BTreeSet<T>, u64) {
    let mut world = World::new();
    world.carry_by(Some(Rc::new(Threads::new())));
    let (mut exhaustive, mut seen, mut runs) = (Exhaustive::default(), BTreeSet::new(), 0);
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    while exhaustive.advance() {
        let outcome = world.run(&settings, &mut exhaustive, runs, &body);
        assert_eq!(outcome.verdict, None, "run {runs}");
        seen.insert(outcome.output.unwrap());
        runs += 1;
    }
    (seen, runs)
}

/// The operations of several strands in the order in which they were made.
fn orders(strands: &'static [u32]) -> (BTreeSet<String>, u64) {
    all(|| async {
        let place = Arc::new(AtomicU32::new(0));
        let tasks: Vec<_> = strands
            .iter()
            .zip('a'..)
            .map(|(operations, name)| {
                let place = place.clone();
                spawn(async move {
                    let moments = (0..*operations).map(|_| place.fetch_add(1, SeqCst));
                    moments.map(|moment| (moment, name)).collect::<Vec<_>>()
                })
            })
            .collect();
        let mut moments = Vec::new();
        for task in tasks {
            moments.extend(task.await.unwrap());
        }
        moments.sort_unstable();
        moments.into_iter().map(|(_, name)| name).collect()
    })
}

#[test]
fn all_orders_of_operations_are_seen() {
    // The numbers are binomials and multinomials.
    assert_eq!(orders(&[1, 1]).0.len(), 2);
    assert_eq!(orders(&[2, 2]).0.len(), 6);
    assert_eq!(orders(&[3, 2]).0.len(), 10);
    assert_eq!(orders(&[1, 1, 1]).0.len(), 6);
    assert_eq!(orders(&[2, 1, 1]).0.len(), 12);
}

#[test]
fn an_update_in_two_operations_is_lost_in_some_orders() {
    let (seen, _) = all(|| async {
        let place = Arc::new(AtomicU32::new(0));
        let tasks = [0, 1].map(|_| {
            let place = place.clone();
            spawn(async move {
                let known = place.load(SeqCst);
                place.store(known + 1, SeqCst);
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
        place.load(SeqCst)
    });
    assert_eq!(seen, BTreeSet::from([1, 2]));
}

#[test]
fn two_stores_before_two_loads_are_not_both_missed() {
    // The litmus test SB: strands run one at a time, so what loom allows for weaker orders is
    // not seen.
    let (seen, _) = all(|| async {
        let places = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        let tasks = [0, 1].map(|mine| {
            let places = places.clone();
            spawn(async move {
                places[mine].store(1, SeqCst);
                places[1 - mine].load(SeqCst)
            })
        });
        let mut found = Vec::new();
        for task in tasks {
            found.push(task.await.unwrap());
        }
        found
    });
    assert_eq!(seen, BTreeSet::from([vec![0, 1], vec![1, 0], vec![1, 1]]));
}

#[test]
fn who_spins_lets_others_go_on() {
    let body = || async {
        let flag = Arc::new(AtomicBool::new(false));
        let other = flag.clone();
        let waiting = spawn(async move { while !other.load(SeqCst) {} });
        let setting = spawn(async move { flag.store(true, SeqCst) });
        waiting.await.unwrap();
        setting.await.unwrap();
    };
    let mut world = World::new();
    world.carry_by(Some(Rc::new(Threads::new())));
    for seed in 0..100 {
        let plain = world.run(&Settings::default(), &mut Plain, seed, body);
        let random = world.run(&Settings::default(), &mut Random::new(seed), 0, body);
        assert_eq!([plain.verdict, random.verdict], [None, None]);
    }
}

#[test]
fn an_abort_in_the_midst_of_a_poll_is_not_lost() {
    let (seen, _) = all(|| async {
        let place = Arc::new(AtomicU32::new(0));
        let counting = spawn({
            let place = place.clone();
            async move {
                place.fetch_add(1, SeqCst);
                place.fetch_add(1, SeqCst);
                // Nobody wakes it: the abort alone ends it.
                std::future::pending::<()>().await;
            }
        });
        let aborter = counting.abort_handle();
        let aborting = spawn(async move {
            place.load(SeqCst);
            aborter.abort();
            place.load(SeqCst)
        });
        let count = aborting.await.unwrap();
        assert!(counting.await.unwrap_err().is_cancelled());
        count
    });
    assert_eq!(seen, BTreeSet::from([0, 1, 2]));
}

#[test]
fn no_waker_runs_a_task_within_another_strand() {
    let mut world = World::new();
    world.carry_by(Some(Rc::new(Threads::new())));
    let mut settings = Settings::default();
    settings.faults = Faults::NONE.with(Kind::ReentrantWaker);
    for seed in 0..500 {
        let body = || async {
            let (sender, receiver) = futures::channel::oneshot::channel();
            let receiving = spawn(receiver);
            reveille_sim::yield_now().await;
            sender.send(5).unwrap();
            receiving.await.unwrap().unwrap()
        };
        let outcome = world.run(&settings, &mut Random::new(seed), 0, body);
        assert_eq!((outcome.output, outcome.verdict), (Some(5), None));
    }
}

/// What a strand touches that takes a lock and gives it back so often.
fn touches(times: u32) -> usize {
    let mut world = World::new();
    world.carry_by(Some(Rc::new(Threads::new())));
    let mut settings = Settings::default();
    settings.recording = Recording::Events { stacks: Vec::new() };
    let outcome = world.run(&settings, &mut Plain, 0, || async move {
        let lock = Mutex::new(0);
        (0..times).for_each(|_| *lock.lock().unwrap() += 1);
    });
    let trace = outcome.trace.unwrap();
    trace.events().filter(|event| matches!(event.what, What::Touched { .. })).count()
}

/// The lock, a look whether it is poisoned, and the unlock. That the standard library looks
/// whether anybody panics, at both of them, is nobody's business.
#[test]
fn a_lock_and_an_unlock_are_three_points() {
    assert_eq!(touches(5) - touches(4), 3);
}
