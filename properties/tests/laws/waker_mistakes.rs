//! The suite of wakers finds each mistake of the reference, and none in what is right.

use crate::reference_waker::{Mistake::*, Reference};
use crate::{checker, told};
use reveille::{Law, laws};

#[test]
fn the_reference_passes() {
    laws::waker(Reference(Right)).checker(checker().runs(4_000)).check();
}

/// The suite tells of a mistake in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            told(laws::waker(Reference($mistake)), Law::Panic, $words);
        }
    )*};
}

told! {
    a_clone_that_does_not_count: CloneDoesNotCount, "was dropped, and there are still clones";
    a_clone_that_counts_twice: CloneCountsTwice, "was not dropped with the last clone";
    a_clone_that_calls: CloneCalls, "woken 0 times and called 1 times";
    a_drop_that_does_nothing: DropDoesNothing, "was not dropped with the last clone";
    a_drop_that_calls: DropCalls, "woken 0 times and called 1 times";
    a_drop_that_only_works_on_its_thread: DropStaysOnItsThread, "was not dropped with the last clone";
    a_wake_that_does_not_drop: WakeForgetsToDrop, "was not dropped with the last clone";
    a_wake_that_does_not_call: WakeDoesNotCall, "woken 1 times and called 0 times";
    a_wake_that_calls_twice: WakeCallsTwice, "woken 1 times and called 2 times";
    a_wake_by_reference_that_drops: WakeByRefDrops, "was dropped, and there are still clones";
    a_wake_by_reference_that_does_not_call: WakeByRefDoesNotCall, "woken 1 times and called 0 times";
    a_waker_that_calls_once: WakesOnce, "woken 2 times and called 1 times";
    a_panic_that_keeps_a_clone: PanicForgetsToDrop, "was not dropped with the last clone";
    a_waker_that_calls_another: CallsTheLastMade, "woken 1 times and called 0 times";
}
