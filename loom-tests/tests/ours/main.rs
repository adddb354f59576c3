//! The parts of reveille that are used across threads, from their own source: it takes its atomics
//! and locks from `crate::sync`, which here are loom's.
#![allow(
    dead_code,
    missing_docs,
    unexpected_cfgs,
    unreachable_pub,
    reason = "what is checked is a part of a crate"
)]

#[path = "../../../sim/src/biased.rs"]
mod biased;
#[path = "../../../sim/src/mailbox.rs"]
mod mailbox;
#[path = "../../../sim/src/reactor/selector/notifier.rs"]
mod notifier;

mod sync {
    pub(crate) use reveille_loom::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
    pub(crate) use reveille_loom::sync::{Condvar, Mutex, MutexGuard};
}

/// What a notifier is known by.
type Token = usize;

use biased::BiasedCount;
use mailbox::Mailbox;
use notifier::{Notifier, WakerPlace};
use reveille_loom::models::{Parker, WakerCell, park_unpark, run_queue, waker_cell};
use reveille_loom::sync::Arc;
use reveille_loom::{Model, thread};
use std::time::Duration;

/// A world that has nothing to do waits for letters; a thread that wakes one of its tasks posts one.
struct World {
    mailbox: Mailbox<()>,
    run: u64,
}

impl World {
    fn new() -> World {
        let mailbox = Mailbox::new();
        let run = mailbox.open();
        World { mailbox, run }
    }
}

impl Parker for World {
    fn park(&self) {
        // As in a step of the executor: a look without a lock, then the letters; when there is
        // nothing to run, the wait.
        while !self.mailbox.has_letters() || self.mailbox.take().is_empty() {
            self.mailbox.wait(Duration::MAX);
        }
    }

    fn unpark(&self) {
        self.mailbox.post(self.run, ());
    }
}

#[test]
fn a_foreign_thread_wakes_the_world() {
    let explored = park_unpark(World::new).check();
    assert!(explored.is_exhausted());
}

/// Letters as a queue.
struct Letters {
    mailbox: Mailbox<usize>,
    run: u64,
    taken: std::sync::Mutex<std::collections::VecDeque<usize>>,
}

impl reveille_loom::models::RunQueue for Letters {
    fn push(&self, task: usize) -> Result<(), usize> {
        self.mailbox.post(self.run, task);
        Ok(())
    }

    fn pop(&self) -> Option<usize> {
        let mut taken = self.taken.lock().unwrap();
        if taken.is_empty() {
            taken.extend(self.mailbox.take());
        }
        taken.pop_front()
    }
}

#[test]
fn no_letter_is_lost() {
    run_queue(|| {
        let mailbox = Mailbox::new();
        let run = mailbox.open();
        Letters { mailbox, run, taken: std::sync::Mutex::default() }
    })
    .check();
}

impl WakerCell for WakerPlace {
    fn register(&self, waker: &std::task::Waker) {
        self.keep(waker);
    }

    fn wake(&self) {
        WakerPlace::wake(self);
    }
}

#[test]
fn who_waits_for_a_selector_is_woken() {
    waker_cell(WakerPlace::new).check();
}

/// A notifier as a parker: the selector's task looks at the flag and waits to be woken.
struct Selector {
    notifier: Notifier,
    task: std::sync::Arc<Thread>,
}

struct Thread(thread::Thread);

impl std::task::Wake for Thread {
    fn wake(self: std::sync::Arc<Self>) {
        self.0.unpark();
    }
}

impl Parker for Selector {
    fn park(&self) {
        loop {
            self.notifier.place.keep(&self.task.clone().into());
            if self.notifier.notified.swap(false, sync::Ordering::AcqRel) {
                return;
            }
            thread::park();
        }
    }

    fn unpark(&self) {
        self.notifier.notify();
    }
}

#[test]
fn a_notifier_wakes_its_selector() {
    let explored = park_unpark(|| Selector {
        notifier: Notifier {
            token: 0,
            notified: std::sync::Arc::new(sync::AtomicBool::new(false)),
            place: std::sync::Arc::new(WakerPlace::new()),
        },
        task: std::sync::Arc::new(Thread(thread::current())),
    })
    .preemptions(3)
    .check();
    assert!(explored.is_exhausted());
}

/// The clones of a waker: one is counted at home, the others away.
struct Clones(BiasedCount);

// SAFETY: what is counted at home is only touched there, as the ledger does it.
unsafe impl Sync for Clones {}
// SAFETY: as above.
unsafe impl Send for Clones {}

#[test]
fn exactly_one_takes_the_last_clone_away() {
    Model::new("the ledger's count of clones", || {
        let clones = Arc::new(Clones(BiasedCount::new(0)));
        let threads = [(); 2].map(|()| {
            // One is made at home for each thread, which makes another of it.
            clones.0.increment();
            let clones = clones.clone();
            thread::spawn(move || {
                clones.0.increment_away();
                let last = [clones.0.decrement_away(), clones.0.decrement_away()];
                last.iter().filter(|last| **last).count()
            })
        });
        let at_home = usize::from(clones.0.hand_over());
        let told: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!(at_home + told, 1, "so many were told that theirs was the last");
    })
    .preemptions(3)
    .check();
}

#[test]
fn who_sees_no_clone_sees_what_was_done_with_them() {
    Model::new("the ledger's count of clones", || {
        let clones = Arc::new(Clones(BiasedCount::new(1)));
        let done = Arc::new(sync::AtomicBool::new(false));
        let away = {
            let (clones, done) = (clones.clone(), done.clone());
            thread::spawn(move || {
                done.store(true, sync::Ordering::Relaxed);
                clones.0.decrement_away();
            })
        };
        if clones.0.is_zero() {
            assert!(done.load(sync::Ordering::Relaxed), "what came before the drop is not seen");
        }
        away.join().unwrap();
        assert!(clones.0.is_zero());
    })
    .check();
}
