//! What other threads have to say to a run.
//!
//! A run takes nothing from outside, yet a waker is `Send` and a user's thread
//! may wake it. Such a wake is put here and delivered by the run's own thread at
//! its next step: never lost, never a data race, and named in the report because
//! no tape can replay it.
//!
//! A letter is a hint, it owns nothing: one that comes too late is thrown away.
//! So the end of a run takes no lock, and mailboxes, which other threads may hold
//! on to for as long as they like, are never freed but lent to one world after
//! the other.

use crate::sync::{AtomicBool, AtomicU64, Condvar, Mutex, MutexGuard, Ordering};
use std::time::Duration;

/// Letters from foreign threads to the thread of a run.
#[derive(Debug)]
pub(crate) struct Mailbox<T> {
    /// The run that takes letters now. Numbers are not used twice.
    run: AtomicU64,
    has_letters: AtomicBool,
    letters: Mutex<Vec<(u64, T)>>,
    bell: Condvar,
}

impl<T> Mailbox<T> {
    pub(crate) fn new() -> Self {
        Mailbox {
            run: AtomicU64::new(0),
            has_letters: AtomicBool::new(false),
            letters: Mutex::new(Vec::new()),
            bell: Condvar::new(),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(u64, T)>> {
        self.letters.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Begins a run and gives its number; letters to earlier ones are void.
    pub(crate) fn open(&self) -> u64 {
        let run = self.run.load(Ordering::Relaxed) + 1;
        self.run.store(run, Ordering::Relaxed);
        run
    }

    /// Puts in a letter to run `run`.
    pub(crate) fn post(&self, run: u64, letter: T) {
        let mut letters = self.lock();
        letters.push((run, letter));
        self.has_letters.store(true, Ordering::Release);
        drop(letters);
        self.bell.notify_one();
    }

    /// Puts in a letter to the run that takes letters now.
    #[cfg(feature = "threads")]
    pub(crate) fn post_to_present(&self, letter: T) {
        self.post(self.run.load(Ordering::Relaxed), letter);
    }

    /// Is there anything to read? One load, for every step of a run.
    #[inline(always)]
    pub(crate) fn has_letters(&self) -> bool {
        self.has_letters.load(Ordering::Relaxed)
    }

    /// Takes out the letters to the present run.
    pub(crate) fn take(&self) -> Vec<T> {
        let run = self.run.load(Ordering::Relaxed);
        let mut letters = self.lock();
        self.has_letters.store(false, Ordering::Relaxed);
        letters.drain(..).filter(|(to, _)| *to == run).map(|(_, letter)| letter).collect()
    }

    /// Waits in real time until a letter to the present run is there; false when
    /// none came.
    pub(crate) fn wait(&self, patience: Duration) -> bool {
        let run = self.run.load(Ordering::Relaxed);
        let arrived = |letters: &Vec<(u64, T)>| letters.iter().any(|(to, _)| *to == run);
        let letters = self.lock();
        let waited = self.bell.wait_timeout_while(letters, patience, |letters| !arrived(letters));
        let (letters, _) = waited.unwrap_or_else(|poisoned| poisoned.into_inner());
        arrived(&letters)
    }
}
