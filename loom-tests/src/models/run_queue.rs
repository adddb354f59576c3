//! The queue of an executor: threads push what is to run, one pops it.

use super::{join, short_name, spawn};
use crate::model::{Model, Scenario};
use crate::signal::Signal;
use crate::sync::Arc;
use crate::sync::atomic::{AtomicBool, Ordering, fence};

/// Any thread pushes, one thread pops.
pub trait RunQueue: Send + Sync + 'static {
    /// Whether a pop that finds nothing is a full fence, so that an executor that says that it
    /// sleeps and then finds the queue empty needs none of its own.
    const FENCES: bool = false;

    /// Whether what one thread pushes comes in the order in which it was pushed.
    const KEEPS_THE_ORDER: bool = true;

    /// Puts a task in.
    ///
    /// # Errors
    ///
    /// The task, if there is no room.
    fn push(&self, task: usize) -> Result<(), usize>;

    /// Takes a task out, if there is one.
    fn pop(&self) -> Option<usize>;
}

/// Checks that nothing is lost or comes twice, and that an executor may rely on it for its sleep.
pub fn run_queue<Q: RunQueue>(make: impl Fn() -> Q + Clone + Send + Sync + 'static) -> Model {
    let name = format!("run_queue of {}", short_name::<Q>());
    let with = |f: fn(Arc<Q>)| {
        let make = make.clone();
        move || f(Arc::new(make()))
    };
    Model::of(
        name,
        vec![
            Scenario::new("what one thread pushes comes once, and in order", with(one)).bounded(3),
            Scenario::new("what two threads push comes once", with(two)).bounded(2),
            Scenario::new("who knows of a push finds it", with(known)),
            Scenario::new(
                "who says that it sleeps and finds nothing is seen by who pushes",
                with(asleep),
            ),
        ],
    )
}

fn push<Q: RunQueue>(queue: &Q, task: usize) {
    let pushed = queue.push(task);
    assert!(pushed.is_ok(), "there is no room for task {task}, of two");
}

/// Looks into the queue until two have come.
fn pop_two<Q: RunQueue>(queue: &Q) -> Vec<usize> {
    let mut come = Vec::new();
    while come.len() < 2 {
        match queue.pop() {
            Some(task) => come.push(task),
            None => crate::thread::yield_now(),
        }
    }
    come
}

fn nothing_is_left<Q: RunQueue>(queue: &Q) {
    let left = queue.pop();
    assert_eq!(left, None, "after all that was pushed has come, something comes");
}

fn one<Q: RunQueue>(queue: Arc<Q>) {
    let pusher = queue.clone();
    let pushes = spawn("pusher", move || [1, 2].into_iter().for_each(|task| push(&*pusher, task)));
    let mut come = pop_two(&*queue);
    if !Q::KEEPS_THE_ORDER {
        come.sort_unstable();
    }
    assert_eq!(come, [1, 2], "one thread pushed 1 and 2");
    join([pushes]);
    nothing_is_left(&*queue);
}

fn two<Q: RunQueue>(queue: Arc<Q>) {
    let pushes = [("pusher", 1), ("other pusher", 2)].map(|(name, task)| {
        let pusher = queue.clone();
        spawn(name, move || push(&*pusher, task))
    });
    let mut come = pop_two(&*queue);
    come.sort_unstable();
    assert_eq!(come, [1, 2], "two threads pushed 1 and 2");
    join(pushes);
    nothing_is_left(&*queue);
}

fn known<Q: RunQueue>(queue: Arc<Q>) {
    let said = Arc::new(AtomicBool::new(false));
    let (pusher, says) = (queue.clone(), said.clone());
    let pushes = spawn("pusher", move || {
        push(&*pusher, 1);
        says.store(true, Ordering::Release);
    });
    if said.load(Ordering::Acquire) {
        assert_eq!(queue.pop(), Some(1), "1 was pushed, and who pops knows it");
    }
    join([pushes]);
}

fn asleep<Q: RunQueue>(queue: Arc<Q>) {
    let sleeper = Arc::new(Signal::new("the sleeper"));
    let sleeps = Arc::new(AtomicBool::new(false));
    let (pusher, other, seen) = (queue.clone(), sleeper.clone(), sleeps.clone());
    let pushes = spawn("pusher", move || {
        push(&*pusher, 1);
        fence(Ordering::SeqCst);
        if seen.load(Ordering::Relaxed) {
            other.waker().wake();
        }
    });
    sleeps.store(true, Ordering::Relaxed);
    if !Q::FENCES {
        fence(Ordering::SeqCst);
    }
    if queue.pop().is_none() {
        sleeper.wait();
        assert_eq!(queue.pop(), Some(1), "who was woken for a push finds it");
    }
    join([pushes]);
}
