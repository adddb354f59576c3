//! Wakers: what is counted, and when the oracle speaks.

use crate::{calm, plain, striking};
use reveille_sim::{
    Faults, Finding, Kind, Law, Level, Owner, Settings, TaskId, World, spawn_daemon, spawn_local,
    yield_now,
};
use std::cell::RefCell;
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};

type Shelf = Rc<RefCell<Vec<Waker>>>;

/// Waits for ever, its waker on the shelf.
async fn shelved(shelf: Shelf) {
    poll_fn(|cx| {
        shelf.borrow_mut().push(cx.waker().clone());
        Poll::<()>::Pending
    })
    .await;
}

fn verdict<F: Future>(body: impl FnOnce() -> F) -> Option<(Law, Owner)> {
    plain(body).verdict.map(|finding| (finding.law, finding.owner))
}

const fn task(number: u32) -> Owner {
    Owner::Task(TaskId(number))
}

#[test]
fn a_clone_anywhere_is_no_debt_and_its_drop_is_one() {
    let shelf = Shelf::default();
    let found = verdict(|| async {
        drop(spawn_local(shelved(shelf.clone())));
        yield_now().await;
        let kept = shelf.borrow()[0].clone();
        shelf.borrow_mut().clear();
        yield_now().await;
        drop(kept);
        yield_now().await;
        unreachable!("the verdict comes at the drop");
    });
    assert_eq!(found, Some((Law::WakerDropped, task(1))));
}

#[test]
fn a_wake_by_value_counts_as_a_wake_before_it_counts_as_a_drop() {
    let shelf = Shelf::default();
    let found = verdict(|| async {
        let mut polls = 0;
        let own = shelf.clone();
        let waiting = spawn_local(poll_fn(move |cx| {
            polls += 1;
            if polls == 2 {
                return Poll::Ready(());
            }
            own.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        }));
        yield_now().await;
        let waker = shelf.borrow_mut().pop().unwrap();
        waker.wake();
        waiting.await.unwrap();
    });
    assert_eq!(found, None);
}

#[test]
fn a_wake_during_the_poll_counts_as_registered() {
    let mut polls = 0;
    let found = verdict(|| {
        poll_fn(move |cx| {
            polls += 1;
            cx.waker().wake_by_ref();
            if polls < 5 { Poll::Pending } else { Poll::Ready(()) }
        })
    });
    assert_eq!(found, None);
}

#[test]
fn a_debt_waits_while_somebody_else_holds_the_handle() {
    // The root sleeps, then drops the handle: from then on nobody can end the task.
    let found = verdict(|| async {
        let forever = spawn_local(pending::<()>());
        reveille_sim::time::sleep(std::time::Duration::from_secs(1)).await;
        drop(forever);
        yield_now().await;
        unreachable!("the verdict comes with the last handle");
    });
    assert_eq!(found, Some((Law::PendingWithoutWaker, task(1))));
}

#[test]
fn a_debt_is_told_when_the_run_ends_with_the_task_unfinished() {
    let found = verdict(|| async {
        let _forever = spawn_local(pending::<()>());
        yield_now().await;
    });
    assert_eq!(found, Some((Law::PendingWithoutWaker, task(1))));
}

#[test]
fn a_debt_goes_along_join_edges() {
    // Root waits for 1, which waits for 2, which nothing can wake; 3 is a heartbeat.
    let found = verdict(|| async {
        drop(spawn_daemon(async {
            loop {
                reveille_sim::time::sleep(std::time::Duration::from_secs(1)).await;
            }
        }));
        let outer = spawn_local(async {
            spawn_local(pending::<()>()).await.unwrap();
        });
        outer.await.unwrap();
    });
    assert_eq!(found, Some((Law::PendingWithoutWaker, task(3))));
}

#[test]
fn a_debt_that_somebody_may_abort_is_told_at_rest() {
    let shelf = Shelf::default();
    let found = verdict(|| async {
        let forever = spawn_local(pending::<()>());
        let abort = forever.abort_handle();
        let own = shelf.clone();
        drop(spawn_local(async move {
            shelved(own).await;
            abort.abort();
        }));
        let _ = forever.await;
    });
    assert_eq!(found, Some((Law::PendingWithoutWaker, task(1))));
}

