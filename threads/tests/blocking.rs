//! Locks, parking and threads of the standard library, unmodified.
#![cfg(reveille_threads)]

use reveille::Law;
use reveille_sim::{Plain, Settings, World};
use reveille_threads::Threads;
use std::collections::BTreeSet;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Barrier, Condvar, Mutex, RwLock, mpsc};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

fn passes(name: &str, body: impl AsyncFn()) {
    reveille::Checker::new().name(name).corpus(false).runs(300).check(|| body());
}

#[test]
fn threads_are_joined_and_locks_exclude() {
    passes("locks", async || {
        let sum = Arc::new(Mutex::new(0));
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let sum = sum.clone();
                thread::spawn(move || {
                    let known = *sum.lock().unwrap();
                    thread::yield_now();
                    let mut sum = sum.lock().unwrap();
                    *sum = (*sum).max(known) + 1;
                    thread::current().id()
                })
            })
            .collect();
        let mut ids: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        ids.dedup();
        assert_eq!(ids.len(), 3);
        assert_eq!(*sum.lock().unwrap(), 3);
    });
}

#[test]
fn all_that_waits_in_std_is_woken() {
    passes("waits", async || {
        let ready = Arc::new((Mutex::new(false), Condvar::new()));
        let lock = Arc::new(RwLock::new(1));
        let barrier = Arc::new(Barrier::new(2));
        let (sender, receiver) = mpsc::channel();
        let other = thread::spawn({
            let (ready, lock, barrier) = (ready.clone(), lock.clone(), barrier.clone());
            move || {
                *ready.0.lock().unwrap() = true;
                ready.1.notify_one();
                *lock.write().unwrap() += 1;
                barrier.wait();
                sender.send(*lock.read().unwrap()).unwrap();
                thread::park();
            }
        });
        let mut is_ready = ready.0.lock().unwrap();
        while !*is_ready {
            is_ready = ready.1.wait(is_ready).unwrap();
        }
        drop(is_ready);
        barrier.wait();
        assert_eq!(receiver.recv().unwrap(), 2);
        other.thread().unpark();
        other.join().unwrap();
    });
}

#[test]
fn a_task_that_was_woken_in_its_poll_is_blocked_in_it() {
    passes("woken", async || {
        let tasks = [0, 1].map(|_| {
            let mut polls = 0;
            reveille::spawn(poll_fn(move |cx| {
                polls += 1;
                cx.waker().wake_by_ref();
                thread::sleep(Duration::from_millis(1));
                if polls == 3 { Poll::Ready(polls) } else { Poll::Pending }
            }))
        });
        for task in tasks {
            assert_eq!(task.await.unwrap(), 3);
        }
    });
}

#[test]
fn a_panic_in_another_thread_poisons_its_lock() {
    let seen = Mutex::new(BTreeSet::new());
    passes("poison", async || {
        let lock = Arc::new(Mutex::new(()));
        let (panics, looks) = (lock.clone(), lock.clone());
        let panics = thread::spawn(move || {
            let _held = panics.lock();
            panic!("with the lock held");
        });
        let looks = thread::spawn(move || looks.lock().is_err());
        assert!(panics.join().is_err() && lock.is_poisoned());
        seen.lock().unwrap().insert(looks.join().unwrap());
    });
    assert_eq!(seen.into_inner().unwrap(), BTreeSet::from([false, true]));
}

#[test]
fn a_lock_that_is_tried_is_found_taken_or_free_and_who_takes_it_waits() {
    let seen = Mutex::new(BTreeSet::new());
    passes("tried", async || {
        let lock = Arc::new(Mutex::new(String::new()));
        let (takes, tries) = (lock.clone(), lock.clone());
        let takes = thread::spawn(move || takes.lock().unwrap().push('a'));
        let tries = thread::spawn(move || match tries.try_lock() {
            Ok(mut order) => order.push('t'),
            Err(_) => tries.lock().unwrap().push('-'),
        });
        takes.join().unwrap();
        tries.join().unwrap();
        let order = lock.lock().unwrap();
        seen.lock().unwrap().insert(order.clone());
    });
    assert_eq!(seen.into_inner().unwrap(), ["at", "ta", "a-"].map(String::from).into());
}

#[test]
fn a_thread_that_panics_tells_who_joins_it() {
    passes("panics", async || {
        let thread = thread::spawn(|| assert_eq!(1, 2, "no"));
        let payload = thread.join().unwrap_err();
        assert!(payload.downcast_ref::<String>().unwrap().contains("no"));
    });
}

