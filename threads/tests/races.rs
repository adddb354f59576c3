//! Races of data are seen, and nothing that is ordered is taken for one.
#![cfg(reveille_races)]

use reveille_sim::{
    Accessing, Detail, Faults, Law, Random, Recording, Settings, TaskId, World, spawn, spawn_local,
    yield_now,
};
use reveille_threads::Threads;
use std::cell::UnsafeCell;
use std::rc::Rc;
use std::sync::atomic::Ordering::{AcqRel, Acquire, Relaxed, Release};
use std::sync::atomic::{AtomicBool, AtomicU32, fence};
use std::sync::{Arc, Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock, mpsc};
use std::thread;
use std::time::Duration;

/// A value without any order of its own.
#[derive(Debug, Default)]
struct Plain(UnsafeCell<u64>);

// SAFETY: that is what the tests are about; strands run one at a time.
unsafe impl Sync for Plain {}

impl Plain {
    #[inline(never)]
    fn read(&self) -> u64 {
        // SAFETY: strands run one at a time.
        unsafe { *self.0.get() }
    }

    #[inline(never)]
    fn write(&self, value: u64) {
        // SAFETY: strands run one at a time.
        unsafe { *self.0.get() = value };
    }
}

const RUNS: u64 = 300;

/// In how many of many runs a law is broken, and by what.
fn broken<F: Future<Output = ()>>(
    body: impl Fn() -> F,
) -> (u64, Option<Box<reveille_sim::Finding>>) {
    // What stands before the C library's functions is there only if something of it is used.
    let _ = reveille::Checker::new();
    let mut world = World::new();
    world.carry_by(Some(Rc::new(Threads::new())));
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    // A lock of the whole process may be held by another test.
    settings.patience = Duration::from_secs(10);
    let (mut count, mut last) = (0, None);
    for run in 0..RUNS {
        let outcome = world.run(&settings, &mut Random::new(1), run, &body);
        assert!(outcome.tasks > 1, "its threads are those of the run");
        count += u64::from(outcome.verdict.is_some());
        last = outcome.verdict.or(last);
    }
    (count, last)
}

fn is_clean<F: Future<Output = ()>>(body: impl Fn() -> F) {
    let (count, last) = broken(body);
    assert_eq!((count, last), (0, None));
}

/// Two threads, of which one publishes a value to the other.
fn published(
    publish: fn(&AtomicBool),
    sees: fn(&AtomicBool) -> bool,
) -> (u64, Option<Box<reveille_sim::Finding>>) {
    broken(|| async move {
        let shared = Arc::new((Plain::default(), AtomicBool::new(false)));
        let writer = {
            let shared = shared.clone();
            thread::spawn(move || {
                shared.0.write(5);
                publish(&shared.1);
            })
        };
        if sees(&shared.1) {
            assert_eq!(shared.0.read(), 5);
        }
        writer.join().unwrap();
        assert_eq!(shared.0.read(), 5);
    })
}

#[test]
fn what_is_published_without_an_order_is_a_race() {
    let (count, last) = published(|flag| flag.store(true, Relaxed), |flag| flag.load(Acquire));
    assert!(count > 10, "{count}");
    let finding = last.unwrap();
    assert_eq!(finding.law, Law::DataRace);
    let Detail::Raced(race) = &finding.detail else { panic!("{finding:?}") };
    assert_eq!((race.first.by, race.first.how, race.first.bytes), (TaskId(1), Accessing::Write, 8));
    assert_eq!(
        (race.second.by, race.second.how, race.second.bytes),
        (TaskId(0), Accessing::Read, 8)
    );
    let (count, _) = published(|flag| flag.store(true, Release), |flag| flag.load(Relaxed));
    assert!(count > 10, "{count}");
}

