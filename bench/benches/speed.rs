//! `cargo bench --manifest-path bench/Cargo.toml`: the speed of runs.

use futures::executor::LocalPool;
use futures::task::{LocalSpawnExt, SpawnExt};
use reveille_bench::floor::{self, Floor};
use reveille_bench::rounds::{self, Contender, Done, TimedContender, compare, timed};
use reveille_bench::slot::slot;
use reveille_bench::{alive, connections, slot10};
use reveille_sctbench::{ALL, fails};
use reveille_sim::{Faults, Plain, Portfolio, Random, Sampler, Settings, World, time};
use std::hint::black_box;
use std::pin::Pin;
use std::time::{Duration, Instant};

fn main() {
    // Cargo passes `--bench`; anything else is a filter.
    let filter = std::env::args().skip(1).find(|arg| !arg.starts_with('-')).unwrap_or_default();
    rounds::head();
    let crowds =
        [crowd("crowd of 10", 10), crowd("crowd of 100", 100), crowd("crowd of 1000", 1_000)];
    let workloads = [short(), reorder(), steady(), timers()].into_iter().chain(crowds);
    for (name, unit, contenders) in workloads {
        if name.contains(&filter) {
            let timed = contenders.into_iter().map(|(name, run)| (name, timed(run)));
            compare(name, unit, timed.collect());
        }
    }
    for (name, unit, contenders) in [in_order(), at_random(), pending_timers(), connections()] {
        if name.contains(&filter) {
            compare(name, unit, contenders);
        }
    }
}

/// A new run: 10 items over a one-slot channel, the root joins both ends.
fn short() -> (&'static str, &'static str, Vec<Contender>) {
    const RUNS: u64 = 100_000;
    let floor = Floor::default();
    let mut seed = 0;
    let on_floor = move || {
        for _ in 0..RUNS {
            seed += 1;
            slot10::on_floor(&floor, seed);
        }
        RUNS
    };
    fn in_reveille(mut sampler: impl Sampler + 'static, faults: Faults) -> impl FnMut() -> u64 {
        let mut world = World::new();
        let mut settings = Settings::default();
        settings.faults = faults;
        let mut run = 0;
        move || {
            for _ in 0..RUNS {
                run += 1;
                slot10::in_reveille(&mut world, &settings, &mut sampler, run);
            }
            RUNS
        }
    }
    let on_pool = || {
        for _ in 0..RUNS {
            let mut pool = LocalPool::new();
            let spawner = pool.spawner();
            pool.run_until(async {
                let (tx, rx) = slot();
                let producer = spawner.spawn_local_with_handle(async move {
                    for i in 0..10 {
                        tx.send(i).await;
                    }
                });
                let consumer = spawner.spawn_with_handle(async move {
                    for i in 0..10 {
                        assert_eq!(rx.recv().await, i);
                    }
                });
                producer.unwrap().await;
                consumer.unwrap().await;
            });
        }
        RUNS
    };
    let contenders: Vec<Contender> = vec![
        ("floor", Box::new(on_floor)),
        ("reveille, random", Box::new(in_reveille(Random::new(1), Faults::NONE))),
        ("reveille, random, with faults", Box::new(in_reveille(Random::new(1), Faults::ALL))),
        ("reveille, portfolio", Box::new(in_reveille(Portfolio::new(1), Faults::NONE))),
        ("reveille, portfolio, with faults", Box::new(in_reveille(Portfolio::new(1), Faults::ALL))),
        ("reveille, plain", Box::new(in_reveille(Plain, Faults::NONE))),
        ("futures LocalPool", Box::new(on_pool)),
    ];
    ("slot10", "runs/s", contenders)
}

/// A published program that fails in one run of forty: a task is spawned for each of
/// its threads, and every access to shared data is a scheduling point.
fn reorder() -> (&'static str, &'static str, Vec<Contender>) {
    const RUNS: u64 = 20_000;
    fn schedules(mut sampler: impl Sampler + 'static) -> impl FnMut() -> u64 {
        let program = ALL.iter().find(|program| program.name == "reorder_3");
        let program = program.expect("the program is in the list");
        let mut world = World::new();
        let mut next = 0;
        move || {
            let failures = (next..next + RUNS)
                .filter(|run| fails(&mut world, &mut sampler, *run, program))
                .count();
            assert!(failures > 0);
            next += RUNS;
            RUNS
        }
    }
    let contenders: Vec<Contender> = vec![
        ("reveille, random", Box::new(schedules(Random::new(1)))),
        ("reveille, portfolio", Box::new(schedules(Portfolio::new(1)))),
    ];
    ("reorder_3", "schedules/s", contenders)
}

