//! Virtual time: tokio's semantics, exact to the nanosecond.

use crate::exhaustive::all;
use crate::passes;
use reveille_sim::time::{
    Instant, MissedTickBehavior, interval, interval_at, sleep, sleep_until, timeout, timeout_at,
};
use reveille_sim::{Builder, JoinHandle, spawn, spawn_local, yield_now};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::future::{Future, pending, ready};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::time::Duration;

const MS: Duration = Duration::from_millis(1);

/// Spawns sleepers and gives the order in which they wake.
async fn order_of(millis: &[u32]) -> Vec<usize> {
    let log: Rc<RefCell<Vec<usize>>> = Rc::default();
    let sleepers: Vec<JoinHandle<()>> = millis
        .iter()
        .enumerate()
        .map(|(number, millis)| {
            let (log, nap) = (log.clone(), MS * *millis);
            spawn_local(async move {
                sleep(nap).await;
                log.borrow_mut().push(number);
            })
        })
        .collect();
    for sleeper in sleepers {
        sleeper.await.unwrap();
    }
    log.take()
}

#[test]
fn deadlines_come_in_order_under_every_schedule() {
    let orders: BTreeSet<Vec<usize>> = all(|| order_of(&[30, 10, 20])).into_iter().collect();
    assert_eq!(orders, BTreeSet::from([vec![1, 2, 0]]));
}

#[test]
fn equal_deadlines_come_in_every_order() {
    let orders: BTreeSet<Vec<usize>> = all(|| order_of(&[10, 10, 10, 5])).into_iter().collect();
    assert_eq!(orders.len(), 6, "{orders:?}");
    assert!(orders.iter().all(|order| order[0] == 3));
}

#[test]
fn time_stands_still_while_tasks_run_and_jumps_when_none_can() {
    passes(|| async {
        let start = Instant::now();
        for _ in 0..100 {
            yield_now().await;
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
        sleep(Duration::from_secs(86_400 * 365)).await;
        assert_eq!(start.elapsed(), Duration::from_secs(86_400 * 365));
        sleep(Duration::from_nanos(1)).await;
        assert_eq!(start.elapsed().subsec_nanos(), 1);
    });
}

#[test]
fn a_deadline_in_the_past_is_over_at_once() {
    passes(|| async {
        sleep(MS).await;
        sleep(Duration::ZERO).await;
        sleep_until(Instant::now() - MS * 9).await;
        assert_eq!(Instant::now() - (Instant::now() - MS), MS);
    });
}

#[test]
fn the_end_of_time_is_no_panic() {
    passes(|| async {
        let far = Instant::now() + Duration::MAX;
        assert_eq!(far, Instant::now() + Duration::MAX + Duration::MAX);
        assert!(Instant::now().checked_add(Duration::MAX).is_none());
        assert!(Instant::now().checked_sub(MS).is_none());
        let mut never = pin!(sleep(Duration::MAX));
        assert!(timeout(MS, never.as_mut()).await.is_err());
        never.as_mut().reset(Instant::now() + MS);
        never.await;
        assert_eq!(Instant::now().duration_since(Instant::now() + MS), Duration::ZERO);
        sleep(Duration::MAX).await;
        assert_eq!(Instant::now(), far);
        sleep(MS).await;
    });
}

#[test]
fn timeouts_bound_and_prefer_the_future() {
    passes(|| async {
        assert_eq!(timeout(MS, ready(1)).await, Ok(1));
        let error = timeout(MS, pending::<()>()).await.unwrap_err();
        assert_eq!(error.to_string(), "deadline has elapsed");
        assert_eq!(timeout(Duration::ZERO, ready(2)).await, Ok(2));
        let at = Instant::now() + MS;
        assert!(timeout_at(at, sleep_until(at)).await.is_ok(), "ready at the deadline is in time");
    });
}

#[test]
fn a_sleep_can_be_reset_and_moved() {
    passes(|| async {
        let start = Instant::now();
        let mut nap = Box::pin(sleep(MS * 5));
        assert!(timeout(MS, nap.as_mut()).await.is_err());
        nap.as_mut().reset(start + MS * 9);
        assert_eq!(nap.deadline(), start + MS * 9);
        let moved = spawn_local(async move {
            nap.as_mut().await;
            assert!(nap.is_elapsed());
        });
        moved.await.unwrap();
        assert_eq!(start.elapsed(), MS * 9);
    });
}

#[test]
fn intervals_tick_at_once_and_then_by_period() {
    passes(|| async {
        let start = Instant::now();
        let mut ticks = interval(MS * 10);
        for turn in 0..3 {
            assert_eq!(ticks.tick().await, start + MS * 10 * turn);
            assert_eq!(Instant::now(), start + MS * 10 * turn);
        }
        let mut later = interval_at(start + MS * 100, MS);
        assert_eq!(later.tick().await, start + MS * 100);
        ticks.reset();
        assert_eq!(ticks.tick().await, start + MS * 110);
        assert_eq!(ticks.period(), MS * 10);
    });
}

/// Ticks at 0, 10, 20, ...; the third is asked for at 35 and the next ones at once.
async fn late_ticks(behavior: MissedTickBehavior) -> Vec<u64> {
    let start = Instant::now();
    let mut ticks = interval(MS * 10);
    ticks.set_missed_tick_behavior(behavior);
    ticks.tick().await;
    ticks.tick().await;
    sleep_until(start + MS * 35).await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        ticks.tick().await;
        seen.push(start.elapsed().as_millis() as u64);
    }
    seen
}

#[test]
fn missed_ticks_are_caught_up_delayed_or_skipped() {
    use MissedTickBehavior::{Burst, Delay, Skip};
    passes(|| async {
        assert_eq!(late_ticks(Burst).await, [35, 35, 40, 50]);
        assert_eq!(late_ticks(Delay).await, [35, 45, 55, 65]);
        assert_eq!(late_ticks(Skip).await, [35, 40, 50, 60]);
    });
}

#[test]
fn a_timer_of_a_daemon_does_not_keep_a_run_going_but_may_wake_others() {
    passes(|| async {
        let (mut tx, mut waiting) = (None, pin!(pending::<()>()));
        let flushed = Rc::new(RefCell::new((false, None::<std::task::Waker>)));
        let flusher = flushed.clone();
        drop(Builder::new().spawn_daemon(async move {
            let mut ticks = interval(MS * 100);
            for turn in 0u32.. {
                ticks.tick().await;
                if turn == 5 {
                    let waiter = {
                        let mut state = flusher.borrow_mut();
                        state.0 = true;
                        state.1.take()
                    };
                    waiter.unwrap().wake();
                }
            }
        }));
        std::future::poll_fn(|cx| {
            let mut state = flushed.borrow_mut();
            state.1 = Some(cx.waker().clone());
            if state.0 { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
        assert_eq!(tx.take(), None::<()>);
        let polled = std::future::poll_fn(|cx| {
            std::task::Poll::Ready(waiting.as_mut().poll(cx).is_pending())
        });
        assert!(polled.await);
    });
}

#[test]
fn dropped_timers_do_not_delay_the_end() {
    let outcome = crate::plain(|| async {
        for _ in 0..1_000 {
            let mut nap = sleep(Duration::from_secs(1_000));
            std::future::poll_fn(|cx| {
                let _ = Pin::new(&mut nap).poll(cx);
                std::task::Poll::Ready(())
            })
            .await;
        }
        spawn(sleep(MS)).await.unwrap();
    });
    assert_eq!((outcome.verdict, outcome.now), (None, 1_000_000));
}
