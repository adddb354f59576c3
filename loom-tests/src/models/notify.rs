//! Events: who waits is notified.

use super::{join, short_name, spawn};
use crate::model::{Model, Scenario};
use crate::signal::Signal;
use crate::sync::Arc;
use crate::sync::atomic::{AtomicUsize, Ordering};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

/// Tasks wait, any thread notifies.
pub trait Notify: Send + Sync + 'static {
    /// Whether there is a [`notify_all`](Self::notify_all).
    const HAS_NOTIFY_ALL: bool = false;

    /// Whether who waits counts from the call of [`notified`](Self::notified) on, as with
    /// `event-listener`, and not from its first poll.
    const WAITS_AT_ONCE: bool = false;

    /// Whether a notification for nobody is kept for the next who waits, as with tokio.
    const KEEPS_ONE: bool = false;

    /// Who waits.
    type Notified<'a>: Future<Output = ()>;

    /// Begins to wait.
    fn notified(&self) -> Self::Notified<'_>;

    /// Notifies one who waits.
    fn notify_one(&self);

    /// Notifies all who wait; `HAS_NOTIFY_ALL` says whether it does.
    fn notify_all(&self) {}
}

const KEPT: &str = "a notification for nobody is kept for the next";
const ALL: &str = "all who wait are notified";

/// Checks that nobody who waits is forgotten, and that what cannot use a notification passes it on.
pub fn notify<N: Notify>(make: impl Fn() -> N + Clone + Send + Sync + 'static) -> Model {
    let name = format!("notify of {}", short_name::<N>());
    let with = |f: fn(Arc<N>)| {
        let make = make.clone();
        move || f(Arc::new(make()))
    };
    Model::of(
        name,
        vec![
            match N::KEEPS_ONE {
                true => Scenario::new(KEPT, with(kept)),
                false => Scenario::left_out(KEPT, "none is kept"),
            },
            Scenario::new("who waits before it checks is notified of the change", with(changed)),
            Scenario::new("the waker that was registered last is woken", with(replaced)),
            Scenario::new("two notifications reach two who wait", with(two)).bounded(2),
            match N::HAS_NOTIFY_ALL {
                true => Scenario::new(ALL, with(all)).bounded(2),
                false => Scenario::left_out(ALL, "there is no such operation"),
            },
            Scenario::new("who is notified and gives up passes it on", with(passed_on)).bounded(2),
            Scenario::new("no waker is kept of who gave up", with(gave_up)),
        ],
    )
}

fn poll<F: Future>(future: &mut Pin<&mut F>, task: &Signal) -> Poll<F::Output> {
    future.as_mut().poll(&mut Context::from_waker(&task.waker()))
}

/// Polls whenever it was woken, until it has ended.
fn finish<F: Future>(mut future: Pin<&mut F>, task: &Signal) {
    while poll(&mut future, task).is_pending() {
        task.wait();
    }
}

fn kept<N: Notify>(notify: Arc<N>) {
    let other = notify.clone();
    let notifies = spawn("notifier", move || other.notify_one());
    finish(pin!(notify.notified()), &Signal::new("the task"));
    join([notifies]);
}

fn changed<N: Notify>(notify: Arc<N>) {
    let count = Arc::new(AtomicUsize::new(0));
    let (other, counted) = (notify.clone(), count.clone());
    let notifies = spawn("notifier", move || {
        counted.store(1, Ordering::Relaxed);
        other.notify_one();
    });
    let task = Signal::new("the task");
    let mut notified = pin!(notify.notified());
    let is_done = !N::WAITS_AT_ONCE && poll(&mut notified, &task).is_ready();
    if count.load(Ordering::Relaxed) == 0 && !is_done {
        finish(notified, &task);
        assert_eq!(
            count.load(Ordering::Relaxed),
            1,
            "what was done before the notification is not seen"
        );
    }
    join([notifies]);
}

fn replaced<N: Notify>(notify: Arc<N>) {
    let (first, last) = (Signal::new("the first waker"), Signal::new("the last waker"));
    let mut notified = pin!(notify.notified());
    assert!(poll(&mut notified, &first).is_pending(), "nobody has notified it");
    let other = notify.clone();
    let notifies = spawn("notifier", move || other.notify_one());
    finish(notified, &last);
    join([notifies]);
}

fn two<N: Notify>(notify: Arc<N>) {
    let (first, second) = (Signal::new("the first task"), Signal::new("the second task"));
    let mut one = pin!(notify.notified());
    let mut another = pin!(notify.notified());
    assert!(poll(&mut one, &first).is_pending(), "nobody has notified it");
    assert!(poll(&mut another, &second).is_pending(), "nobody has notified it");
    let notifies = ["notifier", "other notifier"].map(|name| {
        let other = notify.clone();
        spawn(name, move || other.notify_one())
    });
    finish(one, &first);
    finish(another, &second);
    join(notifies);
}

fn all<N: Notify>(notify: Arc<N>) {
    let (first, second) = (Signal::new("the first task"), Signal::new("the second task"));
    let mut one = pin!(notify.notified());
    let mut another = pin!(notify.notified());
    assert!(poll(&mut one, &first).is_pending(), "nobody has notified it");
    assert!(poll(&mut another, &second).is_pending(), "nobody has notified it");
    let other = notify.clone();
    let notifies = spawn("notifier", move || other.notify_all());
    finish(one, &first);
    finish(another, &second);
    join([notifies]);
}

fn passed_on<N: Notify>(notify: Arc<N>) {
    let (first, second) = (Signal::new("who gives up"), Signal::new("the task"));
    let mut giving_up = Box::pin(notify.notified());
    let mut other = pin!(notify.notified());
    assert!(poll(&mut giving_up.as_mut(), &first).is_pending(), "nobody has notified it");
    assert!(poll(&mut other, &second).is_pending(), "nobody has notified it");
    let notifier = notify.clone();
    let notifies = spawn("notifier", move || notifier.notify_one());
    drop(giving_up);
    finish(other, &second);
    join([notifies]);
}

fn gave_up<N: Notify>(notify: Arc<N>) {
    let task = Signal::new("the task");
    let other = notify.clone();
    let notifies = spawn("notifier", move || other.notify_one());
    let mut notified = Box::pin(notify.notified());
    let _ = poll(&mut notified.as_mut(), &task);
    drop(notified);
    join([notifies]);
    assert_eq!(task.wakers(), 0, "who waited is gone, and a waker is left");
}