/// One long run of the same channel.
fn steady() -> (&'static str, &'static str, Vec<Contender>) {
    const ITEMS: u64 = 500_000;
    let on_pool = || {
        let mut pool = LocalPool::new();
        let spawner = pool.spawner();
        let polls = pool.run_until(async {
            let (tx, rx) = slot();
            let producer = spawner.spawn_local_with_handle(counted(async move {
                for i in 0..ITEMS {
                    tx.send(i).await;
                }
            }));
            let received = counted(async move {
                for i in 0..ITEMS {
                    assert_eq!(rx.recv().await, i);
                }
            });
            received.await + producer.unwrap().await
        });
        black_box(polls)
    };
    let floor = Floor::default();
    let on_floor = move || {
        floor.polls.set(0);
        floor.run(1, async {
            let (tx, rx) = slot();
            let producer = floor::spawn(async move {
                for i in 0..ITEMS {
                    tx.send(i).await;
                }
            });
            for i in 0..ITEMS {
                assert_eq!(rx.recv().await, i);
            }
            producer.await;
        });
        floor.polls.get()
    };
    fn in_reveille(mut sampler: impl Sampler + 'static) -> impl FnMut() -> u64 {
        let mut world = World::new();
        let mut settings = Settings::default();
        settings.faults = Faults::NONE;
        settings.max_steps = u64::MAX / 4;
        let mut run = 0;
        move || {
            run += 1;
            let outcome = world.run(&settings, &mut sampler, run, || async {
                let (tx, rx) = slot();
                let producer = reveille_sim::spawn(async move {
                    for i in 0..ITEMS {
                        tx.send(i).await;
                    }
                });
                for i in 0..ITEMS {
                    assert_eq!(rx.recv().await, i);
                }
                producer.await.unwrap();
            });
            assert!(outcome.verdict.is_none());
            outcome.steps
        }
    }
    let contenders: Vec<Contender> = vec![
        ("futures LocalPool", Box::new(on_pool)),
        ("reveille, random", Box::new(in_reveille(Random::new(1)))),
        ("reveille, plain", Box::new(in_reveille(Plain))),
        ("floor", Box::new(on_floor)),
    ];
    ("steady", "polls/s", contenders)
}

/// Runs a future and gives the number of its polls.
async fn counted(future: impl Future<Output = ()>) -> u64 {
    let mut future = std::pin::pin!(future);
    let mut polls = 0;
    std::future::poll_fn(|cx| {
        polls += 1;
        future.as_mut().poll(cx).map(|()| polls)
    })
    .await
}

/// 1,000 tasks, each of which sleeps 100 times for 1 to 100 ms.
fn timers() -> (&'static str, &'static str, Vec<Contender>) {
    const TASKS: u64 = 1_000;
    const SLEEPS: u64 = 100;
    fn nap(task: u64, turn: u64) -> u64 {
        (task * 7_919 + turn * 104_729) % 100 + 1
    }
    let floor = Floor::default();
    let on_floor = move || {
        floor.polls.set(0);
        floor.run(1, async {
            let tasks: Vec<_> = (0..TASKS)
                .map(|task| {
                    floor::spawn(async move {
                        for turn in 0..SLEEPS {
                            floor::sleep(nap(task, turn) * 1_000_000).await;
                        }
                    })
                })
                .collect();
            for task in tasks {
                task.await;
            }
        });
        floor.polls.get()
    };
    fn in_reveille(mut sampler: impl Sampler + 'static) -> impl FnMut() -> u64 {
        let mut world = World::new();
        let mut settings = Settings::default();
        settings.faults = Faults::NONE;
        settings.max_steps = u64::MAX / 4;
        let mut run = 0;
        move || {
            run += 1;
            let outcome = world.run(&settings, &mut sampler, run, || async {
                let tasks: Vec<_> = (0..TASKS)
                    .map(|task| {
                        reveille_sim::spawn(async move {
                            for turn in 0..SLEEPS {
                                time::sleep(Duration::from_millis(nap(task, turn))).await;
                            }
                        })
                    })
                    .collect();
                for task in tasks {
                    task.await.unwrap();
                }
            });
            assert!(outcome.verdict.is_none());
            outcome.steps
        }
    }
    let contenders: Vec<Contender> = vec![
        ("floor", Box::new(on_floor)),
        ("reveille, random", Box::new(in_reveille(Random::new(1)))),
        ("reveille, plain", Box::new(in_reveille(Plain))),
    ];
    ("timers", "polls/s", contenders)
}

