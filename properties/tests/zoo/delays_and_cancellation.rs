//! What breaks under a late wake, a late timer, a cancellation, a future that is
//! forgotten.

use crate::golden::golden;
use async_lock::Mutex;
use reveille::cancellable;
use reveille::time::sleep;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

golden! {
    "stuck" keeps_a_turn_when_its_timeout_wins;
    "panic" takes_a_sleep_for_an_order;
    "panic" loses_an_item_when_cancelled;
    "stuck" is_forgotten_with_a_lock_held;
}

const MS: Duration = Duration::from_millis(1);

/// Whoever waits gets a turn, one at a time.
#[derive(Default)]
struct Turns(RefCell<VecDeque<Rc<Waiter>>>);

#[derive(Default)]
struct Waiter {
    has_turn: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

impl Turns {
    fn give(&self) {
        let waiter = self.0.borrow_mut().pop_front();
        if let Some(waiter) = waiter {
            waiter.has_turn.set(true);
            let waker = waiter.waker.take();
            waker.into_iter().for_each(Waker::wake);
        }
    }
}

struct Turn {
    turns: Rc<Turns>,
    waiter: Option<Rc<Waiter>>,
    /// Correct: a turn that came too late is given to the next.
    passes_on: bool,
}

impl Turn {
    fn of(turns: &Rc<Turns>, passes_on: bool) -> Turn {
        Turn { turns: turns.clone(), waiter: None, passes_on }
    }
}

impl Future for Turn {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let turns = self.turns.clone();
        let waiter = self.waiter.get_or_insert_with(|| {
            let waiter = Rc::<Waiter>::default();
            turns.0.borrow_mut().push_back(waiter.clone());
            waiter
        });
        if waiter.has_turn.get() {
            self.waiter = None;
            return Poll::Ready(());
        }
        let waker = cx.waker().clone();
        *waiter.waker.borrow_mut() = Some(waker);
        Poll::Pending
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let Some(waiter) = self.waiter.take() else { return };
        self.turns.0.borrow_mut().retain(|other| !Rc::ptr_eq(other, &waiter));
        if waiter.has_turn.get() && self.passes_on {
            self.turns.give();
        }
    }
}

/// The first gives up after a while, the second waits for as long as it takes.
async fn two_wait_for_a_turn(passes_on: bool) {
    let turns = Rc::new(Turns::default());
    let impatient = Turn::of(&turns, passes_on);
    let first = reveille::Builder::new().name("impatient").spawn_local(async move {
        let (mut turn, mut nap) = (pin!(impatient), pin!(sleep(10 * MS)));
        // A `select!` that looks at the timeout first.
        poll_fn(|cx| match nap.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(false),
            Poll::Pending => turn.as_mut().poll(cx).map(|()| true),
        })
        .await
    });
    sleep(MS).await;
    let patient = Turn::of(&turns, passes_on);
    let second = reveille::Builder::new().name("patient").spawn_local(patient);
    sleep(MS).await;
    turns.give();
    if first.await.unwrap() {
        turns.give();
    }
    second.await.unwrap();
}

#[reveille::test(without(late_timer))]
#[ignore = "broken on purpose"]
async fn keeps_a_turn_when_its_timeout_wins() {
    two_wait_for_a_turn(false).await;
}

#[reveille::test(runs = 100_000, without(late_timer))]
async fn passes_a_turn_on_when_its_timeout_wins() {
    two_wait_for_a_turn(true).await;
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn takes_a_sleep_for_an_order() {
    let answer = Rc::new(Cell::new(None));
    let own = answer.clone();
    drop(reveille::spawn_local(async move {
        sleep(10 * MS).await;
        own.set(Some(42));
    }));
    sleep(12 * MS).await;
    assert_eq!(answer.get().expect("it is there by now"), 42);
}

#[reveille::test(runs = 100_000)]
async fn waits_for_the_answer_itself() {
    let (tx, rx) = async_channel::bounded(1);
    drop(reveille::spawn(async move {
        sleep(10 * MS).await;
        tx.send(42).await.unwrap();
    }));
    assert_eq!(rx.recv().await.unwrap(), 42);
}

/// An item goes to whoever asks, but not too many at a time.
struct Store {
    items: RefCell<Vec<u32>>,
}

impl Store {
    /// Broken: what was taken is lost if it is dropped while it waits.
    async fn take_and_wait(&self) -> u32 {
        let item = self.items.borrow_mut().pop().unwrap();
        sleep(MS).await;
        item
    }

    async fn wait_and_take(&self) -> u32 {
        sleep(MS).await;
        self.items.borrow_mut().pop().unwrap()
    }
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn loses_an_item_when_cancelled() {
    let store = Store { items: RefCell::new(vec![7]) };
    let got = cancellable(store.take_and_wait()).await.is_ok();
    assert!(got || !store.items.borrow().is_empty(), "the item is gone");
}

#[reveille::test(runs = 100_000)]
async fn loses_nothing_when_cancelled() {
    let store = Store { items: RefCell::new(vec![7]) };
    let got = cancellable(store.wait_and_take()).await.is_ok();
    assert!(got || !store.items.borrow().is_empty(), "the item is gone");
}

#[reveille::test(with(forgotten_future))]
#[ignore = "broken on purpose"]
async fn is_forgotten_with_a_lock_held() {
    let lock = Mutex::new(0);
    let work = async {
        let mut count = lock.lock().await;
        sleep(MS).await;
        *count += 1;
    };
    let _ = cancellable(work).await;
    *lock.lock().await += 1;
}

#[reveille::test(runs = 100_000, with(forgotten_future))]
async fn is_forgotten_with_nothing_held() {
    let lock = Mutex::new(0);
    let work = async {
        sleep(MS).await;
        *lock.lock().await += 1;
    };
    let _ = cancellable(work).await;
    *lock.lock().await += 1;
    assert!((1..=2).contains(&*lock.lock().await));
}
