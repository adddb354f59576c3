//! Wakers that run tasks in the call.

use crate::hooks::{OnDrop, Slot};
use crate::{calm, struck};
use reveille_sim::{
    Detail, Faults, Finding, JoinHandle, Kind, Law, Owner, Random, Replay, Tape, TaskId, What,
    World, cancellable, current_nested, point, spawn_local, watch, yield_now,
};
use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

type Log = Rc<RefCell<Vec<&'static str>>>;

/// A task that logs its polls and waits on `shelf` for one wake.
fn waits(shelf: &Slot<Waker>, log: &Log) -> JoinHandle<()> {
    let (shelf, log) = (shelf.clone(), log.clone());
    let mut polls = 0;
    spawn_local(poll_fn(move |cx| {
        polls += 1;
        log.borrow_mut().push(if polls == 1 { "waits" } else { "runs" });
        let waker = cx.waker().clone();
        *shelf.borrow_mut() = Some(waker);
        if polls == 1 { Poll::Pending } else { Poll::Ready(()) }
    }))
}

/// The waker on `shelf`, once it is there, without a clone.
async fn taken(shelf: &Slot<Waker>) -> Waker {
    loop {
        let waker = shelf.borrow_mut().take();
        match waker {
            Some(waker) => return waker,
            None => yield_now().await,
        }
    }
}

pub(crate) async fn clones_its_waker() {
    poll_fn(|cx| {
        drop(cx.waker().clone());
        Poll::Ready(())
    })
    .await;
}

/// A run in which the calls of wakers with these numbers re-enter. Calls count if
/// somebody is due who could run.
fn reentered<F: Future>(
    lane: &[u32],
    body: impl FnOnce() -> F,
) -> reveille_sim::Outcome<F::Output> {
    struck(Kind::ReentrantWaker, lane, body)
}

#[test]
fn a_wake_runs_the_task_inside_the_call() {
    for by_value in [true, false] {
        // The first occasion is the clone that the task makes, while the root is due.
        let outcome = reentered(&[0, 1], || async {
            let (shelf, log) = (Slot::default(), Log::default());
            let task = waits(&shelf, &log);
            let waker = taken(&shelf).await;
            log.borrow_mut().push("wakes");
            if by_value {
                waker.wake();
            } else {
                waker.wake_by_ref();
                drop(waker);
            }
            log.borrow_mut().push("goes on");
            assert!(task.is_finished());
            task.await.unwrap();
            drop(shelf.take());
            log.take()
        });
        assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));
        assert_eq!(outcome.output.unwrap(), ["waits", "wakes", "runs", "goes on"]);
        // The nested poll is no step of its own.
        assert_eq!(outcome.steps, 3);
    }
}

#[test]
fn it_is_one_level_deep() {
    let outcome = reentered(&[1; 20], || async {
        let (first, second, log) = (Slot::default(), Slot::default(), Log::default());
        let inner = waits(&first, &log);
        let woken = first.clone();
        let outer = spawn_local({
            let (second, log) = (second.clone(), log.clone());
            poll_fn(move |cx| {
                let waker = woken.borrow_mut().take();
                match waker {
                    Some(waker) if current_nested().is_some() => {
                        log.borrow_mut().push("wakes");
                        waker.wake();
                        log.borrow_mut().push("goes on");
                        return Poll::Ready(());
                    }
                    waker => *woken.borrow_mut() = waker,
                }
                let waker = cx.waker().clone();
                *second.borrow_mut() = Some(waker);
                Poll::Pending
            })
        });
        while first.borrow().is_none() {
            yield_now().await;
        }
        taken(&second).await.wake();
        outer.await.unwrap();
        inner.await.unwrap();
        drop((first.take(), second.take()));
        log.take()
    });
    assert_eq!(outcome.verdict, None);
    assert_eq!(outcome.output.unwrap(), ["waits", "wakes", "goes on", "runs"]);
}

#[test]
fn who_is_running_is_not_run() {
    let outcome = reentered(&[1; 50], || async {
        for _ in 0..5 {
            yield_now().await;
        }
        assert_eq!(current_nested(), None);
    });
    assert_eq!((outcome.verdict, outcome.steps), (None, 6));
}

fn is_wake_in_lock(finding: &Finding, caller: u32, polled: u32, text: &str) {
    assert_eq!(finding.law, Law::WakeInLock, "{finding:?}");
    assert_eq!(finding.owner, Owner::Task(TaskId(caller)));
    assert_eq!(finding.others, [TaskId(polled)]);
    let Detail::Panic { message, location, .. } = &finding.detail else { panic!("{finding:?}") };
    assert!(message.contains(text), "{message}");
    assert!(location.as_ref().unwrap().contains("reentrant_wakers.rs"));
}

#[test]
fn a_cell_that_is_borrowed_breaks_the_law() {
    let run = |lane: &[u32]| {
        reentered(lane, || async {
            let (shelf, log) = (Slot::default(), Log::default());
            let task = waits(&shelf, &log);
            while shelf.borrow().is_none() {
                yield_now().await;
            }
            if let Some(waker) = shelf.borrow_mut().take() {
                waker.wake();
            }
            let _ = task.await;
            drop(shelf.take());
        })
    };
    assert_eq!(run(&[]).verdict, None);
    is_wake_in_lock(&run(&[0, 1]).verdict.unwrap(), 0, 1, "already borrowed");
}

