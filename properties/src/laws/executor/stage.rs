//! What is known of the tasks of a run: who was woken, who ended, who is gone.

use super::plan::{Deeds, EVENTS, TASKS};
use crate::breach::Breach;
use crate::laws::given::item::Drops;
use crate::laws::play::history::History;
use std::array::from_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;

/// What tasks, and those who use the executor from outside, share.
pub(super) struct Stage {
    pub(super) drops: Drops,
    pub(super) deeds: Vec<Deeds>,
    state: Mutex<State>,
}

pub(super) struct State {
    pub(super) tasks: [Task; TASKS],
    pub(super) events: [bool; EVENTS],
    /// Wakers that outlive their tasks.
    pub(super) kept: Vec<Waker>,
    /// The executor is gone.
    pub(super) is_over: bool,
    history: History,
    wrong: Option<String>,
}

#[derive(Default)]
pub(super) struct Task {
    pub(super) is_spawned: bool,
    /// It was spawned or woken, and has not been polled since.
    pub(super) is_due: bool,
    pub(super) is_polled: bool,
    /// It returned or panicked.
    pub(super) has_ended: bool,
    pub(super) has_panicked: bool,
    pub(super) is_cancelled: bool,
    pub(super) is_dropped: bool,
    /// Of its latest poll.
    pub(super) waker: Option<Waker>,
    /// The event that it waits for.
    pub(super) awaits: Option<u8>,
    /// The item that it gives.
    pub(super) output: usize,
}

impl Task {
    /// It is in the executor, and nothing says that it is to go.
    pub(super) fn is_alive(&self) -> bool {
        self.is_spawned && !self.has_ended && !self.is_cancelled && !self.is_dropped
    }
}

impl Stage {
    pub(super) fn new(deeds: Vec<Deeds>) -> Arc<Stage> {
        let state = State {
            tasks: from_fn(|_| Task::default()),
            events: [false; EVENTS],
            kept: Vec::new(),
            is_over: false,
            history: History::of("executor"),
            wrong: None,
        };
        Arc::new(Stage { drops: Drops::default(), deeds, state: Mutex::new(state) })
    }

    /// Nothing is called out of this: a waker may do anything.
    pub(super) fn with<R>(&self, f: impl FnOnce(&mut State) -> R) -> R {
        f(&mut self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn note(&self, what: String) {
        self.lock().history.note(what);
    }

    /// Something is wrong; the first of that is told.
    pub(super) fn wrong(&self, how: String) {
        let state = &mut *self.lock();
        if state.wrong.is_none() {
            state.history.note(format!("wrong: {how}"));
            state.wrong = Some(how);
        }
    }

    /// That something is wrong, in words, with what led up to it.
    pub(super) fn told(&self) -> Result<(), Breach> {
        let state = self.lock();
        match &state.wrong {
            None => Ok(()),
            Some(how) => state.history.breach(format_args!("{how}")),
        }
    }

    /// Somebody calls the latest waker of a task.
    pub(super) fn wake(&self, who: &str, task: u8) {
        let waker = self.with(|state| {
            let task = &mut state.tasks[usize::from(task)];
            let waker = task.waker.clone()?;
            task.is_due |= task.is_alive();
            Some(waker)
        });
        if let Some(waker) = waker {
            self.note(format!("{who} wakes task {task}"));
            waker.wake();
        }
    }

    /// An event comes, for those who wait for it and all that come later.
    pub(super) fn cause(&self, who: &str, event: u8) {
        let first =
            self.with(|state| !std::mem::replace(&mut state.events[usize::from(event)], true));
        if !first {
            return;
        }
        self.note(format!("{who} causes event {event}"));
        for task in 0..TASKS as u8 {
            let awaits = self.with(|state| state.tasks[usize::from(task)].awaits == Some(event));
            if awaits {
                self.wake(who, task);
            }
        }
    }
}
