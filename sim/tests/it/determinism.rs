//! Same tape, same events: in every process, debug or release.
//!
//! The hashes are in git, in `golden.txt`; CI compares them in debug and in release
//! builds. `UPDATE_EXPECT=1` writes them anew: then say why in the commit.

use expect_test::expect_file;
use reveille_sim::time::{interval, sleep, timeout};
use reveille_sim::{
    Builder, Faults, Kind, Plain, Random, Recording, Replay, Sampler, Settings, World, cancellable,
    draw, mark, point, spawn, spawn_local, watch, yield_now,
};
use std::cell::{Cell, RefCell};
use std::fmt::Write;
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

/// Something of everything.
pub(crate) async fn everything() {
    let shelf: Rc<RefCell<Vec<Waker>>> = Rc::default();
    let own = shelf.clone();
    let done = Rc::new(Cell::new(false));
    let told = done.clone();
    let waiting = spawn_local(watch(async move {
        let mut polls = 0;
        poll_fn(|cx| {
            polls += 1;
            own.borrow_mut().push(cx.waker().clone());
            if polls < 3 { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
        told.set(true);
    }));
    let wakes = spawn_local(async move {
        while !done.get() {
            let wakers = shelf.take();
            wakers.into_iter().for_each(Waker::wake);
            sleep(Duration::from_millis(1 + u64::from(draw(3)))).await;
        }
    });
    let sleepers: Vec<_> = (0..4)
        .map(|nap| spawn(async move { sleep(Duration::from_millis(nap / 2)).await }))
        .collect();
    let points = Builder::new().name("points").spawn(async {
        for _ in 0..3 {
            point().await;
            mark("past a point");
        }
    });
    let beat = spawn(async {
        let mut ticks = interval(Duration::from_millis(1));
        loop {
            ticks.tick().await;
        }
    });
    for sleeper in sleepers {
        sleeper.await.unwrap();
    }
    timeout(Duration::from_millis(2), pending::<()>()).await.unwrap_err();
    points.await.unwrap();
    wakes.await.unwrap();
    waiting.await.unwrap();
    yield_now().await;
    beat.abort();
    assert!(beat.await.unwrap_err().is_cancelled());
}

fn hash_of<F: Future>(
    world: &mut World,
    faults: Faults,
    sampler: &mut impl Sampler,
    run: u64,
    body: impl FnOnce() -> F,
) -> (u64, u64) {
    let mut settings = Settings::default();
    settings.recording = Recording::Hash;
    settings.faults = faults;
    let outcome = world.run(&settings, sampler, run, body);
    assert_eq!(outcome.verdict, None);
    let trace = outcome.trace.unwrap();
    (trace.hash(), trace.count())
}

/// Under the faults that polls suffer.
fn hash(world: &mut World, sampler: &mut impl Sampler, run: u64) -> (u64, u64) {
    let faults = Faults::NONE.with(Kind::FreshWaker).with(Kind::SpuriousPoll);
    hash_of(world, faults, sampler, run, everything)
}

/// Something for every fault to strike.
async fn all_that_fails() {
    let gone = Rc::new(Cell::new(0));
    let tasks: Vec<_> = (0..4u64)
        .map(|nap| {
            let gone = gone.clone();
            spawn_local(async move {
                let work = async {
                    yield_now().await;
                    sleep(Duration::from_millis(nap)).await;
                    nap
                };
                if cancellable(work).await.is_err() {
                    gone.set(gone.get() + 1);
                }
            })
        })
        .collect();
    let beat = spawn(async {
        let mut ticks = interval(Duration::from_millis(1));
        loop {
            ticks.tick().await;
        }
    });
    for task in tasks {
        // A fault may have ended it, and then it is a panic.
        let _ = task.await;
    }
    beat.abort();
    let _ = beat.await;
    assert!(gone.get() <= 4);
}

fn hash_of_all(world: &mut World, sampler: &mut impl Sampler, run: u64) -> (u64, u64) {
    let opt_in = Faults::ALL.with(Kind::ReentrantWaker).with(Kind::PanickingClone);
    hash_of(world, opt_in, sampler, run, all_that_fails)
}

#[test]
fn hashes_are_those_in_git() {
    let mut world = World::new();
    let mut text = String::new();
    let (plain, events) = hash(&mut world, &mut Plain, 0);
    writeln!(text, "plain     {plain:016x} {events}").unwrap();
    for seed in 0..2 {
        let mut random = Random::new(seed);
        for run in [0, 1, 2, 9, 1_000_000] {
            let (hash, events) = hash(&mut world, &mut random, run);
            writeln!(text, "{seed} {run:<7} {hash:016x} {events}").unwrap();
        }
    }
    expect_file!["golden.txt"].assert_eq(&text);
}

#[test]
fn hashes_under_all_faults_are_those_in_git() {
    let mut world = World::new();
    let mut text = String::new();
    let mut random = Random::new(2);
    for run in [0, 1, 2, 3, 4, 5, 9, 1_000_000] {
        let (hash, events) = hash_of_all(&mut world, &mut random, run);
        writeln!(text, "{run:<7} {hash:016x} {events}").unwrap();
    }
    expect_file!["golden_faults.txt"].assert_eq(&text);
}

#[test]
fn a_replay_under_all_faults_is_the_same_run() {
    let mut world = World::new();
    let mut random = Random::new(13);
    let mut struck = Faults::NONE;
    for run in 0..500 {
        let first = hash_of_all(&mut world, &mut random, run);
        let tape = world.tape();
        struck = tape.deviations().fold(struck, |struck, (kind, ..)| struck.with(kind));
        assert_eq!(hash_of_all(&mut World::new(), &mut Replay::new(tape), 0), first, "run {run}");
    }
    // Forgetting is left out: it leaks, and the sanitizer would say so. I/O has its own, and stale
    // loads are of the engine of threads.
    let expected = Kind::ALL.into_iter().filter(|kind| !kind.is_of_io());
    let expected = expected.fold(Faults::NONE, Faults::with);
    let expected = expected.without(Kind::ForgottenFuture).without(Kind::StaleLoad);
    assert_eq!(struck, expected);
}

#[test]
fn a_replay_is_the_same_run() {
    let mut world = World::new();
    let mut random = Random::new(11);
    for run in 0..200 {
        let first = hash(&mut world, &mut random, run);
        let tape = world.tape();
        // In this world and in a new one.
        assert_eq!(hash(&mut world, &mut Replay::new(tape.clone()), 0), first, "run {run}");
        assert_eq!(hash(&mut World::new(), &mut Replay::new(tape), 0), first, "run {run}");
    }
}

#[test]
fn different_tapes_have_different_hashes() {
    let mut world = World::new();
    let mut random = Random::new(12);
    let mut seen = std::collections::BTreeMap::new();
    for run in 0..500 {
        let first = hash(&mut world, &mut random, run);
        let deviations: Vec<_> = world.tape().deviations().collect();
        if let Some(other) = seen.insert(first, deviations.clone()) {
            assert_eq!(other, deviations, "two tapes, one hash");
        }
    }
    assert!(seen.len() > 450, "{}", seen.len());
}
