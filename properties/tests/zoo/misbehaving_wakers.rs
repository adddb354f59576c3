//! `wake-in-lock`: a waker is called with a lock held that the woken task needs; and
//! what breaks when the clone of a waker panics.

use crate::golden::{golden, report, run, tape};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::time::Duration;

golden! {
    "wake-in-lock" wakes_with_a_cell_borrowed;
    "wake-in-lock" clones_with_a_cell_borrowed;
    "wake-in-lock" drops_with_a_cell_borrowed;
    "stuck" registers_before_it_clones;
}

/// A flag that wakes everybody who waits for it.
#[derive(Clone, Default)]
struct Flag(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    raised: bool,
    waiters: Vec<Waker>,
}

impl Flag {
    fn raise_and_wake(&self) {
        let mut state = self.0.borrow_mut();
        state.raised = true;
        state.waiters.drain(..).for_each(Waker::wake);
    }

    /// Correct: the cell is let go of first.
    fn raise_then_wake(&self) {
        let mut state = self.0.borrow_mut();
        state.raised = true;
        let waiters = std::mem::take(&mut state.waiters);
        drop(state);
        waiters.into_iter().for_each(Waker::wake);
    }

    fn lower_and_drop(&self) {
        self.0.borrow_mut().waiters.clear();
    }

    fn lower_then_drop(&self) {
        let waiters = std::mem::take(&mut self.0.borrow_mut().waiters);
        drop(waiters);
    }

