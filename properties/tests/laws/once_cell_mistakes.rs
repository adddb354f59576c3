//! The suite of cells that are initialized once finds each mistake of the reference, and none in
//! what is right.

use crate::reference_once_cell::{Mistake::*, Reference};
use crate::{checker, told_as_one_of};
use reveille::{Law, laws};

#[test]
fn the_reference_passes() {
    laws::once_cell(Reference(Right)).checker(checker().runs(4_000)).check();
}

/// The suite tells of the law that a mistake breaks, in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident breaks $($law:ident)|+, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().runs(10_000).max_steps(2_000);
            told_as_one_of(laws::once_cell(Reference($mistake)), checker, &[$(Law::$law),+], $words, "tasks = ");
        }
    )*};
}

told! {
    a_value_that_wakes_nobody: MadeWakesNobody breaks Stuck, "waits for ever, and could go on: the cell holds item";
    a_value_that_wakes_one: MadeWakesOne breaks Stuck, "waits for ever, and could go on: the cell holds item";
    a_value_that_wakes_only_those_who_would_make_it: MadeWakesNobodyWhoMerelyWaits breaks Stuck, "`wait` of";
    a_set_that_wakes_nobody: SetWakesNobody breaks Stuck, "`wait` of";
    a_failure_that_wakes_nobody: FailureWakesNobody breaks Stuck, "is failed";
    a_drop_that_wakes_nobody: DropWakesNobody breaks Stuck, "is dropped";
    a_drop_that_is_not_noticed: DropGoesOnForEver breaks Panic, "gave `refused`";
    a_panic_that_is_not_noticed: PanicGoesOnForEver breaks Stuck, "is panicked";
    a_failure_that_wakes_one_who_cannot_make_it: WakesWhoCameLastOnly breaks Stuck, "nobody makes its value";
    a_waiter_that_takes_its_wake_along: GoneWithItsWake breaks Stuck, "nobody makes its value";
    a_waiter_that_stays_in_line: StaysInLine breaks Stuck, "nobody makes its value";
    two_at_once: TwoAtOnce breaks Panic, "`begin to make";
    an_initializer_where_there_is_a_value: InitializesThoughThereIsAValue breaks Panic, "`begin to make";
    a_waker_that_is_kept: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll was woken";
    a_wait_that_registers_nothing: ForgetsToRegister breaks PendingWithoutWaker, "no clone of its waker";
    a_set_while_one_is_made: SetsWhileOneIsMade breaks Panic, "`set";
    a_set_in_vain: SetSaysDoneInVain breaks Panic, "`set";
    a_value_that_leaks: LeaksTheValue breaks Panic, "was not dropped";
    a_refused_value_that_leaks: LeaksWhatIsRefused breaks Panic, "was not dropped";
    a_take_that_leaves_it_in_the_making: TakeLeavesItInTheMaking breaks Panic, "waits for ever";
    a_take_that_gives_nothing: TakeGivesNothing breaks Panic, "`take` gives nothing";
    a_take_that_breaks_the_cell: TakePanicsTheNext breaks Panic, "it is initialized, and there is no value";
    a_failure_of_somebody_else: FailsOthers breaks Panic, "it did not fail";
}
