//! The state of a task: scheduled, running, notified, done.

use super::{join, short_name, spawn};
use crate::cell::UnsafeCell;
use crate::model::{Model, Scenario};
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::sync::{Arc, Condvar, Mutex};

/// What a task's wakers and those who run it agree by.
///
/// A task begins scheduled: it is in the queue once. Whoever is told to puts it there again.
pub trait TaskState: Send + Sync + 'static {
    /// A waker was called. Answers whether the caller has to put the task into the queue.
    fn wake(&self) -> bool;

    /// The task was taken from the queue. Answers whether it is to be polled.
    fn start(&self) -> bool;

    /// Its poll returned Pending. Answers whether the caller has to put it into the queue again.
    fn pend(&self) -> bool;

    /// Its poll returned Ready.
    fn complete(&self);
}

/// Checks that no wake is lost, that a task is in the queue at most once, and polled by one thread.
pub fn task_state<S: TaskState>(make: impl Fn() -> S + Clone + Send + Sync + 'static) -> Model {
    let name = format!("task_state of {}", short_name::<S>());
    let with = |f: fn(Arc<Task<S>>)| {
        let make = make.clone();
        move || f(Arc::new(Task::new(make())))
    };
    Model::of(
        name,
        vec![
            Scenario::new("a wake while the task is idle lets it be polled", with(idle)),
            Scenario::new("a wake during the poll lets it be polled again", with(during)),
            Scenario::new("what was done before a wake is seen by a later poll", with(ordered)),
            Scenario::new("two wakes may be one, but never none", with(two)).bounded(2),
            Scenario::new("two threads never poll it at once", with(workers)).bounded(2),
            Scenario::new("a task that is done is not polled again", with(done)),
        ],
    )
}

/// A task, its queue, and what it waits for.
struct Task<S> {
    state: S,
    /// How often it is in the queue, and whether the executor goes home when it is empty.
    queue: Mutex<Queue>,
    bell: Condvar,
    /// What only a poll touches.
    future: UnsafeCell<usize>,
    count: AtomicUsize,
}

#[derive(Default)]
struct Queue {
    tasks: usize,
    closed: bool,
}

// SAFETY: loom tells of accesses to the future that race.
unsafe impl<S: Sync> Sync for Task<S> {}

impl<S: TaskState> Task<S> {
    fn new(state: S) -> Self {
        Task {
            state,
            queue: Mutex::new(Queue { tasks: 1, closed: false }),
            bell: Condvar::new(),
            future: UnsafeCell::new(0),
            count: AtomicUsize::new(0),
        }
    }

    fn lock(&self) -> crate::sync::MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    fn schedule(&self) {
        let mut queue = self.lock();
        queue.tasks += 1;
        assert!(queue.tasks <= 1, "the task is in the queue twice");
        drop(queue);
        self.bell.notify_one();
    }

    fn wake(&self) {
        if self.state.wake() {
            self.schedule();
        }
    }

    fn close(&self) {
        self.lock().closed = true;
        self.bell.notify_all();
    }

    /// Waits for the task to be in the queue; false when it never will be.
    fn take(&self) -> bool {
        let queue = self.lock();
        let wait = self.bell.wait_while(queue, |queue| queue.tasks == 0 && !queue.closed);
        let mut queue = wait.unwrap_or_else(|poisoned| poisoned.into_inner());
        let is_there = queue.tasks > 0;
        queue.tasks -= usize::from(is_there);
        is_there
    }

    /// Runs the task whenever it is in the queue, until it is done, which it is when the count is that.
    fn run(&self, until: usize) {
        while self.take() {
            if !self.state.start() {
                continue;
            }
            let polled = self.poll();
            if self.count.load(Ordering::Relaxed) >= until {
                self.state.complete();
                self.close();
                return;
            }
            let _ = polled;
            if self.state.pend() {
                self.schedule();
            }
        }
    }

    fn poll(&self) -> usize {
        // SAFETY: loom ends the iteration if another thread has a reference.
        self.future.with_mut(|polls| unsafe {
            *polls += 1;
            *polls
        })
    }

    /// Makes a change and wakes.
    fn change(&self) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.wake();
    }
}

fn changes<S: TaskState>(name: &str, task: &Arc<Task<S>>) -> crate::thread::JoinHandle<()> {
    let task = task.clone();
    spawn(name, move || task.change())
}

fn idle<S: TaskState>(task: Arc<Task<S>>) {
    assert!(task.take() && task.state.start(), "a new task is to be polled");
    assert!(!task.state.pend(), "nobody has woken it");
    let wakes = changes("waker", &task);
    task.run(1);
    join([wakes]);
}

fn during<S: TaskState>(task: Arc<Task<S>>) {
    assert!(task.take() && task.state.start(), "a new task is to be polled");
    task.wake();
    if task.state.pend() {
        task.schedule();
    }
    assert!(task.take(), "it was woken during its poll and is not in the queue");
    assert!(task.state.start(), "it was woken during its poll and is not to be polled");
    task.state.complete();
}

fn ordered<S: TaskState>(task: Arc<Task<S>>) {
    let wakes = changes("waker", &task);
    task.run(1);
    join([wakes]);
}

fn two<S: TaskState>(task: Arc<Task<S>>) {
    let wakes = ["waker", "other waker"].map(|name| changes(name, &task));
    task.run(2);
    join(wakes);
}

fn workers<S: TaskState>(task: Arc<Task<S>>) {
    let other = task.clone();
    let worker = spawn("other worker", move || other.run(1));
    let wakes = changes("waker", &task);
    task.run(1);
    join([worker, wakes]);
}

fn done<S: TaskState>(task: Arc<Task<S>>) {
    assert!(task.take() && task.state.start(), "a new task is to be polled");
    let wakes = changes("waker", &task);
    task.poll();
    task.state.complete();
    join([wakes]);
    if task.lock().tasks > 0 {
        assert!(task.take(), "it is in the queue");
        assert!(!task.state.start(), "it is done, and is to be polled");
    }
}
