//! The cell of `futures` and tokio, and the mistakes in it.

use reveille_loom::cell::UnsafeCell;
use reveille_loom::models::WakerCell;
use reveille_loom::sync::atomic::{AtomicBool, AtomicUsize, Ordering::*};
use std::task::Waker;

/// What is wrong with a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mistake {
    None,
    /// Who wakes uses the waker without claiming it, as the `AtomicTask` of futures 0.1.15 did
    /// (rust-lang/futures-rs 868).
    WakesUnclaimed,
    /// The registration ends by a plain store, which wipes out that somebody woke meanwhile.
    EndsByStore,
    /// A wake during a registration says nothing to who registers.
    WakeGivesUp,
    /// The registration that was overtaken wakes nobody.
    OvertakenIsSilent,
    /// What wakes and registers orders nothing.
    Relaxed,
    /// The waker that is there stays.
    KeepsTheFirst,
    /// Who was woken is woken again.
    WakesByReference,
    /// The waker that is replaced leaks.
    ForgetsTheOld,
    /// Somebody who registers while somebody wakes is not told.
    SilentWhileWaking,
    /// There is nothing to wake where no waker was seen, and that is looked at first.
    LooksFirst,
}

const WAITING: usize = 0;
const REGISTERING: usize = 1;
const WAKING: usize = 2;

/// Three states say who may touch the waker.
pub(crate) struct ThreeStates {
    state: AtomicUsize,
    has_waker: AtomicBool,
    waker: UnsafeCell<Option<Waker>>,
    mistake: Mistake,
}

// SAFETY: the state says who may touch the waker.
unsafe impl Sync for ThreeStates {}
// SAFETY: a waker may be sent.
unsafe impl Send for ThreeStates {}

impl ThreeStates {
    pub(crate) fn new(mistake: Mistake) -> Self {
        ThreeStates {
            state: AtomicUsize::new(WAITING),
            has_waker: AtomicBool::new(false),
            waker: UnsafeCell::new(None),
            mistake,
        }
    }

    fn is(&self, mistake: Mistake) -> bool {
        self.mistake == mistake
    }

    fn keep(&self, waker: &Waker) {
        // SAFETY: this thread has made the state REGISTERING.
        self.waker.with_mut(|slot| unsafe {
            match &mut *slot {
                Some(_) if self.is(Mistake::KeepsTheFirst) => {}
                Some(old) if self.is(Mistake::ForgetsTheOld) => {
                    std::mem::forget(std::mem::replace(old, waker.clone()));
                }
                slot => *slot = Some(waker.clone()),
            }
        });
        self.has_waker.store(true, Relaxed);
    }

    fn take(&self) -> Option<Waker> {
        // SAFETY: this thread has made the state WAKING, or REGISTERING.
        self.waker.with_mut(|slot| unsafe {
            if self.is(Mistake::WakesByReference) { (*slot).clone() } else { (*slot).take() }
        })
    }
}

impl WakerCell for ThreeStates {
    fn register(&self, waker: &Waker) {
        let (acquire, acq_rel) =
            if self.is(Mistake::Relaxed) { (Relaxed, Relaxed) } else { (Acquire, AcqRel) };
        match self.state.compare_exchange(WAITING, REGISTERING, acquire, acquire) {
            Ok(_) => {
                self.keep(waker);
                if self.is(Mistake::EndsByStore) {
                    self.state.store(WAITING, Release);
                    return;
                }
                let ended = self.state.compare_exchange(REGISTERING, WAITING, acq_rel, acquire);
                if ended.is_err() {
                    // Somebody woke meanwhile, and left it to us.
                    let waker = self.take();
                    self.state.swap(WAITING, acq_rel);
                    if let Some(waker) = waker.filter(|_| !self.is(Mistake::OvertakenIsSilent)) {
                        waker.wake();
                    }
                }
            }
            Err(WAKING) if !self.is(Mistake::SilentWhileWaking) => {
                waker.wake_by_ref();
                reveille_loom::hint::spin_loop();
            }
            Err(_) => {}
        }
    }

    fn wake(&self) {
        if self.is(Mistake::LooksFirst) && !self.has_waker.load(Acquire) {
            return;
        }
        if self.is(Mistake::WakesUnclaimed) && self.state.load(Acquire) == WAITING {
            // SAFETY: none: that is the mistake, and loom tells of it.
            let waker = self.waker.with(|slot| unsafe { (*slot).clone() });
            if let Some(waker) = waker {
                waker.wake();
            }
            return;
        }
        if self.is(Mistake::WakeGivesUp) && self.state.load(Acquire) == REGISTERING {
            return;
        }
        let acq_rel = if self.is(Mistake::Relaxed) { Relaxed } else { AcqRel };
        if self.state.fetch_or(WAKING, acq_rel) == WAITING {
            let waker = self.take();
            self.state
                .fetch_and(!WAKING, if self.is(Mistake::Relaxed) { Relaxed } else { Release });
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}
