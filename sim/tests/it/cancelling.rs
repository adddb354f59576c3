//! Futures that are dropped, or forgotten, at one of their awaits.

use crate::exhaustive::{all_outcomes_under, all_under};
use crate::hooks::{OnDrop, Slot, shelving};
use crate::{calm, plain, struck};
use reveille_sim::time::sleep;
use reveille_sim::{
    Detail, Faults, Kind, Law, Plain, Replay, Tape, World, cancellable, spawn_local, yield_now,
};
use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

const CANCELLATION: Faults = Faults::NONE.with(Kind::Cancellation);

/// What became of a future that waits so many times: the polls it had, and whether
/// it was dropped in the poll of its task that began with `polls` of its own.
async fn cancelled_after(waits: u32) -> (u32, u32, bool) {
    let (polls, tries, dropped) = (Cell::new(0), Cell::new(0), Cell::new(false));
    let inner = async {
        let _told = OnDrop(|| dropped.set(true));
        for _ in 0..waits {
            polls.set(polls.get() + 1);
            yield_now().await;
        }
        polls.set(polls.get() + 1);
    };
    let mut outer = pin!(cancellable(inner));
    let ended = poll_fn(|cx| {
        tries.set(tries.get() + 1);
        outer.as_mut().poll(cx)
    })
    .await;
    assert_eq!(dropped.get(), polls.get() > 0, "it is dropped at once, if it ever began");
    (polls.get(), tries.get(), ended.is_err())
}

#[test]
fn every_await_is_a_place_before_and_after_it() {
    for waits in 0..5 {
        let runs = all_under(CANCELLATION, || cancelled_after(waits));
        // Never struck; then, the last place first, after and before each wait.
        let mut expected = vec![(waits + 1, waits + 1, false)];
        for wait in (0..=waits).rev() {
            expected.push((wait, wait + 1, true));
            if wait > 0 {
                expected.push((wait, wait, true));
            }
        }
        assert_eq!(runs, expected);
        assert_eq!(runs.len() as u32, 1 + 2 * waits + 1);
    }
}

#[test]
fn after_the_wake_and_before_the_poll() {
    // The second choice is after the first `Pending`, the third before the next poll.
    for (lane, times) in [(&[0, 1][..], 0), (&[0, 0, 1], 1)] {
        let outcome = struck(Kind::Cancellation, lane, || async {
            let woken = Rc::new(Cell::new(0));
            let shelf: Slot<Waker> = Rc::default();
            let task = spawn_local(cancellable(shelving(shelf.clone())));
            yield_now().await;
            if let Some(waker) = shelf.borrow_mut().take().filter(|_| !task.is_finished()) {
                woken.set(1);
                waker.wake();
            }
            assert!(task.await.unwrap().is_err());
            woken.get()
        });
        assert_eq!((outcome.verdict, outcome.output), (None, Some(times)));
    }
}

#[test]
fn with_the_fault_off_and_outside_a_run_it_is_the_future() {
    let outcome = plain(|| async { cancellable(async { 7 }).await.unwrap() });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(7)));

    let mut cx = Context::from_waker(Waker::noop());
    let mut future = cancellable(std::future::ready(7));
    assert_eq!(Pin::new(&mut future).poll(&mut cx), Poll::Ready(Ok(7)));
    let mut future = cancellable(pending::<()>());
    assert!(Pin::new(&mut future).poll(&mut cx).is_pending());
}

#[test]
fn one_that_was_cancelled_stays_so_outside_its_run() {
    let kept: Slot<Pin<Box<dyn Future<Output = bool>>>> = Rc::default();
    let own = kept.clone();
    let outcome = struck(Kind::Cancellation, &[1], || async move {
        let mut future = Box::pin(cancellable(pending::<()>()));
        assert!(future.as_mut().await.is_err());
        *own.borrow_mut() = Some(Box::pin(async move { future.await.is_err() }));
    });
    assert_eq!(outcome.verdict, None);
    let mut future = kept.borrow_mut().take().unwrap();
    assert_eq!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(true));
}

#[test]
fn a_poll_after_ready_breaks_the_law() {
    let polls_on = || async {
        let mut future = cancellable(std::future::ready(()));
        let _ = Pin::new(&mut future).await;
        let _ = Pin::new(&mut future).await;
    };
    for outcome in [plain(polls_on), struck(Kind::Cancellation, &[1], polls_on)] {
        let finding = outcome.verdict.unwrap();
        assert_eq!(finding.law, Law::PollAfterReady);
        assert!(
            matches!(finding.detail, Detail::MadeAt(at) if at.file().ends_with("cancelling.rs"))
        );
    }
}

