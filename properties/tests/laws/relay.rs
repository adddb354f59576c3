//! A waker of one's own that passes wakes on, for references that are told to make mistakes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Wake, Waker};

/// Passes a wake on to the waker that it was given last.
#[derive(Default)]
pub(crate) struct Relay(Mutex<State>);

#[derive(Default)]
pub(crate) struct State {
    pub(crate) outer: Option<Waker>,
    pub(crate) is_woken: bool,
    pub(crate) is_polling: bool,
    /// Mistakes.
    pub(crate) is_deaf_while_polling: bool,
    pub(crate) wakes_once: bool,
    pub(crate) has_woken: bool,
}

impl Relay {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn waker(self: &Arc<Relay>) -> Waker {
        Waker::from(self.clone())
    }

    /// Takes the waker of a poll, and whether it was woken since the last.
    pub(crate) fn begin(&self, waker: &Waker, keeps_its_first: bool) -> bool {
        let mut state = self.state();
        let old = match (&state.outer, keeps_its_first) {
            (Some(_), true) => None,
            _ => state.outer.replace(waker.clone()),
        };
        state.is_polling = true;
        let was_woken = std::mem::take(&mut state.is_woken);
        drop(state);
        drop(old);
        was_woken
    }

    pub(crate) fn end(&self) {
        self.state().is_polling = false;
    }
}

impl Wake for Relay {
    fn wake(self: Arc<Relay>) {
        let mut state = self.state();
        if (state.is_polling && state.is_deaf_while_polling)
            || (state.has_woken && state.wakes_once)
        {
            return;
        }
        state.has_woken = true;
        state.is_woken = true;
        let outer = state.outer.clone();
        drop(state);
        if let Some(outer) = outer {
            outer.wake();
        }
    }
}
