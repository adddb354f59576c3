//! The suite of broadcasts finds each mistake of the reference, and none in what is right.

use crate::reference_broadcast::{Mistake::*, Reference};
use crate::{checker, told_as_one_of};
use reveille::Law;
use reveille::laws::{self, Overflow};

#[test]
fn the_reference_passes() {
    for overflow in [Overflow::Waits, Overflow::Lags] {
        laws::broadcast(Reference(Right, overflow)).checker(checker().runs(2_000)).check();
    }
}

/// The suite tells of the law that a mistake breaks, in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident, $overflow:ident, breaks $($law:ident)|+, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().runs(10_000).max_steps(2_000);
            let suite = laws::broadcast(Reference($mistake, Overflow::$overflow));
            told_as_one_of(suite, checker, &[$(Law::$law),+], $words, "senders = ");
        }
    )*};
}

told! {
    a_send_that_wakes_nobody: SendWakesNobody, Waits, breaks Stuck, "waits for ever, and could go on: the broadcast holds [";
    a_send_that_wakes_one: SendWakesOne, Waits, breaks Stuck, "`recv by";
    a_try_send_that_wakes_nobody: TrySendWakesNobody, Waits, breaks Stuck, "`recv by";
    a_force_send_that_wakes_nobody: ForceSendWakesNobody, Waits, breaks Stuck, "`recv by";
    a_recv_that_wakes_nobody: RecvWakesNobody, Waits, breaks Stuck, "`send";
    a_try_recv_that_wakes_nobody: TryRecvWakesNobody, Waits, breaks Stuck, "`send";
    a_receiver_that_goes_and_wakes_nobody: DropOfReceiverWakesNobody, Waits, breaks Stuck, "`send";
    a_receiver_that_goes_and_leaves_its_values: DropOfReceiverLeavesItsValues, Waits, breaks Stuck, "`send";
    a_last_receiver_that_wakes_nobody: LastReceiverWakesNobody, Waits, breaks Stuck, "and no receiver";
    a_last_receiver_that_wakes_one: LastReceiverWakesOne, Waits, breaks Stuck, "and no receiver";
    a_last_sender_that_wakes_nobody: LastSenderWakesNobody, Waits, breaks Stuck, "has no sender";
    a_last_sender_that_wakes_one: LastSenderWakesOne, Waits, breaks Stuck, "has no sender";
    a_close_that_wakes_nobody: CloseWakesNobody, Waits, breaks Stuck, "is closed";
    a_close_that_wakes_only_receivers: CloseWakesReceiversOnly, Waits, breaks Stuck, "is closed";
    a_larger_capacity_that_wakes_nobody: SetCapacityWakesNobody, Waits, breaks Stuck, "`send";
    an_overflow_that_wakes_nobody: SetOverflowWakesNobody, Waits, breaks Stuck, "`send";
    an_active_receiver_that_wakes_nobody: ActivateWakesNobody, Waits, breaks Stuck, "`send";
    an_inactive_receiver_that_wakes_nobody: DeactivateWakesNobody, Waits, breaks Stuck, "`send";
    a_subscriber_that_reads_what_was: SubscriberReadsWhatWas, Waits, breaks Stuck, "subscribe r";
    a_clone_that_misses_what_was: CloneStartsAtTheEnd, Waits, breaks Panic, "clone r0 as r";
    a_lag_of_one_less: LagCountsOneLess, Lags, breaks Panic, "lost`, which no order";
    a_lag_that_is_not_told: LagIsNotTold, Lags, breaks Panic, "gave `value";
    a_lag_that_skips_the_oldest: LagSkipsTheOldest, Lags, breaks Panic, "which no order";
    a_lag_after_which_a_place_is_wrong: ReceivesTwiceAfterALag, Lags, breaks Panic, "lost`, which no order";
    a_smaller_capacity_that_moves_the_next: ShrinkMovesTheNext, Waits, breaks Panic, "which no order";
    a_late_subscriber_that_misses_the_end: LateSubscriberMissesTheEnd, Lags, breaks Stuck | Panic, "recv by";
    an_end_before_all_is_read: EndsBeforeAllIsRead, Waits, breaks Panic, "gave `the end`, which no order";
    an_inactive_receiver_that_holds_up: InactiveHoldsUp, Waits, breaks Stuck, "`send";
    an_end_that_keeps_its_first_waker: KeepsItsFirstWaker, Waits, breaks StaleWaker, "a waker of an earlier poll was woken";
    an_end_that_registers_nothing: ForgetsToRegister, Waits, breaks PendingWithoutWaker, "no clone of its waker";
    an_end_that_registers_once: ForgetsToRegisterAgain, Waits, breaks Stuck, "waits for ever, and could go on";
    a_sender_that_takes_its_wake_along: SenderSwallowsItsWake, Waits, breaks Stuck, "\\ dropped";
    a_sender_that_does_not_pass_on: SenderDoesNotPassOn, Waits, breaks Stuck, "`send";
    room_for_one_more: HoldsOneMore, Waits, breaks Panic, "gave `done`, which no order";
    room_for_one_less: HoldsOneLess, Waits, breaks Stuck, "`send";
    one_less_that_is_kept: HoldsOneLess, Lags, breaks Panic, "lost`, which no order";
    a_value_that_goes_to_the_first: FirstToReadTakesIt, Waits, breaks Panic, "which no order";
    a_recv_that_was_dropped_and_skips_one: DropOfRecvSkipsOne, Waits, breaks Panic, "which no order";
    a_send_that_was_dropped_and_sends: SendsThoughDropped, Waits, breaks Panic, "which no order";
    values_that_are_lost_and_leak: LeaksWhatIsLost, Lags, breaks Panic, "was not dropped, and nobody has it";
    a_closed_one_that_accepts: AcceptsAfterClose, Waits, breaks Panic, "is closed";
    a_send_to_nobody_that_is_accepted: AcceptsWithoutReceivers, Lags, breaks Panic, "and no receiver";
    a_send_that_is_refused_for_want_of_room: RefusesWhenFull, Waits, breaks Panic, "gave `refused`";
    a_new_one_that_counts_as_open: IsOpenBeforeTheFirst, Lags, breaks Stuck, "and no receiver";
    an_end_that_is_merely_empty: SaysEmptyAtTheEnd, Waits, breaks Panic, "gave `empty`";
}
