//! What the types of `sync` and `thread` allow, by small programs of which each outcome is known:
//! those that are allowed occur, and no other does.

use reveille_loom::sync::atomic::{
    AtomicBool, AtomicI8, AtomicPtr, AtomicU32, Ordering, Ordering::*, fence,
};
use reveille_loom::sync::{Arc, Condvar, Futex, Mutex, RwLock};
use reveille_loom::{FailureKind, Model, thread};

/// Fails unless the outcomes of the program are these.
#[track_caller]
fn outcomes<const N: usize>(program: fn() -> [u32; N], allowed: &'static [[u32; N]]) {
    Model::new("no other outcome", move || {
        let outcome = program();
        assert!(allowed.contains(&outcome), "{outcome:?} is not allowed");
    })
    .check();
    for expected in allowed {
        let never = Model::new("never", move || assert_ne!(program(), *expected));
        let failure = never.try_check();
        let failure = failure.expect_err(&format!("{expected:?} is allowed, and never occurs"));
        assert_eq!(failure.kind(), FailureKind::Panic, "{expected:?}: {failure}");
    }
}

fn pair() -> [Arc<AtomicU32>; 2] {
    [(); 2].map(|()| Arc::new(AtomicU32::new(0)))
}

/// A message and a flag: the flag, and what is read of the message.
fn message(store: Ordering, load: Ordering) -> [u32; 2] {
    let [message, flag] = pair();
    let other = {
        let (message, flag) = (message.clone(), flag.clone());
        thread::spawn(move || {
            message.store(1, Relaxed);
            flag.store(1, store);
        })
    };
    let seen = flag.load(load);
    let read = message.load(Relaxed);
    other.join().unwrap();
    [seen, read]
}

#[test]
fn a_relaxed_flag_does_not_bring_its_message() {
    outcomes(|| message(Relaxed, Relaxed), &[[0, 0], [0, 1], [1, 0], [1, 1]]);
}

#[test]
fn a_released_flag_that_is_acquired_does() {
    outcomes(|| message(Release, Acquire), &[[0, 0], [0, 1], [1, 1]]);
}

/// Two threads that each store and then look at what the other has stored.
fn store_buffers(fences: bool) -> [u32; 2] {
    let [x, y] = pair();
    let look = move |mine: &AtomicU32, other: &AtomicU32| {
        mine.store(1, Relaxed);
        if fences {
            fence(SeqCst);
        }
        other.load(Relaxed)
    };
    let other = {
        let (x, y) = (x.clone(), y.clone());
        thread::spawn(move || look(&y, &x))
    };
    let mine = look(&x, &y);
    [mine, other.join().unwrap()]
}

#[test]
fn without_fences_neither_may_see_the_other() {
    outcomes(|| store_buffers(false), &[[0, 0], [0, 1], [1, 0], [1, 1]]);
}

#[test]
fn with_fences_one_sees_the_other() {
    outcomes(|| store_buffers(true), &[[0, 1], [1, 0], [1, 1]]);
}

#[test]
fn exchanges_see_each_other() {
    let both_add = || {
        let [sum, _] = pair();
        let other = {
            let sum = sum.clone();
            thread::spawn(move || sum.fetch_add(1, Relaxed))
        };
        let mine = sum.fetch_add(1, Relaxed);
        [mine, other.join().unwrap()]
    };
    outcomes(both_add, &[[0, 1], [1, 0]]);
}

#[test]
fn what_fetch_update_makes_is_not_lost() {
    let both_double = || {
        let sum = Arc::new(AtomicU32::new(1));
        let other = {
            let sum = sum.clone();
            thread::spawn(move || sum.fetch_update(AcqRel, Acquire, |sum| Some(sum * 2)).unwrap())
        };
        let mine = sum.fetch_update(AcqRel, Acquire, |sum| Some(sum + 1)).unwrap();
        let theirs = other.join().unwrap();
        [mine, theirs, sum.load(Relaxed)]
    };
    outcomes(both_double, &[[1, 2, 4], [2, 1, 3]]);
}

#[test]
fn a_mutex_lets_one_in() {
    let both = || {
        let both = Arc::new(Mutex::new(0));
        let other = {
            let both = both.clone();
            thread::spawn(move || {
                let mut both = both.lock().unwrap();
                *both = *both * 10 + 1;
                thread::yield_now();
                *both = *both * 10 + 1;
            })
        };
        let mut mine = both.lock().unwrap();
        *mine = *mine * 10 + 2;
        drop(mine);
        other.join().unwrap();
        let order = *both.lock().unwrap();
        [order]
    };
    outcomes(both, &[[112], [211]]);
}

