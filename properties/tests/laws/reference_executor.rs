//! An executor of our own, right unless it is told to make a mistake.

use reveille::laws::{self, Item, Job};
use std::collections::VecDeque;
use std::future::{pending, poll_fn};
use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    Right,
    SpawnForgetsToWake,
    WakeForgetsToWake,
    WakeWhileRunningIsLost,
    WakesEachTaskOnce,
    DriverSwallowsItsWake,
    DriverKeepsItsFirstWaker,
    KnowsTheLastDriver,
    DriverKeepsItsTasks,
    DriverForgetsToGoOn,
    DriverWakesItself,
    DriverEndsEarly,
    LosesTheBatchOnPanic,
    PollsWhatHasEnded,
    KeepsWhatHasEnded,
    KeepsWhatWasCancelled,
    PollsWhatWasCancelled,
    DetachCancels,
    DetachKeepsTheWaker,
    EndForgetsTheJoin,
    CancelForgetsTheJoin,
    JoinKeepsItsFirstWaker,
    DropLeavesTasks,
    DropLeavesJoins,
    TickSeesNoNewTasks,
    SpawnManyWakesNobody,
    PanicOfThoseToSpawnPoisons,
}
use Mistake::*;

#[derive(Clone)]
pub(crate) struct Reference(pub(crate) Mistake);

/// Tasks that a poll of a driver runs at most.
const BATCH: usize = 2;

pub(crate) struct Executor(Arc<Core>);

struct Core {
    mistake: Mistake,
    queue: Mutex<VecDeque<Arc<Task>>>,
    drivers: Mutex<Vec<Driving>>,
    tasks: Mutex<Vec<Arc<Task>>>,
    /// Held while several are spawned.
    spawning: Mutex<()>,
}

struct Driving {
    number: usize,
    waker: Waker,
    is_woken: bool,
}

pub(crate) struct Task {
    core: Arc<Core>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    future: Option<Job>,
    is_queued: bool,
    is_running: bool,
    is_woken: bool,
    has_begun: bool,
    is_over: bool,
    output: Option<Item>,
    join: Option<Waker>,
}

impl Core {
    /// Wakes a driver who was not woken yet, if nobody was.
    fn wake_driver(&self) {
        let mut drivers = self.drivers.lock().unwrap();
        if drivers.iter().any(|driver| driver.is_woken) {
            return;
        }
        let waker = drivers.first_mut().map(|driver| {
            driver.is_woken = true;
            driver.waker.clone()
        });
        drop(drivers);
        waker.into_iter().for_each(Waker::wake);
    }

    fn next(&self) -> Option<Arc<Task>> {
        self.queue.lock().unwrap().pop_front()
    }

    fn is_empty(&self) -> bool {
        self.queue.lock().unwrap().is_empty()
    }
}

impl Task {
    /// Puts it into the queue, unless it is there or being polled.
    fn queue(self: &Arc<Self>) -> bool {
        let mut state = self.state.lock().unwrap();
        if state.is_running {
            state.is_woken = self.core.mistake != WakeWhileRunningIsLost;
            return false;
        }
        if state.is_queued || state.future.is_none() {
            return false;
        }
        state.is_queued = true;
        drop(state);
        self.core.queue.lock().unwrap().push_back(self.clone());
        true
    }

    fn run(self: Arc<Self>) {
        let mistake = self.core.mistake;
        let mut state = self.state.lock().unwrap();
        state.is_queued = mistake == WakesEachTaskOnce;
        let Some(mut future) = state.future.take() else { return };
        state.is_running = true;
        state.has_begun = true;
        drop(state);
        let ending = Ending(&self);
        let waker = Waker::from(self.clone());
        let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
        mem::forget(ending);
        let mut state = self.state.lock().unwrap();
        state.is_running = false;
        match polled {
            Poll::Pending => {
                state.future = Some(future);
                let is_woken = mem::take(&mut state.is_woken);
                drop(state);
                if is_woken {
                    waker.wake();
                }
            }
            Poll::Ready(item) => {
                state.output = Some(item);
                let is_woken = mem::take(&mut state.is_woken);
                let polls_again = mistake == PollsWhatHasEnded && is_woken;
                if mistake == KeepsWhatHasEnded || polls_again {
                    state.future = Some(future);
                    drop(state);
                } else {
                    drop(state);
                    drop(future);
                }
                self.end(Some(EndForgetsTheJoin));
                if polls_again {
                    waker.wake();
                }
            }
        }
    }

