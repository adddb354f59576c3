//! `pending-without-waker`, `stale-waker`, `waker-dropped`, `spurious-poll`,
//! `waker-leak`, `task-leak`: how a future gets its registration wrong.

use crate::golden::golden;
use std::cell::RefCell;
use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

golden! {
    "pending-without-waker" never_registers;
    "pending-without-waker" registers_on_the_first_poll_only;
    "pending-without-waker" detached_and_never_done;
    "pending-without-waker" hidden_by_a_heartbeat;
    "pending-without-waker" keeps_the_waker_of_another_task;
    "stale-waker" keeps_its_first_waker;
    "waker-dropped" clears_its_waiter;
    "spurious-poll" loses_its_place;
    "spurious-poll" panics_if_not_woken;
    "waker-leak" forgets_a_waker;
    "task-leak" ends_by_dropping_the_last_waker;
}

/// A flag that somebody raises.
#[derive(Clone, Default)]
struct Flag(Rc<RefCell<State>>);

#[derive(Default)]
struct State {
    raised: bool,
    waiter: Option<Waker>,
}

impl Flag {
    fn raise(&self) {
        let waiter = {
            let mut state = self.0.borrow_mut();
            state.raised = true;
            state.waiter.take()
        };
        if let Some(waiter) = waiter {
            waiter.wake();
        }
    }

    /// Correct: registers in every poll that is pending.
    fn raised(&self) -> Raised {
        Raised(self.clone())
    }
}

struct Raised(Flag);

impl Future for Raised {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.0.borrow_mut();
        if state.raised {
            return Poll::Ready(());
        }
        state.waiter = Some(cx.waker().clone());
        Poll::Pending
    }
}

struct NeverRegisters;

