//! Wakes that take effect late.

use crate::exhaustive::all_under;
use crate::hooks::{OnDrop, Slot, shelving};
use crate::{calm, striking, struck};
use reveille_sim::time::sleep;
use reveille_sim::{
    Faults, JoinHandle, Kind, Law, Outcome, Recording, What, World, spawn_local, yield_now,
};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

/// Waits once for a wake of the waker that it puts on `shelf`, and counts its polls.
fn waits_once(shelf: &Slot<Waker>, polls: &Rc<Cell<u32>>) -> JoinHandle<()> {
    let (shelf, polls) = (shelf.clone(), polls.clone());
    spawn_local(poll_fn(move |cx| {
        polls.set(polls.get() + 1);
        if polls.get() > 1 {
            return Poll::Ready(());
        }
        *shelf.borrow_mut() = Some(cx.waker().clone());
        Poll::Pending
    }))
}

/// The first wake is that of a yield of the root's, the second the one that counts.
fn with_the_second_wake_late<F: Future>(body: impl FnOnce() -> F) -> Outcome<F::Output> {
    struck(Kind::DelayedWake, &[0, 1], body)
}

#[test]
fn a_timeout_may_win_against_a_wake_that_came_first() {
    let first = || async {
        let shelf: Slot<Waker> = Rc::default();
        let own = shelf.clone();
        let waits = spawn_local(async move {
            let woken = Rc::new(Cell::new(false));
            let mut nap = pin!(sleep(10 * MS));
            let mut polls = 0;
            poll_fn(|cx| {
                polls += 1;
                // The timeout is looked at first.
                if nap.as_mut().poll(cx).is_ready() {
                    return Poll::Ready("time");
                }
                if polls > 1 {
                    return Poll::Ready("wake");
                }
                woken.set(true);
                *own.borrow_mut() = Some(cx.waker().clone());
                Poll::Pending
            })
            .await
        });
        yield_now().await;
        let waker = shelf.borrow_mut().take();
        match waker {
            Some(waker) => waker.wake(),
            // Under this schedule the task has not begun.
            None => waits.abort(),
        }
        waits.await.unwrap_or("abort")
    };
    let calm: BTreeSet<_> = all_under(Faults::NONE, first).into_iter().collect();
    assert_eq!(calm, BTreeSet::from(["abort", "wake"]));
    let delays = Faults::NONE.with(Kind::DelayedWake);
    let delayed: BTreeSet<_> = all_under(delays, first).into_iter().collect();
    assert_eq!(delayed, BTreeSet::from(["abort", "time", "wake"]));
    let delayed = struck(Kind::DelayedWake, &[0, 1], first);
    assert_eq!((delayed.verdict, delayed.output.unwrap(), delayed.now), (None, "time", 10_000_000));
}

#[test]
fn every_set_of_late_wakes_ends_without_a_loss() {
    // No timer at all: whatever is late comes through at once.
    let runs = all_under(Faults::NONE.with(Kind::DelayedWake), || async {
        let (shelf, polls) = (Slot::default(), Rc::default());
        let waits = waits_once(&shelf, &polls);
        yield_now().await;
        let waker = shelf.borrow_mut().take();
        match waker {
            Some(waker) => waker.wake(),
            None => return 2,
        }
        waits.await.unwrap();
        polls.get()
    });
    assert!(runs.len() > 8, "{}", runs.len());
    assert!(runs.iter().all(|polls| *polls == 2));
}

#[test]
fn a_second_wake_of_a_late_task_changes_nothing() {
    let outcome = with_the_second_wake_late(|| async {
        let (shelf, polls) = (Slot::default(), Rc::default());
        let waits = waits_once(&shelf, &polls);
        yield_now().await;
        let waker = shelf.borrow().clone().unwrap();
        waker.wake_by_ref();
        waker.wake_by_ref();
        drop((waker, shelf.borrow_mut().take()));
        // Whatever the root does, the task waits for time to move.
        for _ in 0..5 {
            yield_now().await;
            assert_eq!(polls.get(), 1);
        }
        sleep(MS).await;
        yield_now().await;
        assert_eq!(polls.get(), 2);
        waits.await.unwrap();
    });
    assert_eq!((outcome.verdict, outcome.warnings, outcome.now), (None, vec![], 1_000_000));
}

#[test]
fn no_wake_is_late_by_more_than_a_tenth_of_a_second() {
    for (nap, at) in [(100 * MS, 100), (101 * MS, 0)] {
        let outcome = with_the_second_wake_late(|| async {
            let (shelf, polls) = (Slot::default(), Rc::default());
            let waits = waits_once(&shelf, &polls);
            drop(spawn_local(sleep(nap)));
            yield_now().await;
            let waker = shelf.borrow_mut().take();
            waker.unwrap().wake();
            waits.await.unwrap();
        });
        assert_eq!((outcome.verdict, outcome.now), (None, at * 1_000_000));
    }
}

