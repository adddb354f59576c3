//! The suite of oneshots finds each mistake of the reference, and none in what is right.

use crate::reference_oneshot::{Mistake::*, Reference};
use crate::{checker, told_as_one_of};
use reveille::{Law, laws};

#[test]
fn the_reference_passes() {
    laws::oneshot(Reference(Right)).checker(checker().runs(4_000)).check();
}

/// The suite tells of the law that a mistake breaks, in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident breaks $($law:ident)|+, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().runs(10_000).max_steps(2_000);
            told_as_one_of(laws::oneshot(Reference($mistake)), checker, &[$(Law::$law),+], $words, "sender = ");
        }
    )*};
}

told! {
    a_send_that_wakes_nobody: SendForgetsToWake breaks Stuck, "`recv` of receiver waits for ever, and could go on";
    a_sender_that_goes_and_wakes_nobody: SenderGoneWakesNobody breaks Stuck, "has no sender";
    a_close_that_wakes_nobody: CloseWakesNobody breaks Stuck, "`closed` of sender waits for ever, and could go on: the oneshot is empty, is closed";
    a_receiver_that_goes_and_wakes_nobody: ReceiverGoneWakesNobody breaks Stuck, "has no receiver";
    a_recv_that_keeps_its_first_waker: RecvKeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll was woken";
    a_closed_that_keeps_its_first_waker: ClosedKeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll was woken";
    a_recv_that_registers_nothing: RecvForgetsToRegister breaks PendingWithoutWaker, "no clone of its waker";
    a_closed_that_registers_nothing: ClosedForgetsToRegister breaks PendingWithoutWaker, "no clone of its waker";
    a_recv_that_registers_once: RegistersBeforeItLooksOnce breaks StaleWaker, "a waker of an earlier poll was woken";
    two_ends_with_one_place_for_wakers: SharesOnePlaceForWakers breaks WakerDropped, "nothing can wake it";
    a_send_that_wakes_its_own_end: SendWakesTheSender breaks Stuck, "`recv` of receiver";
    an_item_that_goes_with_a_recv_that_was_dropped: TakesTheItemBeforeItIsPolledAgain breaks Panic, "which no order";
    a_close_that_discards: CloseDiscards breaks Panic, "gave `the end`, which no order";
    a_closed_one_that_accepts: AcceptsAfterClose breaks Panic, "gave `done`, which no order";
    a_send_to_nobody_that_is_accepted: AcceptsWithoutReceiver breaks Panic, "gave `done`, which no order";
    a_send_that_is_refused_as_nobody_waits_yet: RefusesWhileNobodyWaits breaks Panic, "gave `refused`, which no order";
    one_that_says_it_is_not_closed: IsNeverClosed breaks Panic, "`is_closed` of sender gave `no`";
    a_closed_that_takes_a_wake_for_the_close: ClosedComesWithTheFirstWake breaks Panic, "`closed` of sender gave `done`";
    an_end_that_is_merely_empty: SaysEmptyWhenSenderIsGone breaks Panic, "gave `empty`, which no order";
    an_empty_one_that_says_the_end: SaysEndWhenItIsEmpty breaks Panic, "gave `the end`, which no order";
    a_try_recv_that_asks_for_the_sender_first: TryRecvSkipsTheItemOfOneWhoIsGone breaks Panic, "`try_recv` of receiver gave `the end`";
    a_recv_that_closes_when_it_is_dropped: DropOfRecvCloses breaks Panic, "which no order";
    a_closed_that_forgets_the_receiver: DropOfClosedForgetsTheReceiver breaks WakerDropped, "recv";
    an_item_that_is_left_and_leaks: LeaksWhatIsLeft breaks Panic, "item 0 was not dropped";
    an_item_that_is_refused_and_leaks: LeaksWhatIsRefused breaks Panic, "item 0 was not dropped";
    a_try_recv_that_panics_when_it_is_over: TryRecvPanicsWhenOver breaks Panic, "called after the item";
    a_recv_that_wakes_itself: WakesItself breaks BusyPoll, "wakes itself";
}
