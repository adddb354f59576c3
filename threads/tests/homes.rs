//! Tasks that are not `Send` live on the thread of whoever spawned them: they exclude each other,
//! and nobody else.
#![cfg(reveille_threads)]

use reveille_sim::{
    Exhaustive, Faults, JoinHandle, Law, Plain, Random, Settings, World, spawn, spawn_daemon,
    spawn_local, yield_now,
};
use reveille_threads::Threads;
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

fn world() -> World {
    // What stands before the C library's functions is there only if something of it is used.
    let _ = reveille::Checker::new();
    let mut world = World::new();
    world.carry_by(Some(Rc::new(Threads::new())));
    world
}

fn settings(faults: Faults) -> Settings {
    let mut settings = Settings::default();
    settings.faults = faults;
    settings
}

/// What the body gives, of every run that there is.
fn all<T: Ord, F: Future<Output = T>>(body: impl Fn() -> F) -> BTreeSet<T> {
    let (mut world, settings) = (world(), settings(Faults::NONE));
    let (mut exhaustive, mut seen, mut runs) = (Exhaustive::default(), BTreeSet::new(), 0);
    while exhaustive.advance() {
        let outcome = world.run(&settings, &mut exhaustive, runs, &body);
        assert_eq!(outcome.verdict, None, "run {runs}");
        seen.insert(outcome.output.unwrap());
        runs += 1;
    }
    seen
}

/// That no run of many breaks a law, whatever the faults.
fn is_clean<F: Future<Output = ()>>(faults: Faults, body: impl Fn() -> F) {
    let (mut world, settings) = (world(), settings(faults));
    for seed in 0..500 {
        let outcome = world.run(&settings, &mut Random::new(seed), 0, &body);
        assert_eq!(outcome.verdict, None, "seed {seed}");
    }
}

/// So many operations on a place, and when each of them was made.
fn operations(place: &AtomicU32, count: usize) -> Vec<u32> {
    (0..count).map(|_| place.fetch_add(1, SeqCst)).collect()
}

/// Letters of strands, each as often as and when it made an operation.
fn in_order(moments: &[Vec<u32>]) -> String {
    let lettered = ('a'..).zip(moments);
    let mut all: Vec<(u32, char)> = lettered
        .flat_map(|(letter, moments)| moments.iter().map(move |at| (*at, letter)))
        .collect();
    all.sort_unstable();
    all.into_iter().map(|(_, letter)| letter).collect()
}

async fn ended<T>(tasks: Vec<JoinHandle<T>>) -> Vec<T> {
    let mut ended = Vec::new();
    for task in tasks {
        ended.push(task.await.unwrap());
    }
    ended
}

/// All orders of the operations of local tasks and of others.
fn orders(local: &'static [usize], send: &'static [usize]) -> BTreeSet<String> {
    let place: &AtomicU32 = Box::leak(Box::default());
    all(|| async {
        place.store(0, SeqCst);
        let task = |count: usize| async move { operations(place, count) };
        let local = local.iter().map(|count| spawn_local(task(*count)));
        let send = send.iter().map(|count| spawn(task(*count)));
        in_order(&ended(local.chain(send).collect()).await)
    })
}

#[test]
fn local_tasks_do_not_go_on_within_each_others_polls() {
    // Only the order of the polls is free: 2! and 3!, however many operations they make.
    let two = ["aaabb", "bbaaa"].map(str::to_owned);
    assert_eq!(orders(&[3, 2], &[]), BTreeSet::from(two));
    assert_eq!(orders(&[2, 2, 2], &[]).len(), 6);
}

#[test]
fn local_tasks_and_others_go_on_within_each_others_polls() {
    // One of each is two threads: a binomial, 5 over 2.
    assert_eq!(orders(&[3], &[2]).len(), 10);
    // Two local ones, in 2 orders, are a thread of four operations: 2 * (5 over 1), 2 * (6 over 2).
    assert_eq!(orders(&[2, 2], &[1]).len(), 10);
    assert_eq!(orders(&[2, 2], &[2]).len(), 30);
    // 2 * 4! / 2!: three threads, of two operations, one and one.
    assert_eq!(orders(&[1, 1], &[1, 1]).len(), 24);
}