#[test]
fn what_is_published_with_an_order_is_none() {
    let good = published(|flag| flag.store(true, Release), |flag| flag.load(Acquire));
    assert_eq!(good, (0, None));
    let fences = published(
        |flag| {
            fence(Release);
            flag.store(true, Relaxed);
        },
        |flag| {
            let seen = flag.load(Relaxed);
            fence(Acquire);
            seen
        },
    );
    assert_eq!(fences, (0, None));
    let updates = published(|flag| _ = flag.swap(true, AcqRel), |flag| flag.swap(false, AcqRel));
    assert_eq!(updates, (0, None));
}

#[test]
fn tasks_that_share_a_thread_do_not_race() {
    is_clean(|| async {
        let (shared, place) = (Rc::new(Plain::default()), Arc::new(AtomicU32::new(0)));
        let tasks = [0, 1].map(|_| {
            let (shared, place) = (shared.clone(), place.clone());
            spawn_local(async move {
                shared.write(shared.read() + 1);
                place.fetch_add(1, Relaxed);
                shared.write(shared.read() + 1);
                yield_now().await;
                shared.write(shared.read() + 1);
            })
        });
        // Nobody waits for anybody meanwhile.
        while place.load(Relaxed) < 2 {
            shared.write(shared.read() + 1);
            yield_now().await;
        }
        for task in tasks {
            task.await.unwrap();
        }
        assert!(shared.read() >= 6);
    });
}

/// A pointer that goes where it should not.
#[derive(Clone, Copy, Debug)]
struct Stray(*const Plain);

// SAFETY: it is not, which is to be told.
unsafe impl Send for Stray {}

impl Stray {
    fn add(self) {
        // SAFETY: what it points to outlives all tasks; strands run one at a time.
        let shared = unsafe { &*self.0 };
        shared.write(shared.read() + 1);
    }
}

#[test]
fn what_shares_a_thread_races_with_what_does_not() {
    let (count, last) = broken(|| async {
        let shared = Rc::new(Plain::default());
        let stray = Stray(Rc::as_ptr(&shared));
        let local = [0, 1].map(|_| spawn_local(async move { stray.add() }));
        let other = spawn(async move { stray.add() });
        for task in local.into_iter().chain([other]) {
            task.await.unwrap();
        }
    });
    assert_eq!(count, RUNS);
    let finding = last.unwrap();
    assert_eq!(finding.law, Law::DataRace);
    let Detail::Raced(race) = &finding.detail else { panic!("{finding:?}") };
    let mut by = [race.first.by, race.second.by];
    by.sort_unstable();
    // Who is told is the task, not whose thread it is.
    assert!(by == [TaskId(1), TaskId(3)] || by == [TaskId(2), TaskId(3)], "{finding:?}");
}

#[test]
fn both_stacks_of_a_race_are_taken_when_events_are_recorded() {
    let mut world = World::new();
    world.carry_by(Some(Rc::new(Threads::new())));
    let mut settings = Settings::default();
    settings.faults = Faults::NONE;
    settings.recording = Recording::events(Vec::new());
    let outcome = world.run(&settings, &mut Random::new(1), 0, || async {
        let shared = Arc::new(Plain::default());
        let tasks = [1, 2].map(|value| {
            let shared = shared.clone();
            spawn(async move { shared.write(value) })
        });
        for task in tasks {
            task.await.unwrap();
        }
    });
    let finding = outcome.verdict.unwrap();
    let Detail::Raced(race) = &finding.detail else { panic!("{finding:?}") };
    for access in [&race.first, &race.second] {
        let stack = format!("{:?}", access.stack.as_ref().unwrap());
        assert!(stack.contains("Plain::write"), "{stack}");
    }
    assert_ne!(race.first.by, race.second.by);
}

