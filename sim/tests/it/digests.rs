//! A livelock is certain if the state that the test shows comes again.

use reveille_sim::{
    Certainty, Detail, Digest, Finding, Law, Plain, Settings, World, digest, mark, spawn_local,
    yield_now,
};
use std::cell::{Cell, RefCell};
use std::rc::Rc;

const BOUND: u64 = 200;

fn verdict<F: Future>(body: impl FnOnce() -> F) -> Option<Box<Finding>> {
    let mut settings = Settings::default();
    settings.max_steps = BOUND;
    World::new().run(&settings, &mut Plain, 0, body).verdict
}

#[test]
fn a_state_that_comes_again_is_certain() {
    let finding = verdict(|| async {
        let turn = Rc::new(Cell::new(0));
        let seen = turn.clone();
        let _state = digest(move || seen.get());
        loop {
            turn.set((turn.get() + 1) % 7);
            yield_now().await;
        }
    })
    .unwrap();
    assert_eq!((finding.law, finding.certainty()), (Law::BusyPoll, Certainty::Certain));
    // The first poll of the tail shows a state, the seventh after it the same.
    assert_eq!(finding.detail, Detail::Repeats { first: BOUND + 1 });
    assert_eq!(finding.step, BOUND + 8);
}

#[test]
fn two_tasks_in_a_circle_are_named() {
    let finding = verdict(|| async {
        let _state = digest(|| ());
        let other = spawn_local(async {
            loop {
                yield_now().await;
            }
        });
        let _same = spawn_local(async {
            loop {
                yield_now().await;
            }
        });
        other.await.unwrap()
    })
    .unwrap();
    assert!(matches!(finding.detail, Detail::Repeats { .. }));
    assert!(finding.step <= BOUND + 6, "{}", finding.step);
}

fn is_suspected(finding: &Finding) -> bool {
    finding.certainty() == Certainty::Suspected && finding.step > 2 * BOUND
}

#[test]
fn a_state_that_changes_for_ever_is_suspected_at_the_end() {
    let finding = verdict(|| async {
        let count = Rc::new(Cell::new(0u64));
        let seen = count.clone();
        let _state = digest(move || seen.get());
        loop {
            count.set(count.get() + 1);
            yield_now().await;
        }
    });
    assert!(is_suspected(&finding.unwrap()));
}

#[test]
fn without_a_view_or_with_one_withdrawn_it_is_suspected() {
    let none = verdict(|| async {
        loop {
            yield_now().await;
        }
    });
    assert!(is_suspected(&none.unwrap()));
    let withdrawn = verdict(|| async {
        drop(digest(|| ()));
        loop {
            yield_now().await;
        }
    });
    assert!(is_suspected(&withdrawn.unwrap()));
}

#[test]
fn progress_between_two_equal_states_is_no_circle() {
    let finding = verdict(|| async {
        let _state = digest(|| ());
        for _ in 0..BOUND + BOUND / 2 {
            mark("got on");
            yield_now().await;
        }
    });
    assert_eq!(finding, None);
}

#[test]
fn before_the_bound_nobody_looks() {
    let looks = Rc::new(Cell::new(0));
    let seen = looks.clone();
    let finding = verdict(|| async move {
        let _state = digest(move || seen.set(seen.get() + 1));
        for _ in 0..BOUND / 2 {
            yield_now().await;
        }
    });
    assert_eq!((finding, looks.get()), (None, 0));
}

#[test]
fn a_view_may_spawn_panic_or_withdraw_itself() {
    let spawns = verdict(|| async {
        let _state = digest(|| drop(spawn_local(async {})));
        for _ in 0..2 * BOUND {
            yield_now().await;
        }
    });
    // Each look begins a task, which is progress; in the end the run has not ended.
    assert!(spawns.is_some());

    let guard: Rc<RefCell<Option<Digest>>> = Rc::default();
    let own = guard.clone();
    let withdraws = verdict(|| async move {
        let inner = own.clone();
        *own.borrow_mut() = Some(digest(move || drop(inner.take())));
        loop {
            yield_now().await;
        }
    });
    assert!(is_suspected(&withdraws.unwrap()));

    let panics = verdict(|| async {
        let _state = digest(|| -> u32 { panic!("no view") });
        loop {
            yield_now().await;
        }
    });
    assert_eq!(panics.unwrap().law, Law::Panic);
}
