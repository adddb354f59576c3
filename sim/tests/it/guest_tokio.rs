//! A tokio runtime in the world: its tasks, its timers, its clock.

use proptest::prelude::*;
use reveille_sim::{
    Detail, Faults, Kind, Law, Outcome, Plain, Random, Recording, Replay, Sampler, Settings, Tape,
    World, eventually, spawn, spawn_local, yield_now,
};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, interval, sleep, timeout};

const MS: Duration = Duration::from_millis(1);

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.tokio = true;
    settings
}

fn run<F: Future>(
    sampler: &mut impl Sampler,
    number: u64,
    body: impl FnOnce() -> F,
) -> Outcome<F::Output> {
    World::new().run(&settings(), sampler, number, body)
}

#[track_caller]
fn passes<F: Future>(body: impl FnOnce() -> F) -> F::Output {
    let outcome = run(&mut Plain, 0, body);
    assert_eq!((&outcome.verdict, &outcome.warnings), (&None, &vec![]));
    outcome.output.unwrap()
}

#[test]
fn spawned_tasks_run_and_are_joined() {
    let sum = passes(|| async {
        let tasks: Vec<_> = (0..10).map(|n| tokio::spawn(async move { n })).collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        sum
    });
    assert_eq!(sum, 45);
}

#[test]
fn tokios_time_is_ours() {
    passes(|| async {
        let (ours, tokios) = (reveille_sim::time::Instant::now(), Instant::now());
        sleep(5 * MS).await;
        assert_eq!((ours.elapsed(), tokios.elapsed()), (5 * MS, 5 * MS));
        reveille_sim::time::sleep(7 * MS).await;
        assert_eq!((ours.elapsed(), tokios.elapsed()), (12 * MS, 12 * MS));
        // A day takes no time.
        sleep(Duration::from_secs(24 * 3600)).await;
        assert_eq!(ours.elapsed(), tokios.elapsed());
    });
}

#[test]
fn timers_of_both_clocks_fire_in_the_order_of_their_deadlines() {
    let order = passes(|| async {
        let order = Arc::new(Mutex::new(Vec::new()));
        let push = |name| {
            let order = order.clone();
            move || order.lock().unwrap().push(name)
        };
        let (a, b, c, d) = (push('a'), push('b'), push('c'), push('d'));
        let tasks = [
            tokio::spawn(async move {
                sleep(10 * MS).await;
                a();
            }),
            tokio::spawn(async move {
                sleep(30 * MS).await;
                c();
            }),
        ];
        let ours = [
            spawn(async move {
                reveille_sim::time::sleep(20 * MS).await;
                b();
            }),
            spawn(async move {
                reveille_sim::time::sleep(Duration::from_micros(30_500)).await;
                d();
            }),
        ];
        for task in tasks {
            task.await.unwrap();
        }
        for task in ours {
            task.await.unwrap();
        }
        order.lock().unwrap().clone()
    });
    assert_eq!(order, ['a', 'b', 'c', 'd']);
}

#[test]
fn an_interval_and_a_timeout_work() {
    passes(|| async {
        let mut ticks = interval(10 * MS);
        for _ in 0..5 {
            ticks.tick().await;
        }
        assert!(timeout(MS, std::future::pending::<()>()).await.is_err());
        assert_eq!(timeout(10 * MS, async { 7 }).await.unwrap(), 7);
    });
}

#[test]
fn our_tasks_and_tokios_speak_with_each_other() {
    passes(|| async {
        let (ask, mut asked) = mpsc::channel::<(u32, oneshot::Sender<u32>)>(1);
        let server = tokio::spawn(async move {
            while let Some((number, answer)) = asked.recv().await {
                answer.send(number * 2).unwrap();
            }
        });
        let clients: Vec<_> = (0..3)
            .map(|number| {
                let ask = ask.clone();
                spawn(async move {
                    let (answer, answered) = oneshot::channel();
                    ask.send((number, answer)).await.unwrap();
                    assert_eq!(answered.await.unwrap(), 2 * number);
                })
            })
            .collect();
        drop(ask);
        for client in clients {
            client.await.unwrap();
        }
        server.await.unwrap();
    });
}

#[test]
fn one_of_ours_may_sleep_by_tokios_clock_and_one_of_tokios_by_ours() {
    passes(|| async {
        let (send, received) = oneshot::channel();
        let sender = spawn(async move {
            sleep(3 * MS).await;
            send.send(7).unwrap();
        });
        let receiver = tokio::spawn(async move {
            reveille_sim::time::sleep(MS).await;
            received.await.unwrap()
        });
        assert_eq!(receiver.await.unwrap(), 7);
        sender.await.unwrap();
    });
}