#[test]
fn a_panic_of_its_destructor_is_one_of_the_poll() {
    let outcome = struck(Kind::Cancellation, &[0, 1], || async {
        let task = spawn_local(cancellable(async {
            let _panics = OnDrop(|| panic!("dropped badly"));
            pending::<()>().await;
        }));
        task.await.map(drop).unwrap_err().to_string()
    });
    assert_eq!(outcome.verdict, None);
    assert_eq!(outcome.output.unwrap(), "task 1 panicked with message \"dropped badly\"");
}

#[test]
fn nothing_is_cancelled_in_a_destructor_at_the_end() {
    let outcome = struck(Kind::Cancellation, &[0, 0, 1], || async {
        drop(spawn_local(async {
            let _polls = OnDrop(|| {
                let mut late = cancellable(pending::<()>());
                let mut cx = Context::from_waker(Waker::noop());
                assert!(Pin::new(&mut late).poll(&mut cx).is_pending());
            });
            let _ = cancellable(sleep(Duration::from_secs(1))).await;
        }));
        yield_now().await;
    });
    assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));
}

#[test]
fn in_the_fair_tail_nothing_is_cancelled() {
    let mut tape = Tape::new();
    *tape.lane_mut(Kind::Cancellation) = vec![0, 0, 1];
    let mut settings = calm();
    settings.max_steps = 1;
    let outcome = World::new().run(&settings, &mut Replay::new(tape), 0, || async {
        cancellable(yield_now()).await.is_ok()
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(true)));
}

/// Forgotten futures leak by definition; the address sanitizer leaves these out.
mod forgets {
    use super::*;

    const FORGETTING: Faults = CANCELLATION.with(Kind::ForgottenFuture);

    #[test]
    fn each_place_has_two_ways() {
        let runs = all_under(FORGETTING, || async {
            let drops = Cell::new(0);
            let inner = async {
                let _told = OnDrop(|| drops.set(drops.get() + 1));
                yield_now().await;
            };
            let ended = cancellable(inner).await;
            (ended.is_ok(), drops.get())
        });
        assert_eq!(
            runs,
            // Not struck; before the second poll and after the first, dropped and
            // forgotten; before the first there is nothing to drop.
            [(true, 1), (false, 1), (false, 0), (false, 1), (false, 0), (false, 0), (false, 0)]
        );
    }

    #[test]
    fn what_it_holds_stays_alive_and_no_leak_is_told() {
        let shelf: Slot<Waker> = Rc::default();
        let outcomes = all_outcomes_under(FORGETTING, || {
            let own = shelf.clone();
            async move {
                let _ = cancellable(async move {
                    // A waker of its own in a place of its own.
                    let place: Slot<Waker> = Rc::default();
                    let nap = sleep(Duration::from_millis(1));
                    let both = futures_like_join(shelving(place.clone()), nap);
                    both.await;
                })
                .await;
                drop(own);
            }
        });
        let forgotten = outcomes.iter().filter(|outcome| outcome.verdict.is_none());
        assert!(forgotten.clone().count() > 2);
        assert!(forgotten.into_iter().all(|outcome| outcome.warnings.is_empty()));
        // In a run without the fault the same clones are a leak.
        let outcome = World::new().run(&calm(), &mut Plain, 0, || async {
            let place: Slot<Waker> = Rc::default();
            let mut waits = Box::pin(shelving(place));
            poll_fn(|cx| {
                assert!(waits.as_mut().poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
            std::mem::forget(waits);
        });
        assert_eq!(outcome.warnings[0].law, Law::WakerLeak);
    }

    /// Polls both until the second is ready.
    async fn futures_like_join(first: impl Future<Output = ()>, second: impl Future<Output = ()>) {
        let (mut first, mut second) = (pin!(first), pin!(second));
        poll_fn(|cx| {
            let _ = first.as_mut().poll(cx);
            second.as_mut().poll(cx)
        })
        .await;
    }

    #[test]
    fn its_timer_fires_into_the_void() {
        let mut tape = Tape::new();
        *tape.lane_mut(Kind::Cancellation) = vec![0, 1];
        *tape.lane_mut(Kind::ForgottenFuture) = vec![1];
        let outcome = World::new().run(&calm(), &mut Replay::new(tape), 0, || async {
            let ended = cancellable(sleep(Duration::from_millis(1))).await;
            assert!(ended.is_err());
            sleep(Duration::from_millis(5)).await;
        });
        assert_eq!((outcome.verdict, outcome.now), (None, 5_000_000));
    }
}