/// So many tasks, each of which yields 20 times: what a choice costs among many.
fn crowd(name: &'static str, tasks: u64) -> (&'static str, &'static str, Vec<Contender>) {
    const YIELDS: u64 = 20;
    fn in_reveille(mut sampler: impl Sampler + 'static, tasks: u64) -> impl FnMut() -> u64 {
        let runs = 20_000 / tasks;
        let mut world = World::new();
        let mut settings = Settings::default();
        settings.faults = Faults::NONE;
        settings.max_steps = u64::MAX / 4;
        let mut run = 0;
        move || {
            for _ in 0..runs {
                run += 1;
                let outcome = world.run(&settings, &mut sampler, run, || async move {
                    let yielding = || async {
                        for _ in 0..YIELDS {
                            reveille_sim::yield_now().await;
                        }
                    };
                    let tasks: Vec<_> =
                        (0..tasks).map(|_| reveille_sim::spawn(yielding())).collect();
                    for task in tasks {
                        task.await.unwrap();
                    }
                });
                assert!(outcome.verdict.is_none());
            }
            runs
        }
    }
    let contenders: Vec<Contender> = vec![
        ("reveille, random", Box::new(in_reveille(Random::new(1), tasks))),
        ("reveille, portfolio", Box::new(in_reveille(Portfolio::new(1), tasks))),
    ];
    (name, "runs/s", contenders)
}

/// Tasks that are alive and take turns.
fn in_order() -> (&'static str, &'static str, Vec<TimedContender>) {
    let contenders: Vec<TimedContender> = vec![
        ("reveille, plain, 1,000 tasks", Box::new(alive_in_reveille(Plain, 1_000))),
        ("reveille, plain, 1,000,000 tasks", Box::new(alive_in_reveille(Plain, 1_000_000))),
    ];
    ("alive, in order", "polls/s", contenders)
}

/// The same in any order.
fn at_random() -> (&'static str, &'static str, Vec<TimedContender>) {
    const POLLS: u64 = 1_000_000;
    fn on_floor(tasks: u64) -> impl FnMut() -> Done {
        move || (POLLS, alive::on_floor(&Floor::default(), tasks, POLLS))
    }
    let contenders: Vec<TimedContender> = vec![
        ("floor, 1,000,000 tasks", Box::new(on_floor(1_000_000))),
        (
            "reveille, random, 1,000,000 tasks",
            Box::new(alive_in_reveille(Random::new(1), 1_000_000)),
        ),
        ("floor, 1,000 tasks", Box::new(on_floor(1_000))),
        ("reveille, random, 1,000 tasks", Box::new(alive_in_reveille(Random::new(1), 1_000))),
    ];
    ("alive, at random", "polls/s", contenders)
}

fn alive_in_reveille(mut sampler: impl Sampler + 'static, tasks: u64) -> impl FnMut() -> Done {
    const POLLS: u64 = 1_000_000;
    move || (POLLS, alive::in_reveille(&mut World::new(), &mut sampler, tasks, POLLS))
}

/// A million timers are pending; one at a random place is dropped and another is set.
fn pending_timers() -> (&'static str, &'static str, Vec<TimedContender>) {
    fn replaced(timers: u64) -> impl FnMut() -> Done {
        const TURNS: u64 = 1_000_000;
        let mut settings = Settings::default();
        settings.faults = Faults::NONE;
        let mut world = World::new();
        move || {
            let outcome = world.run(&settings, &mut Plain, 0, || async move {
                let mut state = 1u64;
                let mut any = || {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    state >> 24
                };
                let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
                let mut set = |any: u64| {
                    let mut nap = time::sleep(Duration::from_nanos(any + 1));
                    assert!(Pin::new(&mut nap).poll(&mut cx).is_pending());
                    nap
                };
                let mut naps: Vec<_> = (0..timers).map(|_| set(any())).collect();
                let start = Instant::now();
                for _ in 0..TURNS {
                    let at = any() % timers;
                    naps[at as usize] = set(any());
                }
                start.elapsed()
            });
            // One is set and one is dropped.
            (2 * TURNS, outcome.output.expect("nothing can go wrong"))
        }
    }
    let contenders: Vec<TimedContender> = vec![
        ("reveille, 1,000 timers", Box::new(replaced(1_000))),
        ("reveille, 1,000,000 timers", Box::new(replaced(1_000_000))),
    ];
    ("pending timers", "sets and cancels/s", contenders)
}

/// A byte there and back over one of many open connections.
fn connections() -> (&'static str, &'static str, Vec<TimedContender>) {
    fn asked(connections: usize, stride: usize) -> impl FnMut() -> Done {
        const TRIPS: u64 = 200_000;
        let mut world = World::new();
        move || (TRIPS, connections::in_reveille(&mut world, connections, stride, TRIPS))
    }
    let contenders: Vec<TimedContender> = vec![
        ("reveille, 100 in order", Box::new(asked(100, 1))),
        ("reveille, 10,000 in order", Box::new(asked(10_000, 1))),
        ("reveille, 10,000 in strides of 7,919", Box::new(asked(10_000, 7_919))),
    ];
    ("connections", "round trips/s", contenders)
}