#[test]
fn an_event_of_ours_that_wakes_nobody_of_ours_does_not_stop_tokio() {
    passes(|| async {
        let start = Instant::now();
        let (send, received) = oneshot::channel();
        reveille_sim::reactor::after(2 * MS, move || send.send(()).unwrap());
        reveille_sim::reactor::after(4 * MS, || ());
        reveille_sim::reactor::after(20 * MS, || ());
        let task = tokio::spawn(async move {
            received.await.unwrap();
            assert_eq!(start.elapsed(), 2 * MS);
            sleep(8 * MS).await;
            start.elapsed()
        });
        assert_eq!(task.await.unwrap(), 10 * MS);
    });
}

/// Sleeps one after the other, by tokio's clock or by ours; answers how long that took by
/// either.
async fn naps(naps: Vec<(bool, u32)>) -> (Duration, Duration) {
    let (ours, tokios) = (reveille_sim::time::Instant::now(), Instant::now());
    for (by_tokios, millis) in naps {
        match by_tokios {
            true => sleep(millis * MS).await,
            false => reveille_sim::time::sleep(millis * MS).await,
        }
    }
    (ours.elapsed(), tokios.elapsed())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    /// Of any number of tasks, ours and tokio's, whose last act wakes one of the others.
    #[test]
    fn who_sleeps_by_either_clock_sleeps_as_long_as_he_says(
        tasks in prop::collection::vec(
            (any::<bool>(), prop::collection::vec((any::<bool>(), 0..6u32), 0..5)),
            1..5,
        ),
        seed in any::<u64>(),
    ) {
        let body = || async {
            let mut ends = Vec::new();
            for (is_tokios, steps) in tasks.clone() {
                let long: u32 = steps.iter().map(|(_, millis)| *millis).sum();
                let (send, received) = oneshot::channel();
                let napping = async move { send.send(naps(steps).await).unwrap() };
                match is_tokios {
                    true => drop(tokio::spawn(napping)),
                    false => drop(spawn(napping)),
                }
                ends.push((received, long * MS));
            }
            for (received, long) in ends {
                assert_eq!(received.await.unwrap(), (long, long));
            }
        };
        let mut without_faults = settings();
        without_faults.faults = Faults::NONE;
        let outcome = World::new().run(&without_faults, &mut Random::new(seed), 0, body);
        prop_assert_eq!(outcome.verdict, None);
    }
}

/// Which of two, one of ours and one of tokio's, goes first.
async fn race() -> String {
    let order = Arc::new(Mutex::new(String::new()));
    let own = order.clone();
    let theirs = tokio::spawn(async move {
        for _ in 0..2 {
            own.lock().unwrap().push('t');
            tokio::task::yield_now().await;
        }
    });
    let own = order.clone();
    let ours = spawn(async move {
        for _ in 0..2 {
            own.lock().unwrap().push('o');
            yield_now().await;
        }
    });
    ours.await.unwrap();
    theirs.await.unwrap();
    order.lock().unwrap().clone()
}

#[test]
fn the_sampler_decides_when_a_task_of_tokios_goes() {
    let mut sampler = Random::new(3);
    let runs = (0..300).map(|number| run(&mut sampler, number, race).output.unwrap());
    let seen: BTreeSet<String> = runs.collect();
    let expected = ["oott", "otot", "otto", "toot", "toto", "ttoo"];
    assert!(seen.iter().eq(expected), "{seen:?}");
}

#[test]
fn a_replay_is_the_same_run() {
    let body = || async {
        let first = race().await;
        sleep(MS).await;
        first + &race().await
    };
    let mut settings = settings();
    settings.recording = Recording::Hash;
    let mut world = World::new();
    for number in 0..100 {
        let outcome = world.run(&settings, &mut Random::new(5), number, body);
        let tape: Tape = world.tape();
        let again = World::new().run(&settings, &mut Replay::new(tape), 0, body);
        assert_eq!(outcome.output, again.output);
        assert_eq!(outcome.trace.unwrap().hash(), again.trace.unwrap().hash());
    }
}

#[test]
fn a_task_that_nobody_wakes_is_told() {
    let outcome = run(&mut Plain, 0, || async {
        let (_keep, lost) = oneshot::channel::<()>();
        let task = tokio::spawn(lost);
        let _ = task.await;
    });
    assert_eq!(outcome.verdict.unwrap().law, Law::Stuck);
    // Time did not move in search of a timer.
    assert_eq!(outcome.now, 0);
    assert!(outcome.steps < 10, "{}", outcome.steps);
}