#[test]
fn locks_of_the_standard_library_order_what_they_guard() {
    is_clean(|| async {
        let mutex = Arc::new(Mutex::new(0));
        let threads = [0, 1, 2].map(|_| {
            let mutex = mutex.clone();
            thread::spawn(move || {
                for _ in 0..3 {
                    *mutex.lock().unwrap() += 1;
                }
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
        assert_eq!(*mutex.lock().unwrap(), 9);
    });
    is_clean(|| async {
        let lock = Arc::new(RwLock::new(vec![0]));
        let threads = [0, 1, 2].map(|number| {
            let lock = lock.clone();
            thread::spawn(move || {
                lock.write().unwrap().push(number);
                lock.read().unwrap().iter().sum::<i32>()
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

#[test]
fn condition_variables_order_what_they_tell() {
    is_clean(|| async {
        let pair = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let threads = [0, 1].map(|number| {
            let pair = pair.clone();
            thread::spawn(move || {
                pair.0.lock().unwrap().push(number);
                pair.1.notify_one();
            })
        });
        let mut all = pair.0.lock().unwrap();
        while all.len() < 2 {
            all = pair.1.wait(all).unwrap();
        }
        assert_eq!(all.iter().sum::<i32>(), 1);
        drop(all);
        for thread in threads {
            thread.join().unwrap();
        }
    });
}

#[test]
fn what_is_made_once_is_seen_by_all() {
    is_clean(|| async {
        let cell = Arc::new((OnceLock::new(), Once::new(), Plain::default()));
        let threads = [0, 1, 2].map(|number| {
            let cell = cell.clone();
            thread::spawn(move || {
                let list = cell.0.get_or_init(|| vec![number; 3]);
                cell.1.call_once(|| cell.2.write(list[0] as u64));
                cell.2.read() + list[1] as u64
            })
        });
        let sums = threads.map(|thread| thread.join().unwrap());
        assert_eq!(sums[0], sums[2]);
    });
    is_clean(|| async {
        let cell = Arc::new(LazyLock::new(|| vec![1, 2]));
        let threads = [0, 1].map(|_| {
            let cell = cell.clone();
            thread::spawn(move || cell[0] + cell[1])
        });
        for thread in threads {
            assert_eq!(thread.join().unwrap(), 3);
        }
    });
}

#[test]
fn channels_barriers_and_scopes_order_what_goes_through_them() {
    is_clean(|| async {
        let (sender, receiver) = mpsc::channel();
        let threads = [0, 1].map(|number| {
            let sender = sender.clone();
            thread::spawn(move || sender.send(vec![number; 2]).unwrap())
        });
        drop(sender);
        let sum: i32 = receiver.iter().flatten().sum();
        assert_eq!(sum, 2);
        for thread in threads {
            thread.join().unwrap();
        }
    });
    is_clean(|| async {
        let (sender, receiver) = mpsc::sync_channel(1);
        let thread = thread::spawn(move || (0..3).for_each(|n| sender.send(Box::new(n)).unwrap()));
        assert_eq!(receiver.iter().map(|boxed| *boxed).sum::<i32>(), 3);
        thread.join().unwrap();
    });
    is_clean(|| async {
        let barrier = Arc::new((Barrier::new(2), [Plain::default(), Plain::default()]));
        let threads = [0, 1].map(|mine| {
            let barrier = barrier.clone();
            thread::spawn(move || {
                barrier.1[mine].write(7);
                barrier.0.wait();
                barrier.1[1 - mine].read()
            })
        });
        for thread in threads {
            assert_eq!(thread.join().unwrap(), 7);
        }
    });
    is_clean(|| async {
        let mut parts = [1, 2];
        thread::scope(|scope| {
            for part in &mut parts {
                scope.spawn(move || *part += 1);
            }
        });
        assert_eq!(parts, [2, 3]);
    });
}

#[test]
fn a_parked_thread_knows_what_was_done_before_it_was_unparked() {
    is_clean(|| async {
        let shared = Arc::new((Plain::default(), AtomicBool::new(false)));
        let waiting = {
            let shared = shared.clone();
            thread::spawn(move || {
                while !shared.1.load(Acquire) {
                    thread::park();
                }
                shared.0.read()
            })
        };
        shared.0.write(3);
        shared.1.store(true, Release);
        waiting.thread().unpark();
        assert_eq!(waiting.join().unwrap(), 3);
    });
}

extern "C" fn writes(place: *mut libc::c_void) -> *mut libc::c_void {
    // SAFETY: whoever begins it gives such a place, which lives until it is joined.
    unsafe { (*place.cast::<Plain>()).write(6) };
    std::ptr::null_mut()
}

#[test]
fn a_thread_of_the_c_library_begins_after_and_ends_before_what_it_is_told() {
    is_clean(|| async {
        let place = Plain::default();
        place.write(1);
        let mut thread = 0;
        let given = std::ptr::from_ref(&place).cast_mut().cast();
        // SAFETY: the place lives until the thread is joined.
        unsafe {
            assert_eq!(libc::pthread_create(&raw mut thread, std::ptr::null(), writes, given), 0);
            assert_eq!(libc::pthread_join(thread, std::ptr::null_mut()), 0);
        }
        assert_eq!(place.read(), 6);
    });
    let goes_on = || async {
        let place = Arc::new(Plain::default());
        let other = place.clone();
        let thread = thread::spawn(move || other.read());
        // It is begun by now, and does not know of this.
        place.write(1);
        thread.join().unwrap();
    };
    assert!(broken(goes_on).0 > RUNS / 2);
}

#[test]
fn wakers_and_handles_order_what_tasks_do() {
    is_clean(|| async {
        let shared = Arc::new(Plain::default());
        let child = spawn({
            shared.write(1);
            let shared = shared.clone();
            async move {
                shared.write(shared.read() + 1);
                vec![shared.read()]
            }
        });
        assert_eq!(child.await.unwrap(), [2]);
        assert_eq!(shared.read(), 2);
    });
    is_clean(|| async {
        let (sender, receiver) = futures::channel::oneshot::channel();
        let shared = Arc::new(Plain::default());
        let other = shared.clone();
        let receiving = spawn(async move {
            receiver.await.unwrap();
            other.read()
        });
        let sending = spawn(async move {
            shared.write(4);
            sender.send(()).unwrap();
        });
        assert_eq!(receiving.await.unwrap(), 4);
        sending.await.unwrap();
    });
}

#[test]
fn counted_memory_is_given_back_after_its_last_use() {
    is_clean(|| async {
        let shared = Arc::new(vec![Plain::default(), Plain::default()]);
        let threads = [0, 1].map(|mine| {
            let shared = shared.clone();
            thread::spawn(move || shared[mine].write(1))
        });
        drop(shared);
        for thread in threads {
            thread.join().unwrap();
        }
    });
    let forgets_the_order = || async {
        let shared = Arc::new((AtomicU32::new(2), Plain::default()));
        let threads = [1, 2].map(|value| {
            let shared = shared.clone();
            thread::spawn(move || {
                // The last one may write; but nothing says that the other one has read before.
                shared.1.read();
                if shared.0.fetch_sub(1, Relaxed) == 1 {
                    shared.1.write(value);
                }
            })
        });
        for thread in threads {
            thread.join().unwrap();
        }
    };
    assert!(broken(forgets_the_order).0 > RUNS / 2);
}

#[test]
fn strands_that_live_on_the_same_thread_one_after_the_other_do_not_race() {
    is_clean(|| async {
        let begun = Arc::new(AtomicU32::new(0));
        let begin = |begun: &Arc<AtomicU32>| {
            let begun = begun.clone();
            spawn(async move {
                let mut room = [0_u64; 8];
                for place in &mut room {
                    *place = begun.fetch_add(1, Relaxed).into();
                }
                std::hint::black_box(&room);
            })
        };
        // Nobody waits for the first one, so that nothing orders it before the second.
        let first = begin(&begun);
        while begun.load(Relaxed) < 8 || !first.is_finished() {
            yield_now().await;
        }
        let second = begin(&begun);
        second.await.unwrap();
    });
}
