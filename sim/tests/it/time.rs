//! Virtual time: tokio's semantics, exact to the nanosecond.

use crate::exhaustive::all;
use crate::passes;
use reveille_sim::time::{
    Instant, MissedTickBehavior, advance, interval, interval_at, sleep, sleep_until, timeout,
    timeout_at,
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

#[test]
fn time_can_be_advanced_by_hand() {
    let outcome = crate::plain(|| async {
        let start = Instant::now();
        advance(MS * 7).await;
        assert_eq!(start.elapsed(), MS * 7);
        advance(Duration::ZERO).await;
        advance(Duration::from_nanos(1)).await;
        sleep_until(start + MS * 7).await;
        let mut nap = pin!(sleep(MS * 2));
        assert!(timeout(MS, nap.as_mut()).await.is_err());
        nap.await;
    });
    assert_eq!((outcome.verdict, outcome.now), (None, 9_000_001));
}

/// Sleepers that are advanced past: in which order they run, and at which time.
async fn advanced_past(by: u32) -> Vec<(u32, Duration)> {
    let start = Instant::now();
    let log: Rc<RefCell<Vec<(u32, Duration)>>> = Rc::default();
    for nap in [3, 1, 2, 9] {
        let log = log.clone();
        drop(spawn_local(async move {
            sleep(MS * nap).await;
            log.borrow_mut().push((nap, start.elapsed()));
        }));
    }
    yield_now().await;
    advance(MS * by).await;
    yield_now().await;
    log.take()
}

#[test]
fn sleepers_on_the_way_wake_in_order_when_all_the_time_has_passed() {
    passes(|| async {
        assert_eq!(advanced_past(5).await, [1, 2, 3].map(|nap| (nap, MS * 5)));
        assert_eq!(advanced_past(9).await.len(), 4);
    });
}

#[test]
fn time_moves_while_others_could_run() {
    passes(|| async {
        let busy = spawn_local(async {
            let start = Instant::now();
            while start.elapsed() < MS {
                yield_now().await;
            }
        });
        yield_now().await;
        advance(MS).await;
        busy.await.unwrap();
    });
}

#[test]
fn events_on_the_way_happen_in_order_with_what_they_bring_about() {
    use reveille_sim::reactor::after;
    passes(|| async {
        let log: Rc<RefCell<Vec<(u32, Duration)>>> = Rc::default();
        let start = Instant::now();
        let (own, inner) = (log.clone(), log.clone());
        after(MS * 4, move || own.borrow_mut().push((4, start.elapsed())));
        after(MS, move || {
            after(MS, move || inner.borrow_mut().push((2, start.elapsed())));
        });
        advance(MS * 5).await;
        assert_eq!(log.take(), [(2, MS * 2), (4, MS * 4)]);
    });
}

#[test]
fn two_advances_at_once_add_up() {
    passes(|| async {
        let start = Instant::now();
        futures::join!(advance(MS), advance(MS * 2));
        assert_eq!(start.elapsed(), MS * 3);
    });
}

#[test]
fn a_deadline_of_a_property_that_is_advanced_past_is_missed() {
    let outcome = crate::plain(|| async {
        let _never = reveille_sim::eventually(MS * 2, "it comes", || false);
        advance(MS * 3).await;
    });
    assert_eq!(
        (outcome.verdict.unwrap().law, outcome.now),
        (reveille_sim::Law::Property, 2_000_000)
    );
}

#[test]
fn an_advance_past_the_end_of_time_panics_as_tokios_does() {
    let end = Duration::from_nanos(u64::MAX);
    for (first, second) in [(Duration::ZERO, Duration::MAX), (MS, end)] {
        let outcome = crate::plain(|| async move {
            advance(first).await;
            advance(second).await;
        });
        let detail = format!("{:?}", outcome.verdict.unwrap().detail);
        assert!(detail.contains("overflow when adding duration to instant"), "{detail}");
    }
    passes(|| async move {
        advance(end).await;
        sleep(Duration::MAX).await;
        assert!(timeout(Duration::MAX, pending::<()>()).await.is_err());
    });
}

#[test]
fn advance_may_come_under_any_schedule_and_fault() {
    let mut world = reveille_sim::World::new();
    let mut sampler = reveille_sim::Random::new(11);
    for run in 0..500 {
        let outcome = world.run(&reveille_sim::Settings::default(), &mut sampler, run, || async {
            let start = Instant::now();
            let ticker = spawn_local(async {
                let mut ticks = interval(MS);
                for _ in 0..5 {
                    ticks.tick().await;
                }
            });
            for _ in 0..4 {
                advance(MS * 2).await;
            }
            ticker.await.unwrap();
            assert!(start.elapsed() >= MS * 8);
        });
        assert_eq!(outcome.verdict, None);
    }
}

#[test]
fn moments_become_moments_of_the_standard_library_and_back() {
    passes(|| async {
        let start = Instant::now();
        let std_start: std::time::Instant = start.into();
        sleep(MS * 3).await;
        let now = Instant::now();
        assert_eq!(now.into_std() - std_start, MS * 3);
        assert_eq!(Instant::from_std(now.into_std()), now);
        assert_eq!(Instant::from(std_start), start);
        assert_eq!(Instant::from_std(std_start - Duration::from_secs(1)), start);
        let mut moment = start;
        moment += MS;
        moment -= MS * 2;
        assert_eq!(moment, start, "it stops at the start of the run");
        let far = Instant::now() + Duration::MAX;
        assert_eq!(Instant::from_std(far.into_std()), far);
        assert_eq!(now.checked_duration_since(start), Some(MS * 3));
        assert_eq!(start.checked_duration_since(now), None);
        assert_eq!(start.saturating_duration_since(now), Duration::ZERO);
    });
}

#[test]
fn an_interval_can_be_reset_in_every_way() {
    passes(|| async {
        let start = Instant::now();
        let mut ticks = interval_at(start + MS * 10, MS * 10);
        ticks.reset_immediately();
        assert_eq!(ticks.tick().await, start);
        ticks.reset_after(MS * 3);
        assert_eq!(ticks.tick().await, start + MS * 3);
        ticks.reset_at(start + MS * 20);
        assert_eq!(ticks.tick().await, start + MS * 20);
        assert_eq!(ticks.tick().await, start + MS * 30);
        assert_eq!(ticks.missed_tick_behavior(), MissedTickBehavior::Burst);
        ticks.reset_after(Duration::MAX);
        assert!(timeout(MS, ticks.tick()).await.is_err());
        // A period that leads past the end of time is one to its end.
        let mut rare = interval(Duration::MAX);
        assert_eq!(rare.tick().await, Instant::now());
        assert!(timeout(MS, rare.tick()).await.is_err());
    });
}

#[test]
fn ticks_can_be_polled() {
    passes(|| async {
        let mut ticks = interval(MS);
        let waits = std::future::poll_fn(|cx| {
            let first = ticks.poll_tick(cx).is_ready();
            std::task::Poll::Ready((first, ticks.poll_tick(cx).is_pending()))
        });
        assert_eq!(waits.await, (true, true));
    });
}

#[test]
fn an_elapsed_deadline_becomes_an_error_of_io() {
    let error = passes(|| async { timeout(MS, pending::<()>()).await.unwrap_err() });
    assert_eq!(std::io::Error::from(error).kind(), std::io::ErrorKind::TimedOut);
    let _: reveille_sim::time::error::Elapsed = error;
}

#[test]
#[should_panic(expected = "`period` must be non-zero")]
fn an_interval_of_nothing_panics_as_tokios_does() {
    let _ = interval(Duration::ZERO);
}
