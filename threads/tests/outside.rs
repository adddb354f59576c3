//! Words that threads outside of the run have a part in, and locks of the whole process.
#![cfg(reveille_threads)]

use reveille::Law;
use reveille_sim::{Plain, Recording, Settings, World};
use reveille_threads::Threads;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Condvar, Mutex};
use std::thread;
use std::time::Duration;

fn world() -> World {
    // What stands before the functions of the C library is there only if something of it is used.
    use reveille as _;
    let mut world = World::new();
    world.carry_by(Some(Rc::new(Threads::new())));
    world
}

#[test]
fn a_strand_is_woken_by_a_thread_that_is_none() {
    // As of the whole process: here a thread that was begun outside of the run has the lock.
    static LOCK: Mutex<u32> = Mutex::new(0);
    static HELD: Barrier = Barrier::new(2);
    for run in 0..200 {
        let holder = thread::spawn(move || {
            let mut lock = LOCK.lock().unwrap();
            HELD.wait();
            // As long as the run may take to come to the lock, or less.
            for _ in 0..run * 50 {
                std::hint::spin_loop();
            }
            *lock += 1;
        });
        HELD.wait();
        reveille::Checker::new()
            .name("foreign")
            .corpus(false)
            .runs(1)
            .patience(Duration::from_secs(60))
            .allow(Law::Nondeterminism)
            .check(move || async move {
                let locking = thread::spawn(|| *LOCK.lock().unwrap());
                assert_eq!(locking.join().unwrap(), run + 1);
            });
        holder.join().unwrap();
    }
}

#[test]
fn whoever_wakes_all_wakes_those_outside_of_the_run_too() {
    static GATE: (Mutex<(u32, bool)>, Condvar) = (Mutex::new((0, false)), Condvar::new());
    fn pass() -> bool {
        let (lock, opened) = &GATE;
        let mut gate = lock.lock().unwrap();
        gate.0 += 1;
        let mut is_woken = true;
        while is_woken && !gate.1 {
            let (after, how) = opened.wait_timeout(gate, Duration::from_secs(20)).unwrap();
            (gate, is_woken) = (after, !how.timed_out());
        }
        is_woken
    }
    let waiting = || GATE.0.lock().unwrap().0;
    let outside = thread::spawn(pass);
    while waiting() < 1 {
        thread::yield_now();
    }
    let mut world = world();
    let mut settings = Settings::default();
    // The one outside may have the lock for a moment when all in the run wait for it.
    settings.patience = Duration::from_secs(60);
    let outcome = world.run(&settings, &mut Plain, 0, move || async move {
        let within = thread::spawn(pass);
        while waiting() < 2 {
            thread::yield_now();
        }
        GATE.0.lock().unwrap().1 = true;
        GATE.1.notify_all();
        within.join().unwrap()
    });
    assert_eq!(outcome.output, Some(true));
    assert!(outside.join().unwrap());
}

#[test]
fn a_lock_of_the_whole_process_that_somebody_outside_has_leaves_no_trace_in_a_run() {
    // That of the environment: it is taken within the precompiled standard library alone.
    const NAME: &str = "OF_A_TEST_OF_LOCKS";
    let (is_over, takes) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let holder = thread::spawn({
        let (is_over, takes) = (is_over.clone(), takes.clone());
        move || {
            let long = "x".repeat(10_000);
            while is_over.load(SeqCst) == 0 {
                // SAFETY: whoever reads the environment here does so under that lock.
                unsafe { std::env::set_var(NAME, &long) };
                takes.fetch_add(1, SeqCst);
            }
        }
    });
    while takes.load(SeqCst) == 0 {
        std::hint::spin_loop();
    }
    let mut world = world();
    let mut settings = Settings::default();
    settings.recording = Recording::Hash;
    let mut events = || {
        let outcome = world.run(&settings, &mut Plain, 0, || async {
            let threads = [0, 1].map(|_| thread::spawn(|| std::env::var_os(NAME).is_some()));
            threads.map(|thread| thread.join().unwrap())
        });
        (outcome.output, outcome.trace.map(|trace| trace.hash()))
    };
    let first = events();
    assert_eq!(first.0, Some([true; 2]));
    let same = (0..20_000).filter(|_| events() == first).count();
    assert_eq!(same, 20_000);
    is_over.store(1, SeqCst);
    holder.join().unwrap();
}

#[test]
fn threads_that_begin_and_end_outside_leave_no_trace_in_a_run() {
    // The standard library has a list of its threads, under a mutex.
    let is_over = Arc::new(AtomicBool::new(false));
    let outside = [(); 2].map(|()| {
        let is_over = is_over.clone();
        thread::spawn(move || {
            while !is_over.load(SeqCst) {
                thread::spawn(|| ()).join().unwrap();
            }
        })
    });
    let mut world = world();
    let mut settings = Settings::default();
    settings.recording = Recording::Hash;
    let hashes: BTreeSet<_> = (0..3_000)
        .map(|_| {
            let outcome = world.run(&settings, &mut Plain, 0, || async {
                let threads = [0, 1].map(|number| thread::spawn(move || number));
                threads.map(|thread| thread.join().unwrap())
            });
            assert_eq!(outcome.output, Some([0, 1]));
            outcome.trace.map(|trace| trace.hash())
        })
        .collect();
    is_over.store(true, SeqCst);
    outside.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!(hashes.len(), 1);
}