impl Future for NeverRegisters {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn never_registers() {
    reveille::spawn(async { NeverRegisters.await }).await.unwrap();
}

#[reveille::test(runs = 100_000)]
async fn registers() {
    let flag = Flag::default();
    let other = flag.clone();
    let waiting = reveille::spawn_local(async move { other.raised().await });
    flag.raise();
    waiting.await.unwrap();
}

/// Two items come one after the other; the future asks to be told of the first.
struct Registers {
    queue: Flag,
    registered: bool,
    left: u32,
}

impl Future for Registers {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut state = this.queue.0.borrow_mut();
        if std::mem::take(&mut state.raised) {
            this.left -= 1;
        }
        if this.left == 0 {
            return Poll::Ready(());
        }
        if !std::mem::replace(&mut this.registered, true) {
            state.waiter = Some(cx.waker().clone());
        }
        Poll::Pending
    }
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn registers_on_the_first_poll_only() {
    let queue = Flag::default();
    let waiting = Registers { queue: queue.clone(), registered: false, left: 2 };
    let waiting = reveille::spawn_local(async move { waiting.await });
    for _ in 0..2 {
        reveille::yield_now().await;
        queue.raise();
    }
    waiting.await.unwrap();
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn detached_and_never_done() {
    drop(reveille::spawn(async { pending::<()>().await }));
    reveille::yield_now().await;
    reveille::yield_now().await;
}

#[reveille::test(runs = 100_000)]
async fn a_daemon_may_wait_for_ever() {
    drop(reveille::spawn_daemon(pending::<()>()));
    reveille::yield_now().await;
}

#[reveille::test(runs = 100_000)]
async fn a_task_may_wait_until_it_is_aborted() {
    let forever = reveille::spawn(pending::<()>());
    reveille::time::sleep(Duration::from_secs(1)).await;
    forever.abort();
    assert!(forever.await.unwrap_err().is_cancelled());
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn hidden_by_a_heartbeat() {
    drop(reveille::Builder::new().name("heartbeat").spawn(async {
        let mut ticks = reveille::time::interval(Duration::from_millis(100));
        loop {
            ticks.tick().await;
        }
    }));
    let worker = reveille::Builder::new().name("worker");
    worker.spawn(async { NeverRegisters.await }).await.unwrap();
}

/// Registers with whoever polls it first and stays with that one.
struct KeepsFirst {
    flag: Flag,
    registered: bool,
}

impl Future for KeepsFirst {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut state = this.flag.0.borrow_mut();
        if state.raised {
            return Poll::Ready(());
        }
        if !std::mem::replace(&mut this.registered, true) {
            state.waiter = Some(cx.waker().clone());
        }
        Poll::Pending
    }
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn keeps_the_waker_of_another_task() {
    let flag = Flag::default();
    let mut waiting = Box::pin(KeepsFirst { flag: flag.clone(), registered: false });
    // Polled here once, then moved.
    poll_fn(|cx| Poll::Ready(waiting.as_mut().poll(cx).is_pending())).await;
    let moved = reveille::spawn_local(async move { waiting.await });
    reveille::yield_now().await;
    flag.raise();
    moved.await.unwrap();
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn keeps_its_first_waker() {
    let flag = Flag::default();
    let waiting = KeepsFirst { flag: flag.clone(), registered: false };
    let waiting = reveille::spawn_local(async move { waiting.await });
    reveille::yield_now().await;
    flag.raise();
    waiting.await.unwrap();
}

#[reveille::test(runs = 100_000)]
async fn replaces_its_waker() {
    let flag = Flag::default();
    let mut waiting = Box::pin(flag.raised());
    poll_fn(|cx| Poll::Ready(waiting.as_mut().poll(cx).is_pending())).await;
    let moved = reveille::spawn_local(async move { waiting.await });
    reveille::yield_now().await;
    flag.raise();
    moved.await.unwrap();
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn clears_its_waiter() {
    let flag = Flag::default();
    let other = flag.clone();
    let waiting = reveille::spawn_local(async move { other.raised().await });
    reveille::yield_now().await;
    // A close that forgets whoever waits.
    flag.0.borrow_mut().waiter = None;
    waiting.await.unwrap();
}

#[reveille::test(runs = 100_000)]
async fn wakes_its_waiter() {
    let flag = Flag::default();
    let other = flag.clone();
    let waiting = reveille::spawn_local(async move { other.raised().await });
    reveille::yield_now().await;
    // A close that tells whoever waits.
    flag.raise();
    waiting.await.unwrap();
    assert!(flag.0.borrow().waiter.is_none());
}

/// Takes its own registration away in a poll for which it was not woken.
struct LosesItsPlace(Flag);

impl Future for LosesItsPlace {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.0.borrow_mut();
        if state.raised {
            return Poll::Ready(());
        }
        state.waiter = match state.waiter.take() {
            None => Some(cx.waker().clone()),
            Some(_) => None,
        };
        Poll::Pending
    }
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn loses_its_place() {
    let flag = Flag::default();
    let waiting = LosesItsPlace(flag.clone());
    let waiting = reveille::spawn_local(async move { waiting.await });
    reveille::yield_now().await;
    flag.raise();
    waiting.await.unwrap();
}

/// As above, but stays registered.
#[reveille::test(runs = 100_000)]
async fn keeps_its_place() {
    let flag = Flag::default();
    let other = flag.clone();
    let polls = Rc::new(RefCell::new(0));
    let counted = polls.clone();
    let waiting = reveille::spawn_local(poll_fn(move |cx| {
        *counted.borrow_mut() += 1;
        Pin::new(&mut other.raised()).poll(cx)
    }));
    reveille::yield_now().await;
    flag.raise();
    waiting.await.unwrap();
    assert!(*polls.borrow() >= 1);
}

struct PanicsIfNotWoken(Flag);

impl Future for PanicsIfNotWoken {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.0.borrow_mut();
        if state.raised {
            return Poll::Ready(());
        }
        assert!(state.waiter.is_none(), "polled without a wake");
        state.waiter = Some(cx.waker().clone());
        Poll::Pending
    }
}

#[reveille::test]
#[ignore = "broken on purpose"]
async fn panics_if_not_woken() {
    let flag = Flag::default();
    let waiting = PanicsIfNotWoken(flag.clone());
    let waiting = reveille::spawn_local(async move { waiting.await });
    reveille::yield_now().await;
    flag.raise();
    waiting.await.unwrap();
}

#[reveille::test(deny(waker_leak))]
#[ignore = "broken on purpose"]
async fn forgets_a_waker() {
    poll_fn(|cx| {
        std::mem::forget(cx.waker().clone());
        Poll::Ready(())
    })
    .await;
}

#[reveille::test(runs = 100_000, deny(waker_leak))]
async fn drops_every_waker() {
    poll_fn(|cx| {
        drop(cx.waker().clone());
        Poll::Ready(())
    })
    .await;
}

#[reveille::test(deny(task_leak))]
#[ignore = "broken on purpose"]
async fn ends_by_dropping_the_last_waker() {
    let flag = Flag::default();
    let waiter = flag.clone();
    drop(reveille::spawn_local(async move {
        poll_fn::<(), _>(|cx| {
            waiter.0.borrow_mut().waiter = Some(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }));
    reveille::yield_now().await;
    flag.0.borrow_mut().waiter = None;
}

#[reveille::test(runs = 100_000, deny(task_leak))]
async fn may_leave_a_task_that_could_be_woken() {
    let flag = Flag::default();
    let waiter = flag.clone();
    drop(reveille::spawn_local(async move { waiter.raised().await }));
    reveille::yield_now().await;
}
