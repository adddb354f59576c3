//! The word that Linux's futex(2) waits on.

use super::atomic::AtomicU32;
use crate::recorder::Operation;
use loom::sync::{Condvar, Mutex};
use std::fmt;
use std::ops::Deref;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

/// An atomic word on which threads wait, as with Linux's futex(2) and the like of other systems.
///
/// To look at the word and to begin to wait is one step: a wake between them is not lost. Who
/// changes the word without a [`wake`](Self::wake_one) wakes nobody.
pub struct Futex {
    word: AtomicU32,
    /// How many wakes there were.
    wakes: Mutex<u64>,
    bell: Condvar,
}

impl Futex {
    /// A word of that value. It can only be made within a model.
    #[track_caller]
    #[must_use]
    pub fn new(value: u32) -> Self {
        Futex { word: AtomicU32::new(value), wakes: Mutex::new(0), bell: Condvar::new() }
    }

    /// Waits for a wake, if the word has that value. Answers whether it had.
    #[track_caller]
    pub fn wait(&self, expected: u32) -> bool {
        let operation = Operation::begin(None, || format!("futex wait({expected})"));
        let wakes = self.wakes.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = self.word.load(Ordering::SeqCst) == expected;
        if waits {
            drop(self.bell.wait(wakes));
        }
        operation.answers(|| if waits { "woken" } else { "has changed" }.into());
        waits
    }

    /// Wakes one that waits.
    #[track_caller]
    pub fn wake_one(&self) {
        let operation = Operation::begin(None, || "futex wake".into());
        *self.wakes.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.bell.notify_one();
        operation.end();
    }

    /// Wakes all that wait.
    #[track_caller]
    pub fn wake_all(&self) {
        let operation = Operation::begin(None, || "futex wake all".into());
        *self.wakes.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.bell.notify_all();
        operation.end();
    }
}

impl Deref for Futex {
    type Target = AtomicU32;
    fn deref(&self) -> &AtomicU32 {
        &self.word
    }
}

impl fmt::Debug for Futex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Futex").finish_non_exhaustive()
    }
}
