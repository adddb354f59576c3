//! Parkers: the three ways of the field, and what goes wrong with them.

pub(crate) mod bell;

use super::{breaks, holds};
use bell::{Bell, Mistake};
use expect_test::expect;
use reveille_loom::models::{Parker, park_unpark};
use reveille_loom::sync::Futex;
use reveille_loom::sync::atomic::Ordering::*;
use reveille_loom::thread::{self, Thread};

/// The parker of std on Linux: a word on which the kernel waits.
struct Word {
    word: Futex,
    mistake: Mistake,
}

const NOT_PARKED: u32 = 0;
const IS_PARKED: u32 = u32::MAX;
const HAS_TOKEN: u32 = 1;

impl Parker for Word {
    fn park(&self) {
        // Down by one: from the token to nothing, or from nothing to parked.
        if self.word.fetch_sub(1, Acquire) == HAS_TOKEN {
            return;
        }
        loop {
            self.word.wait(IS_PARKED);
            if self.mistake == Mistake::StaysNotified {
                if self.word.load(Acquire) == HAS_TOKEN {
                    return;
                }
            } else if self.word.compare_exchange(HAS_TOKEN, NOT_PARKED, Acquire, Acquire).is_ok() {
                return;
            }
        }
    }

    fn unpark(&self) {
        if self.mistake == Mistake::NoBell {
            self.word.wake_one();
            self.word.swap(HAS_TOKEN, Release);
        } else if self.word.swap(HAS_TOKEN, Release) == IS_PARKED {
            self.word.wake_one();
        }
    }
}

/// std's own parking, of the thread that has made it.
struct OfStd(Thread);

impl Parker for OfStd {
    const MAY_RETURN_EARLY: bool = true;

    fn park(&self) {
        thread::park();
    }

    fn unpark(&self) {
        self.0.unpark();
    }
}

#[test]
fn a_bell_holds() {
    holds(
        park_unpark(|| Bell::new(Mistake::None)),
        expect![[r#"
            1 iteration: an unpark before the park is kept
            18 iterations: an unpark while the thread parks is not lost
            18 iterations: what was done before the unpark is seen after the park
            648 iterations: a token counts once
            1491 iterations: two unparks may be one, but what was done before the second is seen
            3318 iterations: two threads may unpark at once"#]],
    );
}

#[test]
fn a_word_holds() {
    holds(
        park_unpark(|| Word { word: Futex::new(NOT_PARKED), mistake: Mistake::None }),
        expect![[r#"
            1 iteration: an unpark before the park is kept
            37 iterations: an unpark while the thread parks is not lost
            37 iterations: what was done before the unpark is seen after the park
            3895 iterations: a token counts once
            11895 iterations: two unparks may be one, but what was done before the second is seen
            6025 iterations: two threads may unpark at once"#]],
    );
}

#[test]
fn std_holds() {
    holds(
        park_unpark(|| OfStd(thread::current())),
        expect![[r#"
            2 iterations: an unpark before the park is kept
            4 iterations: an unpark while the thread parks is not lost
            418 iterations: two unparks may be one, but what was done before the second is seen
            3009 iterations: two threads may unpark at once
            not checked: what was done before the unpark is seen after the park (a park may return early)
            not checked: a token counts once (a park may return early)"#]],
    );
}

macro_rules! mistakes {
    ($($test:ident: $mistake:ident breaks $rule:literal;)*) => { $(
        #[test]
        fn $test() {
            breaks(park_unpark(|| Bell::new(Mistake::$mistake)), $rule);
        }
    )* };
}

mistakes! {
    no_token: NoToken breaks "an unpark before the park is kept";
    check_then_park: CheckThenPark breaks "an unpark while the thread parks is not lost";
    relaxed_unpark: RelaxedUnpark breaks "what was done before the unpark is seen";
    taken_by_store: TakenByStore breaks "what was done before the second is seen";
    sees_the_token: SeesTheToken breaks "what was done before the second is seen";
    rings_without_lock: RingsWithoutLock breaks "an unpark while the thread parks is not lost";
    stays_notified: StaysNotified breaks "a token counts once";
    parks_over_the_token: ParksOverTheToken breaks "an unpark while the thread parks is not lost";
    no_bell: NoBell breaks "an unpark while the thread parks is not lost";
}

#[test]
fn a_word_that_stays_notified() {
    let make = || Word { word: Futex::new(NOT_PARKED), mistake: Mistake::StaysNotified };
    breaks(park_unpark(make), "a token counts once");
}

#[test]
fn a_word_whose_bell_is_rung_too_early() {
    let make = || Word { word: Futex::new(NOT_PARKED), mistake: Mistake::NoBell };
    breaks(park_unpark(make), "an unpark while the thread parks is not lost");
}
