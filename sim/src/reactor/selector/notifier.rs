//! Waking a selector from elsewhere.

use super::Token;
use crate::sync::{AtomicBool, Mutex, Ordering};
use std::fmt;
use std::sync::{Arc, PoisonError};
use std::task::Waker;

/// Has a [`Selector`](super::Selector) tell an event, from any task or thread; made by
/// [`Selector::notifier`](super::Selector::notifier).
///
/// However often it was called since, that is one event. Clones tell the same one.
#[derive(Clone, Debug)]
pub struct Notifier {
    pub(super) token: Token,
    pub(super) notified: Arc<AtomicBool>,
    pub(super) place: Arc<WakerPlace>,
}

impl Notifier {
    /// Has the selector tell its event. Nothing happens if it is gone.
    pub fn notify(&self) {
        if !self.notified.swap(true, Ordering::AcqRel) {
            self.place.wake();
        }
    }

    /// The token of its event.
    #[must_use]
    pub fn token(&self) -> Token {
        self.token
    }
}

/// The waker of whoever waits for a selector.
pub(super) struct WakerPlace(Mutex<Option<Waker>>);

impl WakerPlace {
    pub(super) fn new() -> WakerPlace {
        WakerPlace(Mutex::new(None))
    }

    fn replace(&self, waker: Option<Waker>) -> Option<Waker> {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut place, waker)
    }

    /// Keeps `waker` in place of that of an earlier poll.
    pub(super) fn keep(&self, waker: &Waker) {
        let kept = self.replace(None);
        let waker = match kept {
            Some(kept) if kept.will_wake(waker) => kept,
            _ => waker.clone(),
        };
        drop(self.replace(Some(waker)));
    }

    pub(super) fn wake(&self) {
        if let Some(waker) = self.replace(None) {
            waker.wake();
        }
    }

    pub(super) fn clear(&self) {
        drop(self.replace(None));
    }
}

impl fmt::Debug for WakerPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WakerPlace").finish_non_exhaustive()
    }
}
