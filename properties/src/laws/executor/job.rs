//! The future of a task.

use super::plan::{Deed, Deeds};
use super::stage::Stage;
use crate::laws::given::item::Item;
use std::cell::RefCell;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

/// What a task panics with that is to.
pub(super) struct Planned;

/// Who spawns a task of this number on the executor.
pub(super) type Spawn = dyn Fn(&str, u8);

thread_local! {
    /// For tasks, which can hold nothing of the executor: they may be sent.
    static SPAWN: RefCell<Option<Rc<Spawn>>> = const { RefCell::new(None) };
}

/// Tasks of this run can spawn others, until it is dropped.
pub(super) struct Spawning(());

impl Spawning {
    pub(super) fn by(spawn: Rc<Spawn>) -> Spawning {
        drop(SPAWN.replace(Some(spawn)));
        Spawning(())
    }
}

impl Drop for Spawning {
    fn drop(&mut self) {
        drop(SPAWN.take());
    }
}

pub(super) struct Playing {
    stage: Arc<Stage>,
    number: u8,
    name: String,
    deeds: Deeds,
    /// Deeds that are done.
    done: usize,
    /// The output, until it is given.
    item: Option<Item>,
    /// What it holds until it is dropped.
    _content: Item,
}

impl Playing {
    pub(super) fn new(stage: &Arc<Stage>, number: u8) -> Playing {
        let deeds = stage.deeds[usize::from(number)].clone();
        let (item, _content) = (stage.drops.item(), stage.drops.item());
        stage.with(|state| state.tasks[usize::from(number)].output = item.number());
        let (stage, name) = (stage.clone(), format!("task {number}"));
        Playing { stage, number, name, deeds, done: 0, item: Some(item), _content }
    }

    /// What the state says of this poll before it begins.
    fn begin(&self, waker: &Waker) {
        let name = &self.name;
        let old = self.stage.with(|state| {
            let is_over = state.is_over;
            let task = &mut state.tasks[usize::from(self.number)];
            let wrong = if is_over {
                Some(format!("{name} is polled, and its executor is gone"))
            } else if task.is_polled {
                Some(format!("{name} is polled while it is being polled"))
            } else if task.has_ended {
                Some(format!("{name} is polled after its end"))
            } else if task.is_cancelled {
                Some(format!("{name} is polled, and was cancelled"))
            } else {
                None
            };
            task.is_polled = true;
            task.is_due = false;
            task.awaits = None;
            (wrong, task.waker.replace(waker.clone()))
        });
        let (wrong, old) = old;
        drop(old);
        wrong.into_iter().for_each(|how| self.stage.wrong(how));
    }

    /// Does deeds until one is to be waited for; whether all are done.
    fn go_on(&mut self, waker: &Waker) -> bool {
        while let Some(deed) = self.deeds.deeds.get(self.done).copied() {
            self.done += 1;
            match deed {
                Deed::Yield => {
                    self.stage.wake(&self.name, self.number);
                    return false;
                }
                Deed::Wait(event) => {
                    let has_come = self.stage.with(|state| {
                        let has_come = state.events[usize::from(event)];
                        if !has_come {
                            state.tasks[usize::from(self.number)].awaits = Some(event);
                        }
                        has_come
                    });
                    if !has_come {
                        self.done -= 1;
                        return false;
                    }
                }
                Deed::Cause(event) => self.stage.cause(&self.name, event),
                Deed::Wake(task) => self.stage.wake(&self.name, task),
                Deed::Keep => {
                    let clone = waker.clone();
                    self.stage.with(|state| state.kept.push(clone));
                }
                Deed::Spawn(task) => {
                    let spawn = SPAWN.with_borrow(Clone::clone);
                    spawn.into_iter().for_each(|spawn| spawn(&self.name, task));
                }
                Deed::Panic => {
                    self.stage.note(format!("{} panics", self.name));
                    self.stage.with(|state| {
                        state.tasks[usize::from(self.number)].has_panicked = true;
                    });
                    self.end();
                    resume_unwind(Box::new(Planned));
                }
            }
        }
        true
    }

    fn end(&self) {
        self.stage.with(|state| {
            let task = &mut state.tasks[usize::from(self.number)];
            task.has_ended = true;
            task.is_due = false;
            task.is_polled = false;
        });
    }
}

impl Future for Playing {
    type Output = Item;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Item> {
        let this = self.get_mut();
        this.begin(cx.waker());
        if this.item.is_some() && this.go_on(cx.waker()) {
            this.stage.note(format!("{} is polled: Ready", this.name));
            this.end();
            if let Some(item) = this.item.take() {
                return Poll::Ready(item);
            }
        }
        this.stage.note(format!("{} is polled: Pending", this.name));
        this.stage.with(|state| state.tasks[usize::from(this.number)].is_polled = false);
        Poll::Pending
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        let (waker, is_early) = self.stage.with(|state| {
            let is_over = state.is_over;
            let task = &mut state.tasks[usize::from(self.number)];
            let is_early = task.is_alive() && !is_over;
            task.is_dropped = true;
            task.is_due = false;
            task.awaits = None;
            (task.waker.take(), is_early)
        });
        drop(waker);
        self.stage.note(format!("{} is dropped", self.name));
        if is_early {
            self.stage.wrong(format!("{} is dropped before its end", self.name));
        }
        if let Some(event) = self.deeds.on_drop {
            self.stage.cause(&self.name, event);
        }
    }
}