#[test]
fn tasks_that_wake_each_other_for_ever_are_told() {
    let mut settings = settings();
    settings.max_steps = 1_000;
    let outcome = World::new().run(&settings, &mut Plain, 0, || async {
        tokio::spawn(async {
            loop {
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap();
    });
    assert!(outcome.verdict.is_some());
}

#[test]
fn a_wake_that_is_late_does_not_let_the_next_timer_overtake_it() {
    // The first wake that may be late is that of the first sleep, by tokio's driver.
    let mut tape = Tape::new();
    *tape.lane_mut(Kind::DelayedWake) = vec![0, 1, 1, 1];
    let outcome = run(&mut Replay::new(tape), 0, || async {
        let start = Instant::now();
        let long = tokio::spawn(sleep(Duration::from_secs(60)));
        for _ in 0..3 {
            sleep(Duration::from_secs(1)).await;
        }
        assert!(start.elapsed() < Duration::from_secs(4), "{:?}", start.elapsed());
        long.await.unwrap();
    });
    assert_eq!(outcome.verdict, None);
}

#[test]
fn a_deadline_is_judged_before_what_happens_after_it() {
    let outcome = run(&mut Plain, 0, || async {
        let done = Rc::new(Cell::new(false));
        let seen = done.clone();
        let _soon = eventually(Duration::from_secs(30), "it is done", move || seen.get());
        tokio::task::LocalSet::new()
            .run_until(async {
                tokio::task::spawn_local(async move {
                    sleep(Duration::from_secs(60)).await;
                    done.set(true);
                })
                .await
                .unwrap();
            })
            .await;
    });
    let finding = outcome.verdict.unwrap();
    assert_eq!((finding.law, finding.now), (Law::Property, 30_000_000_000));
}

#[test]
fn what_is_left_at_the_end_is_dropped() {
    let dropped = Rc::new(RefCell::new(0));
    struct OnDrop(Arc<Mutex<u32>>);
    impl Drop for OnDrop {
        fn drop(&mut self) {
            *self.0.lock().unwrap() += 1;
        }
    }
    let count = Arc::new(Mutex::new(0));
    let (one, other) = (OnDrop(count.clone()), OnDrop(count.clone()));
    let own = dropped.clone();
    passes(move || async move {
        tokio::spawn(async move {
            let _one = one;
            std::future::pending::<()>().await;
        });
        tokio::spawn(async move {
            let _other = other;
            sleep(Duration::from_secs(1)).await;
        });
        yield_now().await;
        spawn_local(async move { *own.borrow_mut() += 1 }).await.unwrap();
    });
    assert_eq!(*count.lock().unwrap(), 2);
}

#[test]
fn code_that_moves_the_clock_of_tokio_moves_ours() {
    passes(|| async {
        let start = reveille_sim::time::Instant::now();
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(start.elapsed(), Duration::from_secs(1));
        sleep(MS).await;
        assert_eq!(start.elapsed(), Duration::from_secs(1) + MS);
    });
}

#[test]
fn either_clock_is_advanced_by_hand_and_wakes_who_sleeps_by_the_other() {
    passes(|| async {
        let ours = spawn(reveille_sim::time::sleep(5 * MS));
        let tokios = tokio::spawn(sleep(15 * MS));
        let start = Instant::now();
        yield_now().await;
        tokio::task::yield_now().await;
        tokio::time::advance(10 * MS).await;
        assert_eq!(start.elapsed(), 10 * MS);
        ours.await.unwrap();
        reveille_sim::time::advance(10 * MS).await;
        assert_eq!(start.elapsed(), 20 * MS);
        tokios.await.unwrap();
        assert_eq!(start.elapsed(), 20 * MS);
    });
}

#[test]
fn one_who_has_tokios_clock_go_on_by_itself_is_told() {
    let outcome = run(&mut Plain, 0, || async {
        tokio::time::resume();
        sleep(MS).await;
    });
    let finding = outcome.verdict.unwrap();
    assert_eq!(finding.law, Law::Panic);
    let Detail::Panic { message, .. } = finding.detail else { panic!("{:?}", finding.detail) };
    assert_eq!(message, "time is not frozen");
}

#[test]
fn without_it_tokio_says_that_there_is_no_runtime() {
    let outcome = World::new().run(&Settings::default(), &mut Plain, 0, || async {
        sleep(MS).await;
    });
    assert_eq!(outcome.verdict.unwrap().law, Law::Panic);
}
