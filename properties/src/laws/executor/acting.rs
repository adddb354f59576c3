//! Those who use the executor from outside: hands spawn, wake, join and cancel; drivers drive.

use super::Executor;
use super::job::{Planned, Playing};
use super::plan::{Act, Drive, TASKS};
use super::stage::Stage;
use crate::laws::given::item::Item;
use crate::laws::given::job::Job;
use crate::laws::play::cast::{Actor, Offer, offer};
use crate::laws::play::patience::Patience;
use reveille_sim::look_for;
use std::array;
use std::cell::{Cell, RefCell};
use std::iter::from_fn;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::task::{Context, Poll};

/// What they share.
pub(super) struct Shared<E: Executor> {
    pub(super) adapter: E,
    pub(super) stage: Arc<Stage>,
    pub(super) handles: RefCell<[Option<E::Handle>; TASKS]>,
    /// Who waits for the end of which task.
    pub(super) joins: RefCell<Vec<(usize, u8)>>,
    /// Who waited for the end of which task, and gave up; the handle may have his waker.
    pub(super) given_up: RefCell<Vec<(usize, u8)>>,
    /// Futures that drive, and were polled.
    pub(super) driving: Cell<usize>,
}

impl<E: Executor> Shared<E> {
    pub(super) fn new(adapter: E, stage: Arc<Stage>) -> Shared<E> {
        let handles = RefCell::new(array::from_fn(|_| None));
        let (joins, given_up, driving) = Default::default();
        Shared { adapter, stage, handles, joins, given_up, driving }
    }

    /// Spawns a task, unless it was spawned before.
    pub(super) fn spawn(&self, executor: &E::Executor, who: &str, task: u8) {
        if !self.is_first(task) {
            return;
        }
        self.stage.note(format!("{who} spawns task {task}"));
        let job = Box::pin(Playing::new(&self.stage, task));
        let handle = self.adapter.spawn(executor, job);
        self.put(task, handle);
    }

    /// Spawns all tasks of `many` that were not, by one call. With `panics` what gives them panics
    /// at the end.
    fn spawn_many(&self, executor: &E::Executor, who: &str, many: &[u8], panics: bool) {
        let mut given = Vec::new();
        let mut handles = Vec::new();
        let mut left = many.iter().copied();
        let jobs = from_fn(|| {
            let next = left.find(|task| self.is_first(*task));
            let Some(task) = next else {
                if panics {
                    resume_unwind(Box::new(Planned));
                }
                return None;
            };
            self.stage.note(format!("{who} spawns task {task}, as one of many"));
            given.push(task);
            Some(Box::pin(Playing::new(&self.stage, task)) as Job)
        });
        let spawn = || self.adapter.spawn_many(executor, jobs, &mut handles);
        let spawned = catch_unwind(AssertUnwindSafe(spawn));
        match spawned {
            Ok(spawned) => count(offer!("spawn_many"), spawned.is_some()),
            Err(payload) if payload.is::<Planned>() => {
                self.stage.note(format!("{who} gets the panic"));
            }
            Err(payload) => resume_unwind(payload),
        }
        let mut handles = handles.into_iter();
        for task in given {
            match handles.next() {
                Some(handle) => self.put(task, handle),
                // Nobody has it.
                None => self.stage.with(|state| {
                    let task = &mut state.tasks[usize::from(task)];
                    task.is_cancelled = !task.has_ended;
                }),
            }
        }
    }

    /// It counts as spawned from now on; whether it was not before.
    fn is_first(&self, task: u8) -> bool {
        self.stage.with(|state| {
            let task = &mut state.tasks[usize::from(task)];
            task.is_due |= !task.is_spawned;
            !std::mem::replace(&mut task.is_spawned, true)
        })
    }

    fn take(&self, task: u8) -> Option<E::Handle> {
        self.handles.borrow_mut()[usize::from(task)].take()
    }

    fn put(&self, task: u8, handle: E::Handle) {
        self.handles.borrow_mut()[usize::from(task)] = Some(handle);
    }

    /// Leaves a task to itself, but for one that was cancelled.
    fn detach(&self, who: &str, task: u8, handle: E::Handle) {
        if self.stage.with(|state| state.tasks[usize::from(task)].is_cancelled) {
            return self.put(task, handle);
        }
        self.stage.note(format!("{who} detaches task {task}"));
        self.adapter.detach(handle);
        self.is_let_go(task);
    }