#[test]
fn an_abort_does_not_wait() {
    let outcome = with_the_second_wake_late(|| async {
        let (shelf, polls) = (Slot::default(), Rc::default());
        let waits = waits_once(&shelf, &polls);
        drop(spawn_local(sleep(50 * MS)));
        yield_now().await;
        let waker = shelf.borrow_mut().take();
        waker.unwrap().wake();
        waits.abort();
        let cancelled = waits.await.unwrap_err().is_cancelled();
        (cancelled, polls.get())
    });
    assert_eq!((outcome.verdict, outcome.output, outcome.now), (None, Some((true, 1)), 0));
}

#[test]
fn a_late_task_is_dropped_with_the_run() {
    let drops = Rc::new(Cell::new(0));
    let own = drops.clone();
    let mut settings = calm();
    settings.recording = Recording::events(Vec::new());
    let mut world = World::new();
    let mut replay = striking(Kind::DelayedWake, &[0, 1]);
    for run in 1..3 {
        let own = own.clone();
        let outcome = world.run(&settings, &mut replay, 0, || async move {
            let shelf: Slot<Waker> = Rc::default();
            let waits = shelving(shelf.clone());
            drop(spawn_local(async move {
                let _counted = OnDrop(move || own.set(own.get() + 1));
                waits.await;
            }));
            yield_now().await;
            let waker = shelf.borrow_mut().take();
            waker.unwrap().wake();
        });
        assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));
        let events = outcome.trace.unwrap();
        assert!(!events.events().any(|event| matches!(event.what, What::LetIn { .. })));
        assert_eq!(drops.get(), run);
    }
}

#[test]
fn the_fair_tail_lets_everybody_in() {
    let mut settings = calm();
    settings.max_steps = 50;
    let mut replay = striking(Kind::DelayedWake, &[0, 1]);
    let outcome = World::new().run(&settings, &mut replay, 0, || async {
        let (shelf, polls) = (Slot::default(), Rc::default());
        let waits = waits_once(&shelf, &polls);
        yield_now().await;
        let waker = shelf.borrow_mut().take();
        waker.unwrap().wake();
        // Never idle, so time never moves.
        while polls.get() < 2 {
            yield_now().await;
        }
        waits.await.unwrap();
    });
    assert_eq!(outcome.verdict, None);
    assert!(outcome.steps > 50 && outcome.steps < 60, "{}", outcome.steps);
}

#[test]
fn delays_are_no_idle_time() {
    // More yields between two polls of the root than the horizon has moves of the clock.
    let mut settings = calm();
    settings.max_steps = 2_000;
    let mut replay = striking(Kind::DelayedWake, &[1; 1_000]);
    let outcome = World::new().run(&settings, &mut replay, 0, || async {
        drop(spawn_local(async {
            loop {
                sleep(MS).await;
            }
        }));
        let busy = spawn_local(async {
            for _ in 0..400 {
                yield_now().await;
            }
        });
        busy.await.unwrap();
    });
    assert_eq!(outcome.verdict, None);
}

#[test]
fn a_lost_wake_is_told_as_ever() {
    let outcome = with_the_second_wake_late(|| async {
        let shelf: Slot<Waker> = Rc::default();
        let waits = spawn_local(shelving(shelf.clone()));
        yield_now().await;
        let waker = shelf.borrow_mut().take();
        waker.unwrap().wake();
        sleep(MS).await;
        yield_now().await;
        drop(shelf.borrow_mut().take());
        waits.await.unwrap();
    });
    assert_eq!(outcome.verdict.unwrap().law, Law::WakerDropped);
}

#[test]
fn the_wakes_of_timers_are_as_exact_as_the_timers() {
    let outcome = struck(Kind::DelayedWake, &[1; 100], || async {
        drop(spawn_local(async {
            loop {
                sleep(3 * MS).await;
            }
        }));
        for _ in 0..10 {
            sleep(MS).await;
        }
    });
    assert_eq!((outcome.verdict, outcome.now), (None, 10_000_000));
}

#[test]
fn a_late_wake_comes_through_while_somebody_spins() {
    let outcome = with_the_second_wake_late(|| async {
        let shelf: Slot<Waker> = Rc::default();
        let polls = Rc::new(Cell::new(0));
        let waits = waits_once(&shelf, &polls);
        yield_now().await;
        shelf.take().expect("it waits").wake();
        // Time stands still meanwhile.
        while polls.get() < 2 {
            yield_now().await;
        }
        waits.await.unwrap();
    });
    assert_eq!(outcome.verdict, None);
    assert!((100..120).contains(&outcome.steps), "{}", outcome.steps);
}