#[test]
fn time_is_virtual_for_threads_too() {
    let began = Instant::now();
    passes("time", async || {
        let before = Instant::now();
        thread::sleep(Duration::from_secs(3600));
        let pair = (Mutex::new(()), Condvar::new());
        let guard = pair.0.lock().unwrap();
        let (_guard, waited) = pair.1.wait_timeout(guard, Duration::from_secs(3600)).unwrap();
        assert!(waited.timed_out());
        thread::park_timeout(Duration::from_secs(60));
        assert!(before.elapsed() >= Duration::from_secs(7260));
    });
    assert!(began.elapsed() < Duration::from_secs(3600));
}

#[test]
fn a_thread_may_panic() {
    passes("panics", async || {
        let threads = [0, 1].map(|_| thread::spawn(|| panic!("as it should")));
        assert!(threads.into_iter().all(|thread| thread.join().is_err()));
    });
}

#[test]
fn who_spins_until_a_sleeper_comes_has_it_come() {
    passes("sleeper", async || {
        let is_set = Arc::new(AtomicBool::new(false));
        let sleeper = thread::spawn({
            let is_set = is_set.clone();
            move || {
                thread::sleep(Duration::from_millis(500));
                is_set.store(true, SeqCst);
            }
        });
        while !is_set.load(SeqCst) {
            thread::yield_now();
        }
        sleeper.join().unwrap();
    });
}

#[test]
fn a_deadline_that_has_come_is_past_after_one_more_wait() {
    passes("deadline", async || {
        let deadline = Instant::now() + Duration::from_secs(1);
        while let Some(rest) = deadline.checked_duration_since(Instant::now()) {
            thread::park_timeout(rest);
        }
    });
}

#[test]
fn nothing_comes_between_the_look_at_a_word_and_the_sleep_on_it() {
    // After so many operations in a row a strand gives its turn up, wherever that is.
    for operations in 900..1_010 {
        reveille::Checker::new().name("parks").corpus(false).runs(1).check(|| async move {
            let waiter = thread::spawn(move || {
                let place = AtomicU32::new(0);
                for _ in 0..operations {
                    place.fetch_add(1, SeqCst);
                }
                thread::park();
            });
            let sleeper = waiter.thread().clone();
            let waker = thread::spawn(move || sleeper.unpark());
            waiter.join().unwrap();
            waker.join().unwrap();
        });
    }
}

fn breaks(name: &str, body: impl AsyncFn()) -> (Law, String) {
    let failure =
        reveille::Checker::new().name(name).corpus(false).try_check(|| body()).unwrap_err();
    let text = failure.to_string();
    match failure {
        reveille::CheckError::Broken(failure) => (failure.law, text),
        other => panic!("{other}"),
    }
}

#[test]
fn a_lost_update_between_two_operations_is_found() {
    let (law, _) = breaks("lost_update", async || {
        let place = Arc::new(AtomicU32::new(0));
        let tasks = [0, 1].map(|_| {
            let place = place.clone();
            reveille::spawn(async move {
                let known = place.load(SeqCst);
                place.store(known + 1, SeqCst);
            })
        });
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(place.load(SeqCst), 2);
    });
    assert_eq!(law, Law::Panic);
}