    /// Nobody has its handle any more.
    fn is_let_go(&self, task: u8) {
        self.given_up.borrow_mut().retain(|(_, given_up)| *given_up != task);
    }

    /// Looks at what a join gave.
    pub(super) fn judge_join(&self, number: u8, output: Option<&Item>) {
        let wrong = self.stage.with(|state| {
            let is_over = state.is_over;
            let task = &state.tasks[usize::from(number)];
            match output {
                Some(item) if item.number() == task.output => None,
                Some(item) => Some(format!(
                    "the join of task {number} gave item {}, not {}",
                    item.number(),
                    task.output
                )),
                None if task.is_cancelled || task.has_panicked || is_over => None,
                None => {
                    Some(format!("the join of task {number} gave none, though nobody cancelled it"))
                }
            }
        });
        wrong.into_iter().for_each(|how| self.stage.wrong(how));
    }
}

fn count(offer: Offer, is_made: bool) {
    look_for(if is_made { offer.made } else { offer.missing }, true);
}

pub(super) struct Hand<E: Executor> {
    pub(super) shared: Rc<Shared<E>>,
    pub(super) executor: Weak<E::Executor>,
    pub(super) number: usize,
    pub(super) name: String,
}

impl<E: Executor> Actor for Hand<E> {
    type Act = Act;

    async fn act(&mut self, act: Act) {
        let shared = &*self.shared;
        match act {
            Act::Spawn(task) => {
                if let Some(executor) = self.executor.upgrade() {
                    shared.spawn(&executor, &self.name, task);
                }
            }
            Act::SpawnMany(first, panics) => {
                if let Some(executor) = self.executor.upgrade() {
                    let many: Vec<_> = (first..TASKS as u8).collect();
                    shared.spawn_many(&executor, &self.name, &many, panics);
                }
            }
            Act::Cause(event) => shared.stage.cause(&self.name, event),
            Act::Wake(task) => shared.stage.wake(&self.name, task),
            Act::Join(task, patience, lets_go) => {
                if let Some(executor) = self.executor.upgrade() {
                    shared.spawn(&executor, &self.name, task);
                }
                let Some(mut handle) = shared.take(task) else { return };
                let is_offered = join(shared, self.number, &self.name, task, patience, &mut handle);
                if is_offered.await {
                    drop(handle);
                    shared.is_let_go(task);
                } else if lets_go {
                    shared.detach(&self.name, task, handle);
                } else {
                    shared.put(task, handle);
                }
            }
            Act::Cancel(task) => {
                let Some(mut handle) = shared.take(task) else { return };
                // Before, because the call itself may drop it.
                let was = shared.stage.with(|state| {
                    let task = &mut state.tasks[usize::from(task)];
                    std::mem::replace(&mut task.is_cancelled, !task.has_ended)
                });
                let is_cancelled = shared.adapter.cancel(&mut handle).is_some();
                count(offer!("cancel"), is_cancelled);
                if is_cancelled {
                    shared.stage.note(format!("{} cancels task {task}", self.name));
                } else {
                    shared.stage.with(|state| {
                        state.tasks[usize::from(task)].is_cancelled = was;
                    });
                }
                shared.put(task, handle);
            }
            Act::Detach(task) => {
                let Some(handle) = shared.take(task) else { return };
                shared.detach(&self.name, task, handle);
            }
        }
    }
}

/// Waits for the end of a task; whether it has seen it.
async fn join<E: Executor>(
    shared: &Shared<E>,
    number: usize,
    name: &str,
    task: u8,
    patience: Patience,
    handle: &mut E::Handle,
) -> bool {
    let joined = shared.adapter.join(handle);
    count(offer!("join"), joined.is_some());
    let Some(joined) = joined else { return false };
    shared.stage.note(format!("{name} joins task {task}"));
    shared.joins.borrow_mut().push((number, task));
    let output = patience.wait(Joining(Box::pin(joined))).await;
    shared.joins.borrow_mut().retain(|(who, _)| *who != number);
    let told = match &output {
        None => "waits no more",
        Some(None) => "gets none",
        Some(Some(_)) => "gets its output",
    };
    shared.stage.note(format!("{name}: the join of task {task} {told}"));
    match &output {
        Some(output) => shared.judge_join(task, output.as_ref()),
        None => shared.given_up.borrow_mut().push((number, task)),
    }
    output.is_some()
}