    /// It is over; who joins it is not told if that is the mistake of this executor.
    fn end(&self, forgetting: Option<Mistake>) {
        let mut state = self.state.lock().unwrap();
        state.is_over = true;
        state.is_running = false;
        let join = state.join.take();
        drop(state);
        if forgetting != Some(self.core.mistake) {
            join.into_iter().for_each(Waker::wake);
        } else {
            mem::forget(join);
        }
    }

    fn cancel(self: &Arc<Self>) {
        let mistake = self.core.mistake;
        let future = match mistake {
            KeepsWhatWasCancelled => None,
            PollsWhatWasCancelled => {
                self.clone().wake();
                None
            }
            _ => self.state.lock().unwrap().future.take(),
        };
        drop(future);
        if mistake != CancelForgetsTheJoin {
            self.end(None);
        }
    }
}

/// A task that panics is over.
struct Ending<'a>(&'a Arc<Task>);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.end(None);
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        if self.queue() && self.core.mistake != WakeForgetsToWake {
            self.core.wake_driver();
        }
    }
}

struct Drive<'a> {
    core: &'a Arc<Core>,
    number: Option<usize>,
    /// Tasks that it has taken out of the queue.
    taken: VecDeque<Arc<Task>>,
}

impl Drive<'_> {
    fn register(&mut self, waker: &Waker) {
        let mut drivers = self.core.drivers.lock().unwrap();
        if self.core.mistake == KnowsTheLastDriver {
            drivers.retain(|driver| Some(driver.number) == self.number);
        }
        let known = drivers.iter_mut().find(|driver| Some(driver.number) == self.number);
        if let Some(driver) = known {
            driver.is_woken = false;
            if self.core.mistake != DriverKeepsItsFirstWaker {
                driver.waker.clone_from(waker);
            }
            return;
        }
        let number = *self.number.get_or_insert_with(|| {
            drivers.iter().map(|driver| driver.number + 1).max().unwrap_or(0)
        });
        drivers.push(Driving { number, waker: waker.clone(), is_woken: false });
    }
}

impl Future for Drive<'_> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        this.register(cx.waker());
        let core = this.core;
        match core.mistake {
            LosesTheBatchOnPanic => {
                let batch = mem::take(&mut *core.queue.lock().unwrap());
                batch.into_iter().for_each(Task::run);
            }
            DriverKeepsItsTasks => {
                this.taken.extend(core.queue.lock().unwrap().drain(..));
                this.taken.pop_front().into_iter().for_each(Task::run);
            }
            _ => {
                for _ in 0..BATCH {
                    core.next().into_iter().for_each(Task::run);
                }
            }
        }
        let is_done = core.is_empty() && this.taken.is_empty();
        if !is_done && core.mistake != DriverForgetsToGoOn || core.mistake == DriverWakesItself {
            cx.waker().wake_by_ref();
        }
        if is_done && core.mistake == DriverEndsEarly {
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

impl Drop for Drive<'_> {
    fn drop(&mut self) {
        let mut drivers = self.core.drivers.lock().unwrap();
        let number = self.number;
        drivers.retain(|driver| Some(driver.number) != number);
        drop(drivers);
        if !self.core.is_empty() && self.core.mistake != DriverSwallowsItsWake {
            self.core.wake_driver();
        }
    }
}

impl Drop for Executor {
    fn drop(&mut self) {
        self.0.queue.lock().unwrap().clear();
        let tasks = mem::take(&mut *self.0.tasks.lock().unwrap());
        if self.0.mistake == DropLeavesTasks {
            return;
        }
        for task in tasks {
            let future = task.state.lock().unwrap().future.take();
            drop(future);
            if self.0.mistake != DropLeavesJoins {
                task.end(None);
            }
        }
    }
}