#[test]
fn daemons_owe_nothing() {
    let shelf = Shelf::default();
    let found = verdict(|| async {
        drop(spawn_daemon(pending::<()>()));
        drop(spawn_daemon(shelved(shelf.clone())));
        yield_now().await;
        shelf.borrow_mut().clear();
        yield_now().await;
    });
    assert_eq!(found, None);
}

#[test]
fn a_law_that_is_allowed_is_silent_and_one_that_warns_warns_once() {
    for (level, warned) in [(Level::Allow, 0), (Level::Warn, 1)] {
        let mut settings = calm();
        settings.levels.set(Law::PendingWithoutWaker, level);
        let outcome = World::new().run(&settings, &mut reveille_sim::Plain, 0, || async {
            for _ in 0..2 {
                drop(spawn_local(async { pending::<()>().await }));
                yield_now().await;
            }
            7
        });
        assert_eq!(outcome.output, Some(7));
        let laws: Vec<Law> = outcome.warnings.iter().map(|finding: &Finding| finding.law).collect();
        // One for each of the two tasks, however often they are looked at.
        assert_eq!(laws, vec![Law::PendingWithoutWaker; 2 * warned]);
    }
}

#[test]
fn a_fresh_waker_tells_a_stale_one() {
    let run = |replace: bool| {
        let slot: Rc<RefCell<Option<Waker>>> = Rc::default();
        let own = slot.clone();
        let mut replay = striking(Kind::FreshWaker, &[1; 4]);
        World::new().run(&Settings::default(), &mut replay, 0, || async move {
            let mut polls = 0;
            let waiting = spawn_local(poll_fn(move |cx| {
                polls += 1;
                if polls == 3 {
                    return Poll::Ready(());
                }
                let mut slot = own.borrow_mut();
                match &mut *slot {
                    Some(waker) if replace => waker.clone_from(cx.waker()),
                    Some(_) => {}
                    None => *slot = Some(cx.waker().clone()),
                }
                Poll::Pending
            }));
            for _ in 0..2 {
                yield_now().await;
                let waker = slot.borrow().clone();
                waker.unwrap().wake();
            }
            drop(slot.take());
            waiting.await.unwrap();
        })
    };
    assert_eq!(run(true).verdict, None);
    assert_eq!(run(false).verdict.unwrap().law, Law::StaleWaker);
}

#[test]
fn a_wake_of_an_old_identity_is_delivered() {
    // Both wakers are kept; only the older one is woken.
    let shelf = Shelf::default();
    let own = shelf.clone();
    let mut replay = striking(Kind::FreshWaker, &[1; 4]);
    let outcome = World::new().run(&Settings::default(), &mut replay, 0, || async move {
        let mut polls = 0;
        let waiting = spawn_local(poll_fn(move |cx| {
            polls += 1;
            own.borrow_mut().push(cx.waker().clone());
            if polls == 3 { Poll::Ready(polls) } else { Poll::Pending }
        }));
        for _ in 0..2 {
            yield_now().await;
            let first = shelf.borrow()[0].clone();
            first.wake();
        }
        let polls = waiting.await.unwrap();
        let wakers = shelf.take();
        let fresh = wakers.iter().all(|waker| !waker.will_wake(&wakers[0])) as usize;
        (polls, wakers.iter().filter(|waker| !waker.will_wake(&wakers[0])).count(), fresh)
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some((3, 2, 0))));
}

#[test]
fn one_poll_answers_a_spurious_poll_and_a_wake() {
    let mut settings = Settings::default();
    settings.faults = Faults::ALL;
    let mut replay = striking(Kind::SpuriousPoll, &[1; 4]);
    let outcome = World::new().run(&settings, &mut replay, 0, || async {
        let shelf = Shelf::default();
        let own = shelf.clone();
        let polls = Rc::new(RefCell::new(0));
        let counted = polls.clone();
        let waiting = spawn_local(poll_fn(move |cx| {
            *counted.borrow_mut() += 1;
            own.borrow_mut().push(cx.waker().clone());
            if own.borrow().len() == 2 { Poll::Ready(()) } else { Poll::Pending }
        }));
        yield_now().await;
        shelf.borrow().iter().for_each(Waker::wake_by_ref);
        waiting.await.unwrap();
        drop(shelf.take());
        polls.take()
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(2)));
}