/// A join, through which the panic of its task may come.
pub(super) struct Joining<F>(pub(super) Pin<Box<F>>);

impl<F: Future<Output = Option<Item>>> Future for Joining<F> {
    type Output = Option<Item>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(cx))) {
            Ok(polled) => polled,
            Err(payload) if payload.is::<Planned>() => Poll::Ready(None),
            Err(payload) => resume_unwind(payload),
        }
    }
}

pub(super) struct Driver<E: Executor> {
    pub(super) shared: Rc<Shared<E>>,
    pub(super) executor: Rc<E::Executor>,
    pub(super) name: String,
}

impl<E: Executor> Actor for Driver<E> {
    type Act = Drive;

    async fn act(&mut self, drive: Drive) {
        match drive {
            Drive::Await(patience) => {
                let is_made = self.drive(patience).await;
                count(offer!("drive"), is_made);
            }
            Drive::Tick(times) => {
                let is_made = self.tick(usize::from(times));
                count(offer!("tick"), is_made);
            }
        }
    }
}

/// More ticks than any tasks of a run can need.
const MANY: usize = 10_000;

impl<E: Executor> Driver<E> {
    /// Drives for as long as `patience` says; whether it can be done so.
    pub(super) async fn drive(&self, patience: Patience) -> bool {
        let Some(future) = self.shared.adapter.drive(&self.executor) else { return false };
        self.note("drives");
        let stage = &self.shared.stage;
        let driving = Driving {
            driving: &self.shared.driving,
            future: Some(Box::pin(future)),
            counted: false,
        };
        match patience.wait(driving).await {
            None => self.note("drives no more"),
            Some(Driven::Panicked) => self.note("gets the panic"),
            Some(Driven::Ended) => {
                self.note("ends to drive");
                let left = stage.with(|state| state.tasks.iter().position(|task| task.is_alive()));
                if let Some(task) = left {
                    stage.wrong(format!("the future that drives ended, and task {task} has not"));
                }
            }
        }
        true
    }

    /// Ticks at most so often; whether it can be done.
    pub(super) fn tick(&self, times: usize) -> bool {
        let Shared { adapter, stage, driving, .. } = &*self.shared;
        for _ in 0..times.min(MANY) {
            let ticked = catch_unwind(AssertUnwindSafe(|| adapter.tick(&self.executor)));
            let has_more = match ticked {
                Ok(None) => return false,
                Ok(Some(has_more)) => has_more,
                Err(payload) if payload.is::<Planned>() => {
                    self.note("gets the panic");
                    continue;
                }
                Err(payload) => resume_unwind(payload),
            };
            if has_more {
                continue;
            }
            self.note("ticks, and finds nothing more to run");
            // Who drives may have it in hand.
            let due = stage.with(|state| state.tasks.iter().position(|task| task.is_due));
            if let Some(due) = due.filter(|_| driving.get() == 0) {
                stage.wrong(format!(
                    "a tick found nothing to run, though task {due} was spawned or woken and not polled since"
                ));
            }
            return true;
        }
        if times >= MANY {
            stage.wrong(format!(
                "{MANY} ticks found something to run, and no task has so much to do"
            ));
        }
        true
    }

    /// Ticks until nothing is left to run.
    pub(super) fn tick_out(&self) -> bool {
        self.tick(MANY)
    }

    fn note(&self, what: &str) {
        self.shared.stage.note(format!("{} {what}", self.name));
    }
}

enum Driven {
    Ended,
    /// By what a task panicked with.
    Panicked,
}

/// A future that drives, and counts as long as it is there.
struct Driving<'a, F> {
    driving: &'a Cell<usize>,
    future: Option<Pin<Box<F>>>,
    counted: bool,
}

impl<F: Future<Output = ()>> Future for Driving<'_, F> {
    type Output = Driven;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Driven> {
        let this = &mut *self;
        if !std::mem::replace(&mut this.counted, true) {
            this.driving.set(this.driving.get() + 1);
        }
        let Some(future) = &mut this.future else { return Poll::Pending };
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(polled) => polled.map(|()| Driven::Ended),
            Err(payload) if payload.is::<Planned>() => Poll::Ready(Driven::Panicked),
            Err(payload) => resume_unwind(payload),
        }
    }
}

impl<F> Drop for Driving<'_, F> {
    fn drop(&mut self) {
        self.future = None;
        if self.counted {
            self.driving.set(self.driving.get() - 1);
        }
    }
}
