//! Holding back: who stands before a lock that another one holds is no choice.

use crate::exhaustive::{all, all_outcomes};
use crate::{passes, plain};
use reveille_sim::{JoinHandle, Law, hold_back, point, spawn_local, waker_of};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};

/// A lock that knows who stands before it.
#[derive(Default)]
struct Lock {
    held: Cell<bool>,
    standing: RefCell<Vec<Waker>>,
    /// Turns of tasks that found it held.
    in_vain: Cell<u32>,
}

impl Lock {
    async fn acquire(&self) {
        poll_fn(|cx| {
            if self.held.get() {
                self.in_vain.set(self.in_vain.get() + 1);
                self.standing.borrow_mut().push(cx.waker().clone());
                return Poll::Pending;
            }
            self.standing.borrow_mut().retain(|waker| !waker.will_wake(cx.waker()));
            self.held.set(true);
            Poll::Ready(())
        })
        .await;
        hold_back(self.standing.borrow().iter());
    }

    fn release(&self) {
        self.held.set(false);
        self.standing.borrow().iter().for_each(Waker::wake_by_ref);
    }
}

/// Spawns a task whose first turn acquires the lock.
fn user(lock: &Rc<Lock>, log: &Rc<RefCell<String>>, letter: char) -> JoinHandle<()> {
    let (own, log) = (lock.clone(), log.clone());
    let handle = spawn_local(async move {
        own.acquire().await;
        log.borrow_mut().push(letter);
        point().await;
        own.release();
    });
    lock.standing.borrow_mut().push(waker_of(&handle).unwrap());
    handle
}

#[test]
fn who_stands_before_a_held_lock_has_no_turn() {
    let body = || async {
        let (lock, log) = (Rc::new(Lock::default()), Rc::default());
        let users: Vec<_> = "abc".chars().map(|letter| user(&lock, &log, letter)).collect();
        for user in users {
            user.await.unwrap();
        }
        assert_eq!(lock.in_vain.get(), 0);
        log.take()
    };
    let mut orders = all(body);
    orders.sort();
    orders.dedup();
    assert_eq!(orders, ["abc", "acb", "bac", "bca", "cab", "cba"]);
}

#[test]
fn while_the_lock_is_held_there_is_no_choice() {
    // Who is first is a choice. If it is `b`, all the rest follows. If it is `a`, its
    // end wakes the root, which may go before `b` has a turn, at its point, or after it.
    let outcomes = all_outcomes(|| async {
        let (lock, log) = (Rc::new(Lock::default()), Rc::default());
        let users = ['a', 'b'].map(|letter| user(&lock, &log, letter));
        for user in users {
            user.await.unwrap();
        }
        log.take()
    });
    assert!(outcomes.iter().all(|outcome| outcome.verdict.is_none()));
    let orders: Vec<&str> = outcomes.iter().filter_map(|o| o.output.as_deref()).collect();
    assert_eq!(orders, ["ab", "ab", "ab", "ba"]);
}

#[test]
fn a_task_can_be_held_back_and_woken_before_its_first_poll() {
    let log = passes(|| async {
        let log = Rc::new(RefCell::new(String::new()));
        let spawn = |letter| {
            let log = log.clone();
            spawn_local(async move { log.borrow_mut().push(letter) })
        };
        let (first, second) = (spawn('a'), spawn('b'));
        let waker = waker_of(&first).unwrap();
        hold_back([&waker]);
        second.await.unwrap();
        assert_eq!(log.borrow().as_str(), "b");
        waker.wake();
        first.await.unwrap();
        log.take()
    });
    assert_eq!(log, "ba");
}

#[test]
fn who_is_held_back_for_ever_is_stuck() {
    let outcome = plain(|| async {
        let task = spawn_local(async {});
        let waker = waker_of(&task).unwrap();
        hold_back([&waker]);
        task.await.unwrap();
    });
    assert_eq!(outcome.verdict.unwrap().law, Law::Stuck);
}

#[test]
fn a_running_task_and_a_waker_of_nobody_are_left_alone() {
    passes(|| async {
        let mut polled = false;
        poll_fn(|cx| {
            if std::mem::replace(&mut polled, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            hold_back([cx.waker(), Waker::noop()]);
            Poll::Pending
        })
        .await;
    });
}

#[test]
fn a_task_that_is_over_has_no_waker() {
    passes(|| async {
        let mut task = spawn_local(async {});
        (&mut task).await.unwrap();
        assert!(waker_of(&task).is_none());
    });
}
