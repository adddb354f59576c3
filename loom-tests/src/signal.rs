//! Wakers of models: each is somebody who waits for a wake.

use crate::recorder::{Operation, new_object};
use loom::sync::{Condvar, Mutex};
use std::panic::Location;
use std::sync::Arc;
use std::task::{Wake, Waker};

/// Somebody who can be woken, by wakers that are counted.
pub(crate) struct Signal {
    inner: Arc<Inner>,
}

struct Inner {
    name: &'static str,
    object: u32,
    woken: Mutex<usize>,
    bell: Condvar,
}

impl Wake for Inner {
    #[track_caller]
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    #[track_caller]
    fn wake_by_ref(self: &Arc<Self>) {
        let operation = Operation::begin(Some(self.object), || format!("wakes {}", self.name));
        let mut woken = self.woken.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        *woken += 1;
        drop(woken);
        self.bell.notify_all();
        operation.end();
    }
}

impl Signal {
    #[track_caller]
    pub(crate) fn new(name: &'static str) -> Signal {
        Signal {
            inner: Arc::new(Inner {
                name,
                object: new_object("Waker", Location::caller()),
                woken: Mutex::new(0),
                bell: Condvar::new(),
            }),
        }
    }

    pub(crate) fn waker(&self) -> Waker {
        Waker::from(self.inner.clone())
    }

    /// Waits to have been woken since the last time.
    #[track_caller]
    pub(crate) fn wait(&self) {
        let operation =
            Operation::begin(Some(self.inner.object), || format!("waits as {}", self.inner.name));
        let mut woken = self.inner.woken.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        while *woken == 0 {
            woken = self.inner.bell.wait(woken).unwrap_or_else(|poisoned| poisoned.into_inner());
        }
        *woken = 0;
        drop(woken);
        operation.end();
    }

    /// How often it was woken and has not noticed.
    pub(crate) fn woken(&self) -> usize {
        *self.inner.woken.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// The wakers that somebody has.
    pub(crate) fn wakers(&self) -> usize {
        Arc::strong_count(&self.inner) - 1
    }
}
