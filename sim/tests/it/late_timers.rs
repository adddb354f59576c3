//! Timers that fire late.

use crate::struck;
use reveille_sim::time::{Instant, sleep, timeout};
use reveille_sim::{Kind, spawn_local, yield_now};
use std::cell::RefCell;
use std::future::pending;
use std::rc::Rc;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

/// When a sleep of ten milliseconds ends, the timer being late at these occasions.
fn ends_at(lane: &[u32]) -> u64 {
    let outcome = struck(Kind::LateTimer, lane, || sleep(10 * MS));
    assert_eq!(outcome.verdict, None);
    outcome.now / 1_000_000
}

#[test]
fn a_timer_alone_is_late_by_a_millisecond_and_three_times_at_most() {
    assert_eq!(ends_at(&[0]), 10);
    assert_eq!(ends_at(&[1]), 11);
    assert_eq!(ends_at(&[1, 1]), 12);
    assert_eq!(ends_at(&[1, 1, 1]), 13);
    // It is not asked again.
    assert_eq!(ends_at(&[1, 1, 1, 1, 1]), 13);
}

/// The order in which sleeps of 10 milliseconds and of `other` end, and when.
fn beside(other: Duration) -> Vec<(char, Duration)> {
    let outcome = struck(Kind::LateTimer, &[1], || async {
        let log: Rc<RefCell<Vec<(char, Duration)>>> = Rc::default();
        let start = Instant::now();
        let sleepers = [('a', 10 * MS), ('b', other)].map(|(name, nap)| {
            let log = log.clone();
            spawn_local(async move {
                sleep(nap).await;
                log.borrow_mut().push((name, start.elapsed()));
            })
        });
        for sleeper in sleepers {
            sleeper.await.unwrap();
        }
        log.take()
    });
    assert_eq!(outcome.verdict, None);
    outcome.output.unwrap()
}

#[test]
fn a_late_timer_changes_places_with_the_next_one_if_it_is_near() {
    assert_eq!(beside(15 * MS), [('b', 15 * MS), ('a', 15 * MS)]);
    assert_eq!(beside(110 * MS), [('b', 110 * MS), ('a', 110 * MS)]);
    assert_eq!(beside(111 * MS), [('a', 11 * MS), ('b', 111 * MS)]);
    // One for the end of time is no place to go.
    assert_eq!(beside(Duration::from_secs(1 << 30))[0], ('a', 11 * MS));
}

#[test]
fn a_late_timer_that_is_dropped_leaves_nothing() {
    let outcome = struck(Kind::LateTimer, &[1], || async {
        let nap = spawn_local(sleep(10 * MS));
        // Its timer is set first, and late.
        yield_now().await;
        sleep(10 * MS).await;
        nap.abort();
        nap.await.unwrap_err().is_cancelled()
    });
    assert_eq!((outcome.verdict, outcome.output), (None, Some(true)));
    assert_eq!(outcome.now, 10_000_000);
}

#[test]
fn a_timer_set_at_the_end_of_time_fires() {
    let outcome = struck(Kind::LateTimer, &[1, 1, 1, 1], || async {
        timeout(Duration::MAX, pending::<()>()).await.is_err()
    });
    assert_eq!((outcome.verdict, outcome.output, outcome.now), (None, Some(true), u64::MAX));
}

#[test]
fn each_tick_is_late_anew_and_the_run_ends() {
    let outcome = struck(Kind::LateTimer, &[1; 100], || async {
        for _ in 0..10 {
            sleep(MS).await;
        }
    });
    assert_eq!((outcome.verdict, outcome.now), (None, 10 * 4 * 1_000_000));
}
