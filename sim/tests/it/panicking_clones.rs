//! Wakers whose clone panics.

use crate::hooks::OnDrop;
use crate::reentrant_wakers::clones_its_waker;
use crate::struck;
use reveille_sim::{Kind, Law, PanickedClone, spawn_local, yield_now};
use std::future::{pending, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::task::Poll;

#[test]
fn a_clone_that_panics_ends_the_task_as_a_cancellation() {
    let outcome = struck(Kind::PanickingClone, &[1], || async {
        let task = spawn_local(async {
            clones_its_waker().await;
        });
        // Not by awaiting it, which would clone first.
        while !task.is_finished() {
            yield_now().await;
        }
        let error = task.await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "task 1 panicked with message \"a fault made the clone of a waker panic\""
        );
        error.into_panic().is::<PanickedClone>()
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(true)));
}

#[test]
fn nobody_need_read_of_it_and_the_root_may_be_struck() {
    let outcome = struck(Kind::PanickingClone, &[1], || async {
        drop(spawn_local(async {
            clones_its_waker().await;
        }));
        yield_now().await;
    });
    assert_eq!((outcome.verdict, outcome.warnings), (None, vec![]));

    let outcome = struck(Kind::PanickingClone, &[1], || async {
        clones_its_waker().await;
    });
    assert_eq!((outcome.verdict, outcome.warnings, outcome.output), (None, vec![], None));
}

#[test]
fn what_others_then_do_wrong_is_told() {
    let outcome = struck(Kind::PanickingClone, &[1], || async {
        let lock = Rc::new(std::sync::Mutex::new(()));
        let own = lock.clone();
        let task = spawn_local(async move {
            poll_fn(|cx| {
                let _held = own.lock().unwrap();
                drop(cx.waker().clone());
                Poll::Ready(())
            })
            .await;
        });
        while !task.is_finished() {
            yield_now().await;
        }
        drop(lock.lock().unwrap());
    });
    assert_eq!(outcome.verdict.unwrap().law, Law::Panic);
}

#[test]
fn no_clone_panics_while_a_panic_unwinds_or_outside_a_poll() {
    // The first two clones are spared, and the others are no occasions: while a panic
    // unwinds it would end the process.
    let outcome = struck(Kind::PanickingClone, &[0, 0, 1, 1], || async {
        let waker = poll_fn(|cx| Poll::Ready(cx.waker().clone())).await;
        let own = waker.clone();
        let guard = OnDrop(move || drop(own.clone()));
        let task = spawn_local(async move {
            let _guard = guard;
            pending::<()>().await;
        });
        let unwound = catch_unwind(AssertUnwindSafe(|| {
            let _clones = OnDrop(|| drop(waker.clone()));
            std::panic::resume_unwind(Box::new(1));
        }));
        assert!(unwound.is_err());
        task.abort();
        yield_now().await;
        assert!(task.is_finished());
        8
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(8)));
}