#[test]
fn a_clone_runs_who_is_due() {
    let outcome = reentered(&[1], || async {
        let log = Log::default();
        let own = log.clone();
        let task = spawn_local(async move { own.borrow_mut().push("runs") });
        let kept = poll_fn(|cx| {
            log.borrow_mut().push("clones");
            let waker = cx.waker().clone();
            log.borrow_mut().push("goes on");
            Poll::Ready(waker)
        })
        .await;
        drop(kept);
        task.await.unwrap();
        log.take()
    });
    assert_eq!(outcome.verdict, None);
    assert_eq!(outcome.output.unwrap(), ["clones", "runs", "goes on"]);
}

#[test]
fn the_schedule_says_who_of_those_that_are_due() {
    let ran = |who: &[u32]| {
        let mut tape = Tape::new();
        *tape.lane_mut(Kind::ReentrantWaker) = vec![1];
        *tape.lane_mut(Kind::Schedule) = who.to_vec();
        let outcome = World::new().run(&calm(), &mut Replay::new(tape), 0, || async {
            let log = Log::default();
            for name in ["first", "second", "third"] {
                let log = log.clone();
                drop(spawn_local(async move { log.borrow_mut().push(name) }));
            }
            clones_its_waker().await;
            log.take()
        });
        assert_eq!(outcome.verdict, None);
        outcome.output.unwrap()
    };
    assert_eq!(ran(&[]), ["first"]);
    assert_eq!(ran(&[1]), ["second"]);
    assert_eq!(ran(&[2]), ["third"]);
}

#[test]
fn a_drop_cancels_who_was_aborted() {
    let outcome = reentered(&[0, 1], || async {
        let log = Log::default();
        let own = log.clone();
        let other = spawn_local(async {});
        let guard = OnDrop(move || own.borrow_mut().push("cancelled"));
        let task = spawn_local(async move {
            let _guard = guard;
            pending::<()>().await;
        });
        let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
        task.abort();
        log.borrow_mut().push("drops");
        drop(waker);
        log.borrow_mut().push("goes on");
        assert!(!other.is_finished(), "the one that was aborted goes first");
        other.await.unwrap();
        assert!(task.await.unwrap_err().is_cancelled());
        log.take()
    });
    assert_eq!(outcome.verdict, None);
    assert_eq!(outcome.output.unwrap(), ["drops", "cancelled", "goes on"]);
}

#[test]
fn a_cancelled_task_that_panics_breaks_the_law() {
    let outcome = reentered(&[0, 1], || async {
        let cell = Rc::new(RefCell::new(()));
        let own = cell.clone();
        let task = spawn_local({
            let guard = OnDrop(move || drop(own.borrow_mut()));
            async move {
                let _guard = guard;
                pending::<()>().await;
            }
        });
        let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
        task.abort();
        let borrowed = cell.borrow_mut();
        drop(waker);
        drop(borrowed);
        let _ = task.await;
    });
    is_wake_in_lock(&outcome.verdict.unwrap(), 0, 1, "already borrowed");
}

#[test]
fn the_clone_of_a_joiner_runs_the_task_to_its_end() {
    // Nobody stands in the slot while the clone is made.
    let outcome = reentered(&[1], || async { spawn_local(async { 7 }).await.unwrap() });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(7)));
    assert_eq!(outcome.steps, 1);
}

#[test]
fn the_root_may_end_inside_a_call() {
    let outcome = reentered(&[0, 1], || async {
        let shelf: Slot<Waker> = Rc::default();
        let woken = shelf.clone();
        drop(spawn_local(async move {
            taken(&woken).await.wake();
            pending::<()>().await;
        }));
        let mut polls = 0;
        poll_fn(|cx| {
            polls += 1;
            if polls > 1 {
                return Poll::Ready(());
            }
            let waker = cx.waker().clone();
            *shelf.borrow_mut() = Some(waker);
            Poll::Pending
        })
        .await;
        9
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(9)));
}

/// A large one, so that its block goes back to the allocator and the sanitizer sees it.
#[test]
fn who_ends_inside_a_call_is_freed_there() {
    for by_value in [true, false] {
        let drops = Rc::new(Cell::new(0));
        let counted = drops.clone();
        let outcome = reentered(&[0, 1], || async move {
            let shelf: Slot<Waker> = Rc::default();
            let own = shelf.clone();
            drop(spawn_local(async move {
                let large = [7u8; 8192];
                let _counted = OnDrop(move || counted.set(counted.get() + 1));
                let mut polls = 0;
                poll_fn(move |cx| {
                    polls += 1;
                    let waker = cx.waker().clone();
                    *own.borrow_mut() = Some(waker);
                    if polls == 1 { Poll::Pending } else { Poll::Ready(()) }
                })
                .await;
                std::hint::black_box(&large);
            }));
            let waker = taken(&shelf).await;
            if by_value {
                waker.wake();
            } else {
                waker.wake_by_ref();
                drop(waker);
            }
            drop(shelf.take());
        });
        assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));
        assert_eq!(drops.get(), 1);
    }
}

