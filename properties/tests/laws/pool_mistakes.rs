//! The suite of pools finds each mistake of the reference, and none in what is right.

use crate::reference_pool::{Mistake::*, Reference};
use crate::{checker, told_as_one_of};
use reveille::{Law, laws};

#[test]
fn the_reference_passes() {
    laws::pool(Reference(Right)).checker(checker().runs(4_000)).check();
}

/// The suite tells of the law that a mistake breaks, in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident breaks $($law:ident)|+, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().runs(10_000).max_steps(2_000);
            told_as_one_of(laws::pool(Reference($mistake)), checker, &[$(Law::$law),+], $words, "tasks = ");
        }
    )*};
}

told! {
    a_put_that_wakes_nobody: PutWakesNobody breaks Stuck, "`get` of";
    a_take_that_wakes_nobody: TakeWakesNobody breaks Stuck, "take";
    a_take_that_makes_no_room: TakeMakesNoRoom breaks Stuck, "take";
    a_failure_that_wakes_nobody: FailureWakesNobody breaks Stuck, "is failed";
    a_failure_that_makes_no_room: FailureMakesNoRoom breaks Stuck, "is failed";
    a_drop_that_makes_no_room: DropMakesNoRoom breaks Stuck, "waits for ever, and could go on";
    a_waiter_that_takes_its_wake_along: GoneWithItsWake breaks Stuck, "\\ dropped";
    a_waiter_that_stays_in_line: StaysInLine breaks Stuck, "waits for ever, and could go on";
    room_for_one_more: HoldsOneMore breaks Panic, "`begin to make";
    room_for_one_less: HoldsOneLess breaks Stuck, "waits for ever, and could go on";
    one_that_is_being_made_and_not_counted: ForgetsWhatIsBeingMade breaks Panic, "which no order";
    an_object_that_is_not_fit: GivesOutWhatIsNotFit breaks Panic, "`get` of";
    an_object_that_is_lost_when_it_is_looked_at: LosesWhatIsLookedAt breaks Panic, "which no order";
    an_object_that_is_lost_when_it_is_put_back: LeaksWhatIsPut breaks Panic, "pool:";
    a_close_that_wakes_one: CloseWakesOne breaks Stuck, "the pool is closed";
    a_closed_pool_that_gives: GivesAfterClose breaks Panic, "the pool is closed";
    a_pool_that_grows_by_too_much: GrowsByWhatIsMissing breaks Panic, "`begin to make";
    a_growth_that_wakes_nobody: GrowthWakesNobody breaks Stuck, "resize to";
    a_pool_that_does_not_shrink: ShrinksNot breaks Panic, "`begin to make";
    a_broken_one_that_wakes_nobody: BrokenWakesNobody breaks Stuck, "is broken";
    a_broken_one_that_is_given_out: BrokenIsGivenOut breaks Panic, "which no order";
    a_broken_one_that_makes_no_room: BrokenMakesNoRoom breaks Stuck, "is broken";
    a_waker_that_is_kept: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll was woken";
    a_wait_that_registers_nothing: ForgetsToRegister breaks PendingWithoutWaker, "no clone of its waker";
}