#[test]
fn who_spawns_gives_its_thread_and_a_thread_is_its_own() {
    let place: &AtomicU32 = Box::leak(Box::default());
    let body = || async {
        place.store(0, SeqCst);
        let local = spawn_local(async { operations(place, 1) });
        let task = spawn(async {
            ended(Vec::from([(); 2].map(|()| spawn_local(async { operations(place, 2) })))).await
        });
        let thread = thread::spawn(|| operations(place, 1));
        let mut moments = vec![local.await.unwrap()];
        moments.extend(task.await.unwrap());
        moments.push(thread.join().unwrap());
        in_order(&moments)
    };
    // To begin and to join a thread are many operations: too many for all orders.
    let (mut world, settings) = (world(), settings(Faults::NONE));
    let mut seen = BTreeSet::new();
    for seed in 0..6_000 {
        let outcome = world.run(&settings, &mut Random::new(seed), 0, body);
        assert_eq!(outcome.verdict, None, "seed {seed}");
        seen.insert(outcome.output.unwrap());
    }
    // Those of the task, in 2 orders, are a thread of four operations: 2 * 6! / 4!. If they were
    // threads of their own: 6! / (2! * 2!), which is three times as many.
    assert_eq!(seen.len(), 60);
}

#[test]
fn what_is_borrowed_over_an_operation_is_never_found_borrowed() {
    let seen = all(|| async {
        let (shared, place) = (Rc::new(RefCell::new(0)), Arc::new(AtomicU32::new(0)));
        let local = [0, 1].map(|_| {
            let (shared, place) = (shared.clone(), place.clone());
            spawn_local(async move {
                let mut count = shared.borrow_mut();
                place.fetch_add(1, SeqCst);
                *count += 1;
                place.fetch_add(1, SeqCst);
            })
        });
        let other = spawn(async move { place.fetch_add(1, SeqCst) });
        ended(local.into()).await;
        let sum = *shared.borrow();
        (sum, other.await.unwrap())
    });
    assert_eq!(seen, (0..5).map(|before| (2, before)).collect());
}

/// What shares a thread, waits, sleeps, yields, is woken by others and aborted.
async fn busy() {
    let (shared, place) = (Rc::new(RefCell::new(0)), Arc::new(AtomicU32::new(0)));
    let touch = |shared: &RefCell<u32>, place: &AtomicU32| {
        let mut count = shared.borrow_mut();
        place.fetch_add(1, SeqCst);
        *count += 1;
    };
    let (sender, receiver) = futures::channel::oneshot::channel();
    let daemon = spawn_daemon({
        let (shared, place) = (shared.clone(), place.clone());
        async move {
            loop {
                touch(&shared, &place);
                reveille_sim::time::sleep(Duration::from_millis(3)).await;
            }
        }
    });
    let waiting = spawn_local({
        let (shared, place) = (shared.clone(), place.clone());
        async move {
            touch(&shared, &place);
            receiver.await.unwrap();
            touch(&shared, &place);
        }
    });
    let blocking = spawn_local({
        let (shared, place) = (shared.clone(), place.clone());
        async move {
            {
                let mut count = shared.borrow_mut();
                thread::sleep(Duration::from_millis(1));
                *count += 1;
            }
            yield_now().await;
            touch(&shared, &place);
        }
    });
    let aborted = spawn_local({
        let (shared, place) = (shared.clone(), place.clone());
        async move {
            loop {
                touch(&shared, &place);
                yield_now().await;
            }
        }
    });
    let aborter = aborted.abort_handle();
    let sending = spawn(async move {
        place.fetch_add(1, SeqCst);
        aborter.abort();
        place.fetch_add(1, SeqCst);
        sender.send(()).unwrap();
    });
    for task in [waiting, blocking, sending] {
        task.await.unwrap();
    }
    assert!(aborted.await.unwrap_err().is_cancelled());
    daemon.abort();
    assert!(*shared.borrow() >= 4);
}

#[test]
fn faults_do_not_come_between_those_who_share_a_thread() {
    is_clean(Faults::NONE, busy);
    is_clean(Faults::ALL, busy);
}

#[test]
fn who_was_woken_first_goes_first_when_the_thread_is_free() {
    let body = || async {
        let order = Rc::new(RefCell::new(Vec::new()));
        let (mut senders, mut tasks) = (Vec::new(), Vec::new());
        for number in 0..3 {
            let (sender, receiver) = futures::channel::oneshot::channel::<()>();
            let order = order.clone();
            tasks.push(spawn_local(async move {
                receiver.await.unwrap();
                order.borrow_mut().push(number);
            }));
            senders.push(sender);
        }
        yield_now().await;
        let waking = thread::spawn(move || {
            senders.into_iter().rev().for_each(|sender| sender.send(()).unwrap());
        });
        thread::sleep(Duration::from_millis(1));
        waking.join().unwrap();
        assert_eq!(*order.borrow(), [], "this thread was busy");
        ended(tasks).await;
        order.take()
    };
    let outcome = world().run(&settings(Faults::NONE), &mut Plain, 0, body);
    assert_eq!((outcome.output, outcome.verdict), (Some(vec![2, 1, 0]), None));
}

