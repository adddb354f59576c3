//! The suite of functions that block finds each mistake of the reference, and none in what is
//! right.

use crate::reference_block_on::{Mistake::*, Reference};
use crate::{checker, told_by};
use reveille::{Law, laws};

#[test]
fn the_reference_passes() {
    laws::block_on(Reference(Right)).checker(checker().runs(1_000)).check();
}

/// The suite tells of a mistake in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            told_by(laws::block_on(Reference($mistake)), checker(), Law::Panic, $words, "calls = ");
        }
    )*};
}

told! {
    a_park_token_that_others_take: UsesTheParkToken, "did not return within";
    a_wake_during_the_poll_that_is_forgotten: ForgetsWakesDuringThePoll, "did not return within";
    a_wait_without_a_look: WaitsWithoutALook, "did not return within";
    a_wake_that_only_reaches_those_who_wait: RingsForThoseWhoWait, "did not return within";
    a_wake_by_reference_that_does_nothing: WakeByRefDoesNothing, "did not return within";
    a_waker_that_wakes_once: WakesOnce, "did not return within";
    a_waker_for_one_thread: IgnoresOtherThreads, "did not return within";
    a_waker_for_other_threads: IgnoresItsOwnThread, "did not return within";
    a_wake_that_is_taken_by_a_call_inside: SharesItsBell, "did not return within";
    a_function_that_spins: Spins, "and there were only";
    a_poll_after_the_end: PollsAfterReady, "was polled after it had ended";
    a_future_that_leaks: LeaksTheFuture, "had not dropped it";
    a_future_that_is_dropped_later: DropsTheFutureLater, "had not dropped it";
    a_panic_that_is_swallowed: SwallowsPanics, "did not return within";
    a_panic_that_leaves_its_mark: StaysEnteredAfterAPanic, "a future is being blocked on";
}