    async fn raised_with_a_clone_in_the_cell(&self) {
        poll_fn(|cx| {
            let mut state = self.0.borrow_mut();
            if state.raised {
                return Poll::Ready(());
            }
            state.waiters.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Correct: clones before it looks.
    async fn raised(&self) {
        poll_fn(|cx| {
            let waker = cx.waker().clone();
            let mut state = self.0.borrow_mut();
            if state.raised {
                return Poll::Ready(());
            }
            state.waiters.push(waker);
            Poll::Pending
        })
        .await;
    }
}

async fn two_wait(flag: &Flag, wait: impl AsyncFn(&Flag) + Copy + 'static, raise: impl Fn(&Flag)) {
    let tasks = [(); 2].map(|()| {
        let flag = flag.clone();
        reveille::spawn_local(async move { wait(&flag).await })
    });
    reveille::yield_now().await;
    raise(flag);
    for task in tasks {
        let _ = task.await;
    }
}

#[reveille::test(with(reentrant_waker))]
#[ignore = "broken on purpose"]
async fn wakes_with_a_cell_borrowed() {
    two_wait(&Flag::default(), Flag::raised, Flag::raise_and_wake).await;
}

#[reveille::test(with(reentrant_waker))]
#[ignore = "broken on purpose"]
async fn clones_with_a_cell_borrowed() {
    two_wait(&Flag::default(), Flag::raised_with_a_clone_in_the_cell, Flag::raise_then_wake).await;
}

/// Looks at the flag when it is dropped.
struct Leaves(Flag);

impl Drop for Leaves {
    fn drop(&mut self) {
        let waiters = std::mem::take(&mut self.0.0.borrow_mut().waiters);
        drop(waiters);
    }
}

async fn one_is_aborted(flag: &Flag, lower: impl Fn(&Flag)) {
    let leaves = Leaves(flag.clone());
    let left = reveille::spawn_local(async move {
        leaves.0.raised().await;
    });
    reveille::yield_now().await;
    left.abort();
    lower(flag);
    let _ = left.await;
}

#[reveille::test(with(reentrant_waker))]
#[ignore = "broken on purpose"]
async fn drops_with_a_cell_borrowed() {
    one_is_aborted(&Flag::default(), Flag::lower_and_drop).await;
}

#[reveille::test(runs = 100_000, with(reentrant_waker))]
async fn calls_wakers_with_nothing_held() {
    let flag = Flag::default();
    one_is_aborted(&flag, Flag::lower_then_drop).await;
    two_wait(&flag, Flag::raised, Flag::raise_then_wake).await;
}

/// A lock of std that a thread takes twice: the poll hangs.
#[test]
#[ignore = "broken on purpose"]
fn wakes_with_a_lock_held() {
    let checker = reveille::Checker::new().name("zoo::misbehaving_wakers::wakes_with_a_lock_held");
    let checker = checker.with(reveille::Kind::ReentrantWaker);
    checker.watchdog(Duration::from_millis(500)).check(|| async {
        let waiter: Arc<Mutex<(bool, Option<Waker>)>> = Arc::default();
        let own = waiter.clone();
        let task = reveille::spawn(poll_fn(move |cx| {
            let waker = cx.waker().clone();
            let mut state = own.lock().unwrap();
            state.1 = Some(waker);
            if state.0 { Poll::Ready(()) } else { Poll::Pending }
        }));
        reveille::yield_now().await;
        {
            let mut state = waiter.lock().unwrap();
            state.0 = true;
            let waker = state.1.take();
            waker.into_iter().for_each(Waker::wake);
        }
        task.await.unwrap();
    });
}

#[test]
fn a_poll_that_hangs_inside_a_wake_is_named() {
    let name = "misbehaving_wakers::wakes_with_a_lock_held";
    let output = run(name, &[]);
    let told = report(&output);
    assert_eq!(output.status.code(), Some(101), "{told}");
    for part in [
        "reveille: `zoo::misbehaving_wakers::wakes_with_a_lock_held` breaks the law wake-in-lock\n",
        "  who    root, the body of the test\n",
        "  what   in step 3 it called a waker; task 1, spawned at properties/tests/zoo/misbehaving_wakers.rs:",
        ", was run inside that call and does\n         not return; the process is ended\n",
        "the stack of the poll:\n",
    ] {
        assert!(told.contains(part), "no {part:?} in\n{told}");
    }
    let again = run(name, &[("REVEILLE_REPLAY", tape(&told))]);
    assert!(report(&again).contains("breaks the law wake-in-lock\n"));
}

/// Wakes one at a time, whoever came first.
#[derive(Clone, Default)]
struct Queue(Rc<RefCell<(u32, VecDeque<Option<Waker>>)>>);

impl Queue {
    fn give_one(&self) {
        let mut state = self.0.borrow_mut();
        state.0 += 1;
        let waker = state.1.pop_front().flatten();
        drop(state);
        waker.into_iter().for_each(Waker::wake);
    }

    /// Whether there was one to take.
    fn try_take(&self) -> bool {
        let mut state = self.0.borrow_mut();
        let left = state.0.checked_sub(1);
        state.0 = left.unwrap_or(0);
        left.is_some()
    }

    async fn take_one(&self, register: impl Fn(&Queue, &Waker)) {
        poll_fn(|cx| {
            if self.try_take() {
                return Poll::Ready(());
            }
            register(self, cx.waker());
            Poll::Pending
        })
        .await;
    }

    /// Broken: the place is there before the waker is.
    fn register_and_clone(&self, waker: &Waker) {
        self.0.borrow_mut().1.push_back(None);
        let waker = waker.clone();
        *self.0.borrow_mut().1.back_mut().unwrap() = Some(waker);
    }

    fn clone_and_register(&self, waker: &Waker) {
        let waker = waker.clone();
        self.0.borrow_mut().1.push_back(Some(waker));
    }
}

async fn one_may_be_struck(register: fn(&Queue, &Waker)) {
    let queue = Queue::default();
    let take = |name| {
        let queue = queue.clone();
        let future = async move { queue.take_one(register).await };
        reveille::Builder::new().name(name).spawn_local(future)
    };
    let (first, second) = (take("first"), take("second"));
    // Both wait, or are over, before anything is given; time moves when they do.
    reveille::time::sleep(Duration::from_secs(1)).await;
    for _ in [&first, &second].into_iter().filter(|task| !task.is_finished()) {
        queue.give_one();
    }
    // One that was struck panicked.
    let _ = first.await;
    let _ = second.await;
}

#[reveille::test(with(panicking_clone), without(spurious_poll))]
#[ignore = "broken on purpose"]
async fn registers_before_it_clones() {
    one_may_be_struck(Queue::register_and_clone).await;
}

#[reveille::test(runs = 100_000, with(panicking_clone), without(spurious_poll))]
async fn clones_before_it_registers() {
    one_may_be_struck(Queue::clone_and_register).await;
}
