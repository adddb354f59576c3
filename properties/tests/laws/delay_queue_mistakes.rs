//! The suite of delay queues finds each mistake of the reference, and none in what is right.

use crate::reference_delay_queue::{Mistake::*, Reference};
use crate::{checker, told_as_one_of};
use reveille::{Law, laws};

#[test]
fn the_reference_passes() {
    laws::delay_queue(Reference(Right)).checker(checker().runs(4_000)).check();
}

/// The suite tells of the law that a mistake breaks, in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident breaks $($law:ident)|+, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().runs(10_000).max_steps(2_000);
            let suite = laws::delay_queue(Reference($mistake));
            told_as_one_of(suite, checker, &[$(Law::$law),+], $words, "consumer = ");
        }
    )*};
}

told! {
    an_insert_that_wakes_nobody: InsertForgetsToWake breaks Panic, "which no order";
    an_insert_that_wakes_only_if_it_was_empty: InsertWakesOnlyIfItWasEmpty breaks Panic, "which no order";
    an_insert_that_replaces_the_timer: InsertReplacesTheTimer breaks Stuck, "waits for ever, and could go on";
    a_remove_that_wakes_nobody: RemoveForgetsToWake breaks Panic, "gave `the end at";
    a_remove_that_keeps_the_timer: RemoveKeepsTheTimer breaks Panic, "gave `the end at";
    a_remove_that_does_not_find_what_is_due: RemoveDoesNotFindWhatIsDue breaks Panic, "gave `unknown key`";
    a_remove_that_takes_another: RemoveTakesTheNext breaks Panic, "gave `item 1`";
    a_reset_that_wakes_nobody: ResetForgetsToWake breaks Panic, "which no order";
    a_reset_to_the_past_that_wakes_nobody: ResetToThePastForgetsToWake breaks Panic, "which no order";
    a_reset_to_later_that_is_forgotten: ResetToLaterIsForgotten breaks Panic, "which no order";
    a_reset_that_drops_the_timer: ResetDropsTheTimer breaks Stuck | Panic, "reset";
    a_clear_that_wakes_nobody: ClearForgetsToWake breaks Panic, "gave `the end at";
    a_clear_that_keeps_the_timer: ClearKeepsTheTimer breaks Panic, "gave `the end at";
    a_clear_that_leaks: ClearLeaks breaks Panic, "was not dropped";
    an_item_that_comes_early: RoundsDown breaks Panic, "which no order";
    an_item_that_comes_late: RoundsUpTwice breaks Panic, "which no order";
    a_queue_that_keeps_its_first_waker: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll";
    a_queue_that_sets_no_timer: ForgetsToSetTheTimer breaks Stuck, "waits for ever, and could go on";
    a_queue_that_sets_its_timer_once: SetsTheTimerOnce breaks Panic, "which no order";
    a_queue_that_wakes_itself: WakesItself breaks BusyPoll, "wakes itself";
    a_queue_that_ends_before_its_time: EndsBeforeItsTime breaks Panic, "gave `the end at";
    a_queue_that_waits_when_it_is_empty: WaitsWhenEmpty breaks Stuck, "the queue holds nothing";
    a_queue_with_one_item_for_each_time: KeepsOneOfEachTime breaks Panic, "which no order";
    an_item_that_overtakes: TakesTheLast breaks Panic, "which no order";
    a_count_of_what_is_due: CountsWhatIsDue breaks Panic, "gave `0`";
    a_next_due_that_is_the_last: TellsTheTimeOfTheLast breaks Panic, "`next due at";
    a_next_due_of_what_is_not_due_yet: TellsNothingOfWhatIsDue breaks Panic, "`next due at";
    an_old_queue_that_loses_an_item: LosesWhatComesAfterAWheel breaks Panic | Stuck, "age = [34359738.368s";
    an_old_queue_that_panics: PanicsAfterAWheel breaks Panic, "the wheel is too small";
    items_that_are_left_and_leak: LeaksWhatIsLeft breaks Panic, "was not dropped, and nobody has it";
}
