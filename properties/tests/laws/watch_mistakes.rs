//! The suite of watches finds each mistake of the reference, and none in what is right.

use crate::reference_watch::{Mistake::*, Reference};
use crate::{checker, told_as_one_of};
use reveille::{Law, laws};

#[test]
fn the_reference_passes() {
    laws::watch(Reference(Right)).checker(checker().runs(4_000)).check();
}

/// The suite tells of the law that a mistake breaks, in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident breaks $($law:ident)|+, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().runs(10_000).max_steps(2_000);
            told_as_one_of(laws::watch(Reference($mistake)), checker, &[$(Law::$law),+], $words, "senders = ");
        }
    )*};
}

told! {
    a_send_that_wakes_nobody: SendWakesNobody breaks Stuck, "waits for ever, and could go on: the value is";
    a_send_that_wakes_one: SendWakesOne breaks Stuck, "waits for ever, and could go on";
    a_last_sender_that_wakes_nobody: LastSenderWakesNobody breaks Stuck, "there is no sender";
    a_last_sender_that_wakes_one: LastSenderWakesOne breaks Stuck, "there is no sender";
    a_last_receiver_that_wakes_nobody: LastReceiverWakesNobody breaks Stuck, "and no receiver";
    a_wait_that_keeps_its_first_waker: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll was woken";
    a_closed_that_keeps_its_first_waker: ClosedKeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll was woken";
    a_wait_that_registers_nothing: ForgetsToRegister breaks PendingWithoutWaker, "no clone of its waker";
    a_wait_that_registers_once: ForgetsToRegisterAgain breaks PendingWithoutWaker | StaleWaker, "waker";
    a_wait_that_wakes_itself: WakesItself breaks BusyPoll, "wakes itself";
    news_that_go_with_who_was_dropped: SeesBeforeItIsPolledAgain breaks Stuck, "has not seen it";
    a_change_that_comes_twice: ChangedDoesNotSee breaks Panic, "which no order";
    a_try_recv_that_gives_it_twice: TryRecvDoesNotSee breaks Panic, "which no order";
    a_get_that_sees: GetSees breaks Stuck | Panic, "has not seen it";
    a_get_and_see_that_only_gets: GetAndSeeDoesNotSee breaks Panic, "which no order";
    a_has_changed_that_sees: HasChangedSees breaks Panic, "has not seen it";
    a_has_changed_that_goes_by_the_first_send: HasChangedAfterASend breaks Panic, "`has_changed of";
    a_mark_unseen_that_does_nothing: MarkUnseenDoesNothing breaks Panic, "has not seen it";
    a_mark_seen_that_does_nothing: MarkSeenForgetsTheValue breaks Panic, "which no order";
    an_end_before_the_last_value: EndsBeforeTheLastValue breaks Panic, "gave `the end`, which no order";
    an_end_that_never_comes: NeverEnds breaks Stuck, "there is no sender";
    a_subscriber_that_is_told_of_what_was: SubscriberHasNotSeen breaks Panic, "which no order";
    a_clone_that_is_not_told_of_what_is_new: CloneHasSeen breaks Panic | Stuck, "clone r";
    a_wait_for_that_waits_though_it_is_so: WaitForWaitsForAChange breaks Panic | Stuck, "`wait_for";
    a_wait_for_that_takes_any: WaitForTakesTheFirstChange breaks Panic, "`wait_for";
    a_wait_for_that_does_not_see: WaitForDoesNotSee breaks Panic, "which no order";
    a_refused_send_that_sets: SetsWhatIsRefused breaks Panic, "which no order";
    a_send_to_nobody_that_is_accepted: AcceptsWithoutReceivers breaks Panic, "gave `done`, which no order";
    a_closed_that_comes_with_any_wake: ClosedComesThoughOneCame breaks Panic, "`closed` of";
    two_sends_that_are_none: TwoSendsAreNone breaks Stuck | Panic, "has not seen it";
    a_send_that_waits_for_nobody_and_is_lost: KeepsWhatIsUnseen breaks Panic | Stuck, "the value is";
    a_value_that_is_not_the_last: HandsOverWhatWokeIt breaks Panic | Stuck, "the value is";
    a_value_that_leaks: LeaksTheOldValue breaks Panic, "a clone of value 1 was not dropped";
    a_panic_that_poisons: APanicPoisons breaks Panic, "poisoned";
    a_wait_that_takes_those_behind_it_along: DropOfWaitWakesNobody breaks WakerDropped, "nothing can wake it";
}