#[test]
fn a_writer_is_alone() {
    let read = || {
        let lock = Arc::new(RwLock::new(0));
        let other = {
            let lock = lock.clone();
            thread::spawn(move || {
                let mut value = lock.write().unwrap();
                *value = 1;
                thread::yield_now();
                *value = 2;
            })
        };
        let read = *lock.read().unwrap();
        other.join().unwrap();
        [read]
    };
    outcomes(read, &[[0], [2]]);
}

#[test]
fn one_of_two_pointers_is_exchanged() {
    let both = || {
        let values = [1_u32, 2];
        let place = Arc::new(AtomicPtr::new(std::ptr::null_mut()));
        let put = |place: &AtomicPtr<u32>, at: usize| {
            let new = std::ptr::without_provenance_mut(at);
            place.compare_exchange(std::ptr::null_mut(), new, AcqRel, Acquire).is_ok()
        };
        let other = {
            let place = place.clone();
            thread::spawn(move || put(&place, 8))
        };
        let mine = put(&place, 4);
        let theirs = other.join().unwrap();
        let left = place.load(Relaxed).addr() / 4;
        [u32::from(mine), u32::from(theirs), values[left - 1]]
    };
    outcomes(both, &[[1, 0, 1], [0, 1, 2]]);
}

#[test]
fn what_an_exchange_is_told_to_write_is_what_is_read() {
    let model = Model::new("alone", || {
        let number = AtomicI8::new(100);
        let fetches = [
            AtomicI8::fetch_add,
            AtomicI8::fetch_sub,
            AtomicI8::fetch_and,
            AtomicI8::fetch_nand,
            AtomicI8::fetch_or,
            AtomicI8::fetch_xor,
            AtomicI8::fetch_max,
            AtomicI8::fetch_min,
        ];
        for value in [100, -3, 7] {
            for fetch in fetches {
                fetch(&number, value, Relaxed);
                number.load(Relaxed);
            }
        }
        let flag = AtomicBool::new(true);
        let fetches = [
            AtomicBool::fetch_and,
            AtomicBool::fetch_nand,
            AtomicBool::fetch_or,
            AtomicBool::fetch_xor,
        ];
        for fetch in fetches.into_iter().chain(fetches) {
            fetch(&flag, true, Relaxed);
            flag.load(Relaxed);
        }
        panic!("to be told");
    });
    let told = model.try_check().unwrap_err().to_string();
    assert!(told.contains("fetch_nand") && !told.contains("has not seen"), "{told}");
}

#[test]
fn a_condition_variable_forgets_a_notification_for_nobody() {
    let waits = Model::new("a wait without a condition", || {
        let both = Arc::new((Mutex::new(()), Condvar::new()));
        let other = {
            let both = both.clone();
            thread::spawn(move || both.1.notify_one())
        };
        drop(both.1.wait(both.0.lock().unwrap()));
        other.join().unwrap();
    });
    assert_eq!(waits.try_check().unwrap_err().kind(), FailureKind::Deadlock);
}

#[test]
fn a_futex_looks_and_waits_in_one_step() {
    let word = || {
        let word = Arc::new(Futex::new(0));
        let other = {
            let word = word.clone();
            thread::spawn(move || {
                word.store(1, Relaxed);
                word.wake_one();
            })
        };
        let waited = word.wait(0);
        other.join().unwrap();
        [u32::from(waited)]
    };
    outcomes(word, &[[0], [1]]);
}

/// What a thread sees after its park of what was done before the unpark.
fn parks(yields: bool) -> [u32; 1] {
    let [set, _] = pair();
    let main = thread::current();
    let other = {
        let set = set.clone();
        thread::spawn(move || {
            set.store(1, Relaxed);
            main.unpark();
        })
    };
    if yields {
        thread::yield_now();
    }
    thread::park();
    let seen = set.load(Relaxed);
    other.join().unwrap();
    [seen]
}

#[test]
fn park_may_return_without_a_token() {
    outcomes(|| parks(false), &[[0], [1]]);
}

#[test]
fn a_token_that_comes_while_its_thread_yields_is_kept() {
    outcomes(|| parks(true), &[[1]]);
}

#[test]
fn every_interleaving_of_two_counters_is_explored_once() {
    // Exchanges of one atomic do not commute, so their order is what an iteration is. The end of the
    // first thread counts as one more.
    let iterations = |each: usize| {
        Model::new("two threads", move || {
            let sum = std::sync::Arc::new(AtomicU32::new(0));
            let counted = sum.clone();
            thread::spawn(move || {
                for _ in 0..each {
                    counted.fetch_add(1, Relaxed);
                }
            });
            for _ in 0..each {
                sum.fetch_add(1, Relaxed);
            }
        })
        .check()
        .iterations()
    };
    // 2n + 1 over n.
    assert_eq!([1, 2, 3, 4].map(iterations), [3, 10, 35, 126]);
}