impl Reference {
    fn add(&self, Executor(core): &Executor, job: Job) -> Arc<Task> {
        assert!(!core.spawning.is_poisoned(), "somebody panicked while tasks were spawned");
        let state = State { future: Some(job), ..State::default() };
        let task = Arc::new(Task { core: core.clone(), state: Mutex::new(state) });
        core.tasks.lock().unwrap().push(task.clone());
        task
    }
}

impl laws::Executor for Reference {
    type Executor = Executor;
    type Handle = Arc<Task>;

    fn open(&self) -> Executor {
        Executor(Arc::new(Core {
            mistake: self.0,
            queue: Mutex::default(),
            drivers: Mutex::default(),
            tasks: Mutex::default(),
            spawning: Mutex::default(),
        }))
    }

    fn spawn(&self, executor: &Executor, job: Job) -> Arc<Task> {
        let task = self.add(executor, job);
        if self.0 == SpawnForgetsToWake {
            task.queue();
        } else {
            task.clone().wake();
        }
        task
    }

    fn spawn_many(
        &self,
        executor: &Executor,
        jobs: impl Iterator<Item = Job>,
        handles: &mut Vec<Arc<Task>>,
    ) -> Option<()> {
        let _held = (self.0 == PanicOfThoseToSpawnPoisons).then(|| executor.0.spawning.lock());
        for job in jobs {
            let task = self.add(executor, job);
            if self.0 == SpawnManyWakesNobody {
                task.queue();
            } else {
                task.clone().wake();
            }
            handles.push(task);
        }
        Some(())
    }

    fn detach(&self, handle: Arc<Task>) {
        if self.0 != DetachKeepsTheWaker {
            let join = handle.state.lock().unwrap().join.take();
            drop(join);
        }
        if self.0 == DetachCancels {
            handle.cancel();
        }
    }

    fn drive(&self, Executor(core): &Executor) -> Option<impl Future<Output = ()>> {
        Some(Drive { core, number: None, taken: VecDeque::new() })
    }

    fn tick(&self, Executor(core): &Executor) -> Option<bool> {
        let task = match self.0 {
            TickSeesNoNewTasks => {
                let mut queue = core.queue.lock().unwrap();
                let is_old = |task: &Arc<Task>| task.state.lock().unwrap().has_begun;
                let place = queue.iter().position(is_old);
                place.and_then(|place| queue.remove(place))
            }
            _ => core.next(),
        };
        let Some(task) = task else { return Some(false) };
        task.run();
        Some(true)
    }

    fn join(&self, handle: &mut Arc<Task>) -> Option<impl Future<Output = Option<Item>>> {
        Some(poll_fn(|cx| {
            let mut state = handle.state.lock().unwrap();
            if state.is_over {
                return Poll::Ready(state.output.take());
            }
            if self.0 != JoinKeepsItsFirstWaker || state.join.is_none() {
                state.join = Some(cx.waker().clone());
            }
            Poll::Pending
        }))
    }

    fn cancel(&self, handle: &mut Arc<Task>) -> Option<()> {
        handle.cancel();
        Some(())
    }

    fn bears_panics(&self) -> bool {
        true
    }
}

/// An executor that is driven by a task of another one.
#[derive(Clone)]
pub(crate) struct Nested;

impl laws::Executor for Nested {
    type Executor = (Executor, Executor);
    type Handle = Arc<Task>;

    fn open(&self) -> (Executor, Executor) {
        let (outer, inner) = (Reference(Right).open(), Reference(Right).open());
        let core = inner.0.clone();
        let drives = async move {
            Drive { core: &core, number: None, taken: VecDeque::new() }.await;
            pending().await
        };
        drop(Reference(Right).spawn(&outer, Box::pin(drives)));
        (outer, inner)
    }

    fn spawn(&self, (_, inner): &(Executor, Executor), job: Job) -> Arc<Task> {
        Reference(Right).spawn(inner, job)
    }

    fn detach(&self, handle: Arc<Task>) {
        drop(handle);
    }

    fn drive(&self, (outer, _): &(Executor, Executor)) -> Option<impl Future<Output = ()>> {
        Reference(Right).drive(outer).map(|drive| async {
            // Its lifetime is that of the outer one.
            drive.await;
        })
    }

    fn cancel(&self, handle: &mut Arc<Task>) -> Option<()> {
        Reference(Right).cancel(handle)
    }
}
