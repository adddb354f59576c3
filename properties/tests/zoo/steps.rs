//! What the steps of a report must show: all that its facts name, however long ago and
//! however much else happened in the same step.

use crate::golden::golden;
use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

golden! {
    "panic" loses_an_update_and_looks_much_later;
    "pending-without-waker" is_woken_among_many;
    "pending-without-waker" pending_since_long_before_what_is_kept;
}

async fn add_one(balance: Rc<Cell<u32>>) {
    let read = balance.get();
    reveille::point().await;
    balance.set(read + 1);
}

/// The two steps that decide are the first of many.
#[reveille::test]
#[ignore = "broken on purpose"]
async fn loses_an_update_and_looks_much_later() {
    let balance = Rc::new(Cell::new(0));
    let tasks = [0, 1].map(|_| reveille::spawn_local(add_one(balance.clone())));
    for task in tasks {
        task.await.unwrap();
    }
    for _ in 0..20 {
        reveille::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(balance.get(), 2);
}

/// Of so long a run only the last events are kept.
#[reveille::test]
#[ignore = "broken on purpose"]
async fn pending_since_long_before_what_is_kept() {
    let waiting = reveille::spawn_local(pending::<()>());
    for _ in 0..20_000 {
        reveille::time::sleep(Duration::from_millis(1)).await;
    }
    waiting.await.unwrap();
}

/// Rounds that somebody counts and others wait for.
#[derive(Default)]
struct Rounds {
    done: Cell<u32>,
    waiting: RefCell<Vec<Waker>>,
}

impl Rounds {
    /// Waits for two rounds to be done; `forgets` to ask for more than the first wake.
    async fn two(self: Rc<Self>, forgets: bool) {
        let mut asked = false;
        poll_fn(|cx| {
            if self.done.get() == 2 {
                return Poll::Ready(());
            }
            if !asked || !forgets {
                self.waiting.borrow_mut().push(cx.waker().clone());
            }
            asked = true;
            Poll::Pending
        })
        .await;
    }

    fn next(&self) {
        self.done.set(self.done.get() + 1);
        self.waiting.take().into_iter().for_each(Waker::wake);
    }
}

/// The fifth of nine that are woken in one step waits on and does not register.
#[reveille::test]
#[ignore = "broken on purpose"]
async fn is_woken_among_many() {
    nine_wait_for_two_rounds(true).await;
}

#[reveille::test]
async fn all_register_again() {
    nine_wait_for_two_rounds(false).await;
}

async fn nine_wait_for_two_rounds(one_forgets: bool) {
    let rounds = Rc::new(Rounds::default());
    let waits = |number| reveille::spawn_local(rounds.clone().two(one_forgets && number == 4));
    let tasks: Vec<_> = (0..9).map(waits).collect();
    for _ in 0..2 {
        reveille::time::sleep(Duration::from_millis(1)).await;
        rounds.next();
    }
    for task in tasks {
        task.await.unwrap();
    }
}