#[test]
fn who_yields_lets_those_go_on_whose_thread_it_is() {
    let body = || async {
        let (flag, place) = (Rc::new(RefCell::new(false)), Arc::new(AtomicU32::new(0)));
        let (other, polls) = (flag.clone(), place.clone());
        let waiting = spawn_local(async move {
            while !*other.borrow() {
                polls.fetch_add(1, SeqCst);
                yield_now().await;
            }
        });
        let setting = spawn_local(async move { *flag.borrow_mut() = true });
        ended(vec![waiting, setting]).await;
        place.load(SeqCst)
    };
    let outcome = world().run(&settings(Faults::NONE), &mut Plain, 0, body);
    assert_eq!((outcome.output, outcome.verdict), (Some(1), None));
}

#[test]
fn a_lock_excludes_local_tasks_and_others() {
    let seen = all(|| async {
        let lock = Arc::new((Mutex::new(()), AtomicU32::new(0)));
        let add = |lock: Arc<(Mutex<()>, AtomicU32)>| async move {
            let _guard = lock.0.lock().unwrap();
            let known = lock.1.load(SeqCst);
            lock.1.store(known + 1, SeqCst);
        };
        let local = spawn_local(add(lock.clone()));
        let send = spawn(add(lock.clone()));
        ended(vec![local, send]).await;
        lock.1.load(SeqCst)
    });
    assert_eq!(seen, BTreeSet::from([2]));
}

#[test]
fn who_waits_for_a_lock_keeps_its_thread_and_no_more() {
    is_clean(Faults::NONE, || async {
        let lock = Arc::new(Mutex::new(0));
        let (locks, holds) = (lock.clone(), lock.clone());
        let shared = Rc::new(RefCell::new(0));
        let other = shared.clone();
        let locking = spawn_local(async move {
            let mut shared = shared.borrow_mut();
            *shared += *locks.lock().unwrap();
        });
        let beside = spawn_local(async move { *other.borrow_mut() += 1 });
        let holding = thread::spawn(move || {
            let mut held = holds.lock().unwrap();
            thread::sleep(Duration::from_millis(1));
            *held += 1;
        });
        ended(vec![locking, beside]).await;
        holding.join().unwrap();
    });
}

#[test]
#[allow(clippy::await_holding_lock, reason = "that is what is to be told")]
fn a_lock_held_over_an_await_is_a_deadlock_of_those_who_share_a_thread() {
    let body = || async {
        let lock = Rc::new(Mutex::new(0));
        let tasks = [0, 1].map(|_| {
            let lock = lock.clone();
            spawn_local(async move {
                let mut guard = lock.lock().unwrap();
                yield_now().await;
                *guard += 1;
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
    };
    let checker = reveille::Checker::new().name("lock_over_await").corpus(false);
    let failure = checker.try_check(body).unwrap_err();
    let text = failure.to_string();
    let reveille::CheckError::Broken(failure) = failure else { panic!("{text}") };
    assert_eq!(failure.law, Law::Deadlock, "{text}");
    assert!(text.contains("circle  task 1 --> task 2"), "{text}");
    let waits = "waits   for task 2, whose thread it shares, to end its poll";
    assert!(text.contains(waits), "{text}");
    assert!(text.contains("> 319 |     let mut guard = lock.lock().unwrap();"), "{text}");
}

#[test]
fn a_run_ends_though_a_thread_is_busy_for_ever() {
    let body = || async {
        let started = Arc::new(AtomicU32::new(0));
        let other = started.clone();
        drop(spawn(async move {
            let shared = Rc::new(RefCell::new(Cell::new(0)));
            for _ in 0..3 {
                let (shared, started) = (shared.clone(), other.clone());
                drop(spawn_local(async move {
                    let shared = shared.borrow_mut();
                    shared.set(started.fetch_add(1, SeqCst));
                    thread::park();
                }));
            }
        }));
        while started.load(SeqCst) == 0 {
            yield_now().await;
        }
        started.load(SeqCst)
    };
    let (mut world, settings) = (world(), settings(Faults::NONE));
    for seed in 0..20 {
        let outcome = world.run(&settings, &mut Random::new(seed), 0, body);
        assert_eq!((outcome.output, outcome.verdict), (Some(1), None));
    }
}
