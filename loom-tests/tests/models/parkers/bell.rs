//! A parker of a state and a condition variable, and the mistakes in it.

use reveille_loom::models::Parker;
use reveille_loom::sync::atomic::{AtomicU32, Ordering::*};
use reveille_loom::sync::{Condvar, Mutex};

const EMPTY: u32 = 0;
const PARKED: u32 = 1;
const NOTIFIED: u32 = 2;

/// What is wrong with a parker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mistake {
    None,
    /// An unpark of a thread that is not parked leaves nothing behind.
    NoToken,
    /// The token is looked at, and then the thread parks, whatever has come meanwhile.
    CheckThenPark,
    /// The state is set with nothing that orders what came before.
    RelaxedUnpark,
    /// The token is taken by a plain store, as in std up to 1.30 (rust-lang/rust 53366): an
    /// unpark that comes between the look and the store orders nothing.
    TakenByStore,
    /// An unpark that sees a token returns at once.
    SeesTheToken,
    /// The bell is rung between the parked thread's look at the state and its wait.
    RingsWithoutLock,
    /// The token stays when it was used.
    StaysNotified,
    /// The state becomes PARKED whatever it was.
    ParksOverTheToken,
    /// Nobody is woken.
    NoBell,
}

/// The parker of `parking`, and of std where there is no futex: a state and a condition variable.
pub(crate) struct Bell {
    state: AtomicU32,
    lock: Mutex<()>,
    bell: Condvar,
    mistake: Mistake,
}

impl Bell {
    pub(crate) fn new(mistake: Mistake) -> Self {
        Bell { state: AtomicU32::new(EMPTY), lock: Mutex::new(()), bell: Condvar::new(), mistake }
    }
}

impl Parker for Bell {
    fn park(&self) {
        let mistake = self.mistake;
        if mistake == Mistake::StaysNotified && self.state.load(Acquire) == NOTIFIED {
            return;
        }
        if mistake == Mistake::TakenByStore {
            if self.state.load(Relaxed) == NOTIFIED {
                self.state.store(EMPTY, Relaxed);
                reveille_loom::sync::atomic::fence(Acquire);
                return;
            }
        } else if self.state.compare_exchange(NOTIFIED, EMPTY, Acquire, Relaxed).is_ok() {
            return;
        }
        let mut guard = self.lock.lock().unwrap();
        match mistake {
            Mistake::CheckThenPark => {
                self.state.store(PARKED, Relaxed);
                drop(self.bell.wait(guard));
                self.state.store(EMPTY, Relaxed);
                return;
            }
            Mistake::ParksOverTheToken => self.state.store(PARKED, Relaxed),
            _ if self.state.compare_exchange(EMPTY, PARKED, Relaxed, Relaxed).is_err() => {
                self.state.swap(EMPTY, Acquire);
                return;
            }
            _ => {}
        }
        loop {
            guard = self.bell.wait(guard).unwrap();
            if self.state.compare_exchange(NOTIFIED, EMPTY, Acquire, Relaxed).is_ok() {
                return;
            }
        }
    }

    fn unpark(&self) {
        let mistake = self.mistake;
        let before = match mistake {
            Mistake::NoToken => {
                let is_parked = self.state.compare_exchange(PARKED, NOTIFIED, AcqRel, Acquire);
                is_parked.unwrap_or_else(|state| state)
            }
            Mistake::SeesTheToken if self.state.load(Relaxed) == NOTIFIED => NOTIFIED,
            Mistake::RelaxedUnpark => self.state.swap(NOTIFIED, Relaxed),
            _ => self.state.swap(NOTIFIED, Release),
        };
        if before != PARKED || mistake == Mistake::NoBell {
            return;
        }
        if mistake != Mistake::RingsWithoutLock {
            drop(self.lock.lock().unwrap());
        }
        self.bell.notify_one();
    }
}
