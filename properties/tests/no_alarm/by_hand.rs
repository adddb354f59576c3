//! Hand-written futures that keep their wakers in unusual ways.

use futures::task::{ArcWake, waker};
use reveille::time::{sleep, timeout};
use std::cell::{Cell, RefCell};
use std::future::{IntoFuture, Ready, poll_fn, ready};
use std::pin::pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

/// Wakers that wait for one flag.
#[derive(Clone, Default)]
struct Flag(Rc<(Cell<bool>, RefCell<Vec<Waker>>)>);

impl Flag {
    fn raise(&self) {
        self.0.0.set(true);
        let wakers = self.0.1.take();
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Keeps one more clone for every poll.
    async fn raised(&self) {
        poll_fn(|cx| {
            if self.0.0.get() {
                return Poll::Ready(());
            }
            self.0.1.borrow_mut().push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn keeps_every_waker_it_was_ever_given() {
    let flag = Flag::default();
    let tasks = [1, 2, 3].map(|n| {
        let flag = flag.clone();
        reveille::spawn_local(async move {
            let mut tries = 0;
            while timeout(n * SECOND, flag.raised()).await.is_err() {
                tries += 1;
            }
            tries
        })
    });
    sleep(4 * SECOND + SECOND / 2).await;
    flag.raise();
    for (task, tries) in tasks.into_iter().zip([4, 2, 1]) {
        assert_eq!(task.await.unwrap(), tries);
    }
}

/// Registered in two places; one of them is cleared, the other is woken.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_registered_in_two_places() {
    let (left, right) = (Flag::default(), Flag::default());
    let (a, b) = (left.clone(), right.clone());
    let task = reveille::spawn_local(async move {
        let (a, b) = (pin!(a.raised()), pin!(b.raised()));
        futures::future::select(a, b).await.factor_first().0
    });
    sleep(SECOND).await;
    left.0.1.borrow_mut().clear();
    reveille::yield_now().await;
    right.raise();
    task.await.unwrap();
}

/// The waker is in the hands of a third task, which takes its time.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn its_waker_goes_from_hand_to_hand() {
    let (tx, rx) = async_channel::unbounded::<Waker>();
    let courier = reveille::spawn(async move {
        let mut delivered = 0;
        while let Ok(waker) = rx.recv().await {
            sleep(SECOND).await;
            waker.wake();
            delivered += 1;
        }
        delivered
    });
    let mut sent = 0;
    poll_fn(|cx| {
        if sent >= 3 {
            return Poll::Ready(());
        }
        sent += 1;
        tx.try_send(cx.waker().clone()).unwrap();
        Poll::Pending
    })
    .await;
    drop(tx);
    assert_eq!(courier.await.unwrap(), sent);
}

/// Woken before it registers, without a clone, and more than once.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn wakes_itself_in_many_ways() {
    let mut polls = 0;
    let task = poll_fn(move |cx| {
        polls += 1;
        match polls {
            1 => cx.waker().wake_by_ref(),
            2 => (0..9).for_each(|_| cx.waker().wake_by_ref()),
            3 => {
                let waker = cx.waker().clone();
                waker.wake_by_ref();
                drop(waker);
            }
            4 => {
                let wakers = [cx.waker().clone(), cx.waker().clone()];
                wakers.into_iter().for_each(Waker::wake);
            }
            _ => return Poll::Ready(polls),
        }
        Poll::Pending
    });
    assert_eq!(reveille::spawn(task).await.unwrap(), 5);
}

/// Woken and dropped after its task is over.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn its_waker_outlives_its_task() {
    let place: Rc<RefCell<Vec<Waker>>> = Rc::default();
    let own = place.clone();
    let task = reveille::spawn_local(poll_fn(move |cx| {
        own.borrow_mut().push(cx.waker().clone());
        Poll::Ready(())
    }));
    task.await.unwrap();
    for waker in place.take() {
        waker.wake_by_ref();
        reveille::yield_now().await;
        waker.wake();
    }
}

/// A small executor inside a task, with a waker of its own.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn polls_through_a_waker_of_its_own() {
    struct Relay(Mutex<Option<Waker>>, std::sync::atomic::AtomicU32);
    impl ArcWake for Relay {
        fn wake_by_ref(relay: &Arc<Self>) {
            relay.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            relay.0.lock().unwrap().iter().for_each(Waker::wake_by_ref);
        }
    }
    let (tx, rx) = async_channel::bounded(1);
    let relay = Arc::new(Relay(Mutex::new(None), 0.into()));
    let outer = relay.clone();
    let task = reveille::spawn(async move {
        let mut inner = pin!(async move { rx.recv().await.unwrap() + rx.recv().await.unwrap() });
        poll_fn(|cx| {
            *outer.0.lock().unwrap() = Some(cx.waker().clone());
            inner.as_mut().poll(&mut Context::from_waker(&waker(outer.clone())))
        })
        .await
    });
    tx.send(1).await.unwrap();
    sleep(SECOND).await;
    tx.send(2).await.unwrap();
    assert_eq!(task.await.unwrap(), 3);
    assert!((1..=2).contains(&relay.1.load(std::sync::atomic::Ordering::Relaxed)));
}

/// Polled with a waker that does nothing, then properly.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_first_polled_with_no_waker_at_all() {
    let (tx, rx) = async_channel::bounded(1);
    let mut receive = Box::pin(async move { rx.recv().await.unwrap() });
    assert!(receive.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let task = reveille::spawn(receive);
    tx.send(7).await.unwrap();
    assert_eq!(task.await.unwrap(), 7);
}

/// A destructor spawns the clean-up.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn spawns_when_it_is_dropped() {
    struct Spawns(async_channel::Sender<u32>);
    impl Drop for Spawns {
        fn drop(&mut self) {
            let tx = self.0.clone();
            drop(reveille::spawn(async move { tx.send(1).await }));
        }
    }
    let (tx, rx) = async_channel::bounded(1);
    let guard = Spawns(tx.clone());
    let task = reveille::spawn(async move {
        let _guard = guard;
        std::future::pending::<()>().await;
    });
    reveille::yield_now().await;
    task.abort();
    assert_eq!(rx.recv().await, Ok(1));
    // This one is dropped with the run, and what it spawns is never polled.
    let _last = Spawns(tx);
}

#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn is_made_from_something_that_is_no_future() {
    struct Question(u32);
    impl IntoFuture for Question {
        type Output = u32;
        type IntoFuture = Ready<u32>;
        fn into_future(self) -> Ready<u32> {
            ready(2 * self.0)
        }
    }
    assert_eq!(Question(21).await, 42);
    assert_eq!(timeout(SECOND, Question(4)).await, Ok(8));
}

/// Points, marks and draws by many tasks.
#[reveille::test(runs = 3000, deny(task_leak, waker_leak))]
async fn stops_at_points() {
    let total = Rc::new(Cell::new(0));
    let tasks = [3, 4, 5].map(|times| {
        let total = total.clone();
        reveille::spawn_local(async move {
            for _ in 0..times {
                reveille::point().await;
                total.set(total.get() + 1);
                futures::join!(reveille::point(), reveille::point(), reveille::yield_now());
            }
            reveille::mark("done");
        })
    });
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(total.get(), 12);
}