#[test]
fn locks_in_opposite_orders_rest_for_ever() {
    let (law, text) = breaks("locks_in_opposite_orders", async || {
        let locks = Arc::new([Mutex::new(0), Mutex::new(0)]);
        let threads = [0, 1].map(|first| {
            let locks = locks.clone();
            thread::spawn(move || {
                let mut one = locks[first].lock().unwrap();
                let mut other = locks[1 - first].lock().unwrap();
                *one += 1;
                *other += 1;
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    });
    assert_eq!(law, Law::Deadlock, "{text}");
    assert!(text.contains("circle  task 1 --> task 2"), "{text}");
    // Who waits is told where, down to the line.
    let asleep = text.matches("waits   asleep since step ").count();
    assert_eq!(asleep, 2, "{text}");
    assert!(text.contains("| let mut other = locks[1 - first].lock().unwrap();"), "{text}");
}

#[test]
fn a_flag_that_is_looked_at_before_parking_loses_the_wake() {
    let (law, text) = breaks("parks_too_late", async || {
        let waiting = Arc::new(Mutex::new(None::<thread::Thread>));
        let is_set = Arc::new(AtomicBool::new(false));
        let waiter = thread::spawn({
            let (waiting, is_set) = (waiting.clone(), is_set.clone());
            move || {
                if !is_set.load(SeqCst) {
                    // Whoever sets it now finds nobody.
                    *waiting.lock().unwrap() = Some(thread::current());
                    thread::park();
                }
            }
        });
        is_set.store(true, SeqCst);
        if let Some(thread) = waiting.lock().unwrap().take() {
            thread.unpark();
        }
        waiter.join().unwrap();
    });
    assert!(matches!(law, Law::Deadlock | Law::Stuck), "{text}");
}

/// Laws that say that a test does not get on.
const ENDLESS: [Law; 4] =
    [Law::SuspectedLivelock, Law::SuspectedStuck, Law::BusyPoll, Law::Starvation];

#[test]
fn a_strand_that_spins_for_ever_is_told() {
    let (law, text) = breaks("spins", async || {
        let is_set = AtomicBool::new(false);
        while !is_set.load(SeqCst) {
            std::hint::spin_loop();
        }
    });
    assert!(ENDLESS.contains(&law), "{text}");
}

#[test]
fn a_strand_that_changes_something_for_ever_is_told() {
    let (law, text) = breaks("counts", async || {
        let other = reveille::spawn(async {});
        let place = AtomicU32::new(0);
        loop {
            place.fetch_add(1, SeqCst);
            if place.load(SeqCst) == u32::MAX {
                break;
            }
        }
        other.await.unwrap();
    });
    assert!(ENDLESS.contains(&law), "{text}");
}

#[test]
fn strands_that_hand_a_token_to_each_other_for_ever_are_told() {
    let (law, text) = breaks("hands_over", async || {
        let turn = Arc::new(AtomicU32::new(0));
        let threads = [0, 1].map(|mine| {
            let turn = turn.clone();
            thread::spawn(move || {
                loop {
                    while turn.load(SeqCst) != mine {}
                    turn.store(1 - mine, SeqCst);
                }
            })
        });
        for thread in threads {
            let _: Result<(), _> = thread.join();
        }
    });
    assert!(ENDLESS.contains(&law), "{text}");
}

#[test]
fn a_failure_is_repeated_a_hundred_times() {
    async fn body() {
        let place = Arc::new(AtomicU32::new(0));
        let threads = [0, 1, 2].map(|_| {
            let place = place.clone();
            thread::spawn(move || {
                let known = place.load(SeqCst);
                place.store(known + 1, SeqCst);
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        assert_ne!(place.load(SeqCst), 1, "two updates were lost");
    }
    let checker = || reveille::Checker::new().name("repeated").corpus(false);
    let Err(reveille::CheckError::Broken(found)) = checker().try_check(body) else {
        panic!("nothing was found");
    };
    for _ in 0..100 {
        let Err(reveille::CheckError::Broken(again)) =
            checker().replay(found.tape.clone()).try_check(body)
        else {
            panic!("the replay passed");
        };
        assert_eq!(again.law, found.law);
    }
}

#[test]
fn barriers_let_go_of_all() {
    reveille::Checker::new().name("barrier").corpus(false).runs(20_000).check(|| async move {
        let barrier = Arc::new(Barrier::new(2));
        let threads = [0, 1].map(|_| {
            let barrier = barrier.clone();
            thread::spawn(move || barrier.wait().is_leader())
        });
        let leaders = threads.map(|thread| thread.join().unwrap());
        assert_ne!(leaders[0], leaders[1]);
    });
}

#[test]
fn who_has_a_lock_whenever_it_gives_its_turn_up_does_not_keep_others_from_it_for_ever() {
    let mut world = World::new();
    world.carry_by(Some(Rc::new(Threads::new())));
    let settings = Settings::default();
    // Whatever the number of operations in a round, and of those before the first one.
    for (within, before) in (0..10).flat_map(|within| [within; 10].into_iter().zip(0..10)) {
        let outcome = world.run(&settings, &mut Plain, 0, || async move {
            let (lock, count) = (Arc::new(Mutex::new(false)), AtomicU32::new(0));
            let other = lock.clone();
            let waiting = thread::spawn(move || *other.lock().unwrap() = true);
            (0..before).for_each(|_| _ = count.fetch_add(1, SeqCst));
            loop {
                let is_over = lock.lock().unwrap();
                if *is_over {
                    break;
                }
                (0..within).for_each(|_| _ = count.fetch_add(1, SeqCst));
            }
            waiting.join().unwrap();
        });
        assert!(outcome.output.is_some() && outcome.steps < 100, "{within} {before}: {outcome:?}");
    }
}