#[test]
fn a_nested_poll_drops_the_handle_of_the_caller_and_aborts_it() {
    let outcome = reentered(&[0, 0, 1], || async {
        let (shelf, handle): (Slot<Waker>, Slot<JoinHandle<()>>) = Default::default();
        let (own, of_caller) = (shelf.clone(), handle.clone());
        let ends = spawn_local(async move {
            shelving_once(own).await;
            let caller: Option<JoinHandle<()>> = of_caller.borrow_mut().take();
            let caller = caller.unwrap();
            caller.abort();
            drop(caller);
        });
        let woken = shelf.clone();
        let caller = spawn_local(async move {
            taken(&woken).await.wake();
            pending::<()>().await;
        });
        *handle.borrow_mut() = Some(caller);
        ends.await.unwrap();
        yield_now().await;
    });
    assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));
}

/// Waits for one wake.
async fn shelving_once(shelf: Slot<Waker>) {
    let mut polls = 0;
    poll_fn(|cx| {
        polls += 1;
        let waker = cx.waker().clone();
        *shelf.borrow_mut() = Some(waker);
        if polls == 1 { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    drop(shelf.borrow_mut().take());
}

#[test]
fn points_inside_a_call_go_on() {
    let outcome = reentered(&[1], || async {
        let log = Log::default();
        let own = log.clone();
        let task = spawn_local(async move {
            for _ in 0..3 {
                point().await;
                own.borrow_mut().push("point");
            }
        });
        drop(spawn_local(async {}));
        clones_its_waker().await;
        let seen = log.borrow().len();
        task.await.unwrap();
        seen
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(3)));
}

#[test]
fn while_a_panic_unwinds_nobody_is_run() {
    let outcome = reentered(&[0, 1, 1, 1], || async {
        let ran = Rc::new(Cell::new(false));
        let told = ran.clone();
        let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
        let task = spawn_local(async move { told.set(true) });
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            let waker = waker;
            waker.wake_by_ref();
            std::panic::resume_unwind(Box::new(1));
        }));
        assert!(unwound.is_err());
        let before = ran.get();
        task.await.unwrap();
        before
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(false)));
}

#[test]
fn a_watch_passes_the_call_on() {
    let outcome = reentered(&[0, 0, 1], || async {
        let shelf: Slot<Waker> = Rc::default();
        let own = shelf.clone();
        let task = spawn_local(watch(shelving_once(own)));
        let waker = taken(&shelf).await;
        waker.wake();
        let at_once = task.is_finished();
        task.await.unwrap();
        at_once
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(true)));
}

/// Everything at once, many times; for the sanitizer.
#[test]
fn many_runs_under_every_fault_of_wakers() {
    let mut settings = calm();
    settings.faults = Faults::ALL.with(Kind::ReentrantWaker).with(Kind::PanickingClone);
    let mut world = World::new();
    let mut random = Random::new(5);
    let mut nested = 0;
    for run in 0..3_000 {
        settings.recording = reveille_sim::Recording::events(Vec::new());
        let outcome = world.run(&settings, &mut random, run, || async {
            let shelf: Rc<RefCell<Vec<Waker>>> = Rc::default();
            let handles: Rc<RefCell<Vec<JoinHandle<[u8; 2048]>>>> = Rc::default();
            for number in 0..4u64 {
                let (shelf, handles_of) = (shelf.clone(), handles.clone());
                let handle = spawn_local(async move {
                    let large = [number as u8; 2048];
                    let mut polls = 0;
                    let wait = poll_fn(|cx| {
                        polls += 1;
                        let waker = cx.waker().clone();
                        shelf.borrow_mut().push(waker);
                        if polls > 2 { Poll::Ready(()) } else { Poll::Pending }
                    });
                    let _ = cancellable(watch(wait)).await;
                    let other = handles_of.borrow_mut().pop();
                    if let Some(other) = other {
                        if number % 2 == 0 {
                            other.abort();
                        }
                        drop(other);
                    }
                    std::hint::black_box(large)
                });
                handles.borrow_mut().push(handle);
            }
            for _ in 0..6 {
                reveille_sim::time::sleep(Duration::from_millis(1)).await;
                let wakers = shelf.take();
                for (number, waker) in wakers.into_iter().enumerate() {
                    if number % 2 == 0 {
                        waker.wake();
                    } else {
                        waker.wake_by_ref();
                    }
                }
            }
            drop(handles.take());
        });
        assert_eq!(outcome.verdict, None, "run {run}");
        let trace = outcome.trace.unwrap();
        let ran = |what: &What| matches!(what, What::Chosen { kind: Kind::ReentrantWaker, .. });
        nested += trace.events().filter(|event| ran(&event.what)).count();
    }
    assert!(nested > 1_000, "{nested}");
}
