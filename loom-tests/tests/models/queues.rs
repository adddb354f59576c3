//! Queues of an executor, and what goes wrong with them.

use super::{breaks, holds};
use expect_test::expect;
use reveille_loom::cell::UnsafeCell;
use reveille_loom::models::{RunQueue, run_queue};
use reveille_loom::sync::Mutex;
use reveille_loom::sync::atomic::{AtomicUsize, Ordering::*, fence};
use std::collections::VecDeque;

/// What is wrong with a queue.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mistake {
    None,
    /// What is to be a fence is an exchange of a variable that nobody else has, as in
    /// `concurrent-queue` 1.2.2 on x86: there it is one, in the memory model it is none.
    FenceIsExchange,
    /// A place says that it is full before it is.
    StampsFirst,
    /// What says that a place is full orders nothing.
    RelaxedStamp,
    /// Who pushes takes a place that another may take, too.
    ClaimsByStore,
    /// The place is given back before it is read.
    FreesFirst,
}

/// A ring of places with stamps (Vyukov), for one who pops, of which a pop that finds nothing is a fence.
struct Ring {
    head: AtomicUsize,
    tail: AtomicUsize,
    places: [Place; 2],
    mistake: Mistake,
}

struct Place {
    stamp: AtomicUsize,
    value: UnsafeCell<usize>,
}

// SAFETY: the stamps say who may touch a value; loom tells if they do not.
unsafe impl Sync for Ring {}

impl Ring {
    fn new(mistake: Mistake) -> Self {
        let place = |at| Place { stamp: AtomicUsize::new(at), value: UnsafeCell::new(0) };
        Ring {
            head: AtomicUsize::new(0),
            tail: AtomicUsize::new(0),
            places: [place(0), place(1)],
            mistake,
        }
    }

    fn is(&self, mistake: Mistake) -> bool {
        self.mistake == mistake
    }

    fn fence(&self) {
        if self.is(Mistake::FenceIsExchange) {
            let _ = AtomicUsize::new(0).compare_exchange(0, 1, SeqCst, SeqCst);
        } else {
            fence(SeqCst);
        }
    }
}

impl RunQueue for Ring {
    const FENCES: bool = true;

    fn push(&self, task: usize) -> Result<(), usize> {
        let mut tail = self.tail.load(Relaxed);
        loop {
            let place = &self.places[tail % 2];
            let stamp = place.stamp.load(Acquire);
            if stamp != tail {
                let now = self.tail.load(Relaxed);
                if now == tail {
                    return Err(task);
                }
                tail = now;
                continue;
            }
            if self.is(Mistake::ClaimsByStore) {
                self.tail.store(tail + 1, Release);
            } else if let Err(now) = self.tail.compare_exchange(tail, tail + 1, SeqCst, Relaxed) {
                tail = now;
                continue;
            }
            let full = if self.is(Mistake::RelaxedStamp) { Relaxed } else { Release };
            if self.is(Mistake::StampsFirst) {
                place.stamp.store(tail + 1, full);
            }
            // SAFETY: the place was claimed, and is not full yet.
            place.value.with_mut(|value| unsafe { *value = task });
            place.stamp.store(tail + 1, full);
            return Ok(());
        }
    }

    fn pop(&self) -> Option<usize> {
        let head = self.head.load(Relaxed);
        let place = &self.places[head % 2];
        if place.stamp.load(Acquire) != head + 1 {
            self.fence();
            if self.tail.load(Relaxed) == head {
                return None;
            }
            // Somebody has claimed the place and will fill it.
            while place.stamp.load(Acquire) != head + 1 {
                reveille_loom::hint::spin_loop();
            }
        }
        if self.is(Mistake::FreesFirst) {
            place.stamp.store(head + 2, Release);
        }
        // SAFETY: the place is full, and nobody else pops.
        let task = place.value.with_mut(|value| unsafe { std::mem::take(&mut *value) });
        place.stamp.store(head + 2, Release);
        self.head.store(head + 1, Relaxed);
        Some(task)
    }
}

/// A lock does as well.
struct Locked(Mutex<VecDeque<usize>>);

impl RunQueue for Locked {
    fn push(&self, task: usize) -> Result<(), usize> {
        self.0.lock().unwrap().push_back(task);
        Ok(())
    }

    fn pop(&self) -> Option<usize> {
        self.0.lock().unwrap().pop_front()
    }
}

/// A stack is in no order.
struct Stack<const ORDERED: bool>(Mutex<Vec<usize>>);

impl<const ORDERED: bool> RunQueue for Stack<ORDERED> {
    const KEEPS_THE_ORDER: bool = ORDERED;

    fn push(&self, task: usize) -> Result<(), usize> {
        self.0.lock().unwrap().push(task);
        Ok(())
    }

    fn pop(&self) -> Option<usize> {
        self.0.lock().unwrap().pop()
    }
}

#[test]
fn a_ring_holds() {
    holds(
        run_queue(|| Ring::new(Mistake::None)),
        expect![[r#"
            82 iterations: what one thread pushes comes once, and in order
            1040 iterations: what two threads push comes once
            6 iterations: who knows of a push finds it
            95 iterations: who says that it sleeps and finds nothing is seen by who pushes"#]],
    );
}

#[test]
fn a_lock_holds() {
    holds(
        run_queue(|| Locked(Mutex::new(VecDeque::new()))),
        expect![[r#"
            25 iterations: what one thread pushes comes once, and in order
            213 iterations: what two threads push comes once
            6 iterations: who knows of a push finds it
            32 iterations: who says that it sleeps and finds nothing is seen by who pushes"#]],
    );
}

#[test]
fn a_stack_holds_if_it_promises_no_order() {
    holds(
        run_queue(|| Stack::<false>(Mutex::new(Vec::new()))),
        expect![[r#"
            25 iterations: what one thread pushes comes once, and in order
            213 iterations: what two threads push comes once
            6 iterations: who knows of a push finds it
            32 iterations: who says that it sleeps and finds nothing is seen by who pushes"#]],
    );
}

#[test]
fn a_stack_that_promises_order() {
    let make = || Stack::<true>(Mutex::new(Vec::new()));
    breaks(run_queue(make), "what one thread pushes comes once, and in order");
}

macro_rules! mistakes {
    ($($test:ident: $mistake:ident breaks $rule:literal;)*) => { $(
        #[test]
        fn $test() {
            breaks(run_queue(|| Ring::new(Mistake::$mistake)), $rule);
        }
    )* };
}

mistakes! {
    fence_is_exchange: FenceIsExchange breaks "who says that it sleeps and finds nothing is seen";
    stamps_first: StampsFirst breaks "what one thread pushes comes once, and in order";
    relaxed_stamp: RelaxedStamp breaks "what one thread pushes comes once, and in order";
    claims_by_store: ClaimsByStore breaks "what two threads push comes once";
}
