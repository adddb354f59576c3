//! Cells for a waker: the one of `futures` and tokio, and what goes wrong with it.

pub(crate) mod three_states;

use super::{breaks, holds};
use expect_test::expect;
use reveille_loom::models::{WakerCell, waker_cell};
use reveille_loom::sync::Mutex;
use reveille_loom::sync::atomic::{AtomicBool, Ordering::*, fence};
use std::task::Waker;
use three_states::{Mistake, ThreeStates};

/// A lock does as well, if who looks first makes sure that it sees.
pub(crate) struct Locked {
    waker: Mutex<Option<Waker>>,
    is_there: AtomicBool,
    fences: bool,
}

impl WakerCell for Locked {
    fn register(&self, waker: &Waker) {
        *self.waker.lock().unwrap() = Some(waker.clone());
        self.is_there.store(true, Relaxed);
        if self.fences {
            fence(SeqCst);
        }
    }

    fn wake(&self) {
        if self.fences {
            fence(SeqCst);
        }
        if self.is_there.load(Relaxed) {
            let waker = self.waker.lock().unwrap().take();
            if let Some(waker) = waker {
                waker.wake();
            }
        }
    }
}

#[test]
fn three_states_hold() {
    holds(
        waker_cell(|| ThreeStates::new(Mistake::None)),
        expect![[r#"
            1 iteration: who registered is woken
            96 iterations: a wake between the check and the wait is not lost
            96 iterations: the waker that was registered last is woken
            291 iterations: two wakes may be one, but never none
            6952 iterations: two threads may wake at once
            1 iteration: nobody is woken who was woken before and has not come again
            11 iterations: no waker is kept after the cell is gone"#]],
    );
}

pub(crate) fn locked(fences: bool) -> Locked {
    Locked { waker: Mutex::new(None), is_there: AtomicBool::new(false), fences }
}

#[test]
fn a_lock_with_fences_holds() {
    holds(
        waker_cell(|| locked(true)),
        expect![[r#"
            1 iteration: who registered is woken
            46 iterations: a wake between the check and the wait is not lost
            74 iterations: the waker that was registered last is woken
            194 iterations: two wakes may be one, but never none
            5181 iterations: two threads may wake at once
            1 iteration: nobody is woken who was woken before and has not come again
            12 iterations: no waker is kept after the cell is gone"#]],
    );
}

#[test]
fn a_fence_is_missing() {
    breaks(waker_cell(|| locked(false)), "a wake between the check and the wait is not lost");
}

macro_rules! mistakes {
    ($($test:ident: $mistake:ident breaks $rule:literal;)*) => { $(
        #[test]
        fn $test() {
            breaks(waker_cell(|| ThreeStates::new(Mistake::$mistake)), $rule);
        }
    )* };
}

mistakes! {
    wakes_unclaimed: WakesUnclaimed breaks "a wake between the check and the wait is not lost";
    ends_by_store: EndsByStore breaks "a wake between the check and the wait is not lost";
    wake_gives_up: WakeGivesUp breaks "a wake between the check and the wait is not lost";
    overtaken_is_silent: OvertakenIsSilent breaks "two wakes may be one, but never none";
    relaxed: Relaxed breaks "a wake between the check and the wait is not lost";
    keeps_the_first: KeepsTheFirst breaks "the waker that was registered last is woken";
    wakes_by_reference: WakesByReference breaks "nobody is woken who was woken before";
    forgets_the_old: ForgetsTheOld breaks "no waker is kept after the cell is gone";
    silent_while_waking: SilentWhileWaking breaks "two wakes may be one, but never none";
    looks_first: LooksFirst breaks "a wake between the check and the wait is not lost";
}
