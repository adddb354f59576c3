//! The suite of channels finds each mistake of the reference, and none in what is right.

use crate::reference_channel::{Mistake::*, Reference};
use crate::{checker, told_by};
use reveille::{Law, laws};

#[test]
fn the_reference_passes() {
    laws::channel(Reference(Right)).checker(checker().runs(4_000)).check();
}

/// The suite tells of the law that a mistake breaks, in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident breaks $law:ident, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().runs(3_000).max_steps(2_000);
            told_by(laws::channel(Reference($mistake)), checker, Law::$law, $words, "senders = ");
        }
    )*};
}

told! {
    a_send_that_wakes_nobody: SendForgetsToWake breaks Stuck, "waits for ever, and could go on: the channel holds [";
    a_recv_that_wakes_nobody: RecvForgetsToWake breaks Stuck, "could go on: the channel holds []";
    a_try_send_that_wakes_nobody: TrySendForgetsToWake breaks Stuck, "waits for ever, and could go on";
    a_try_recv_that_wakes_nobody: TryRecvForgetsToWake breaks Stuck, "waits for ever, and could go on";
    a_send_that_wakes_only_if_it_was_empty: WakesOnlyIfItWasEmpty breaks Stuck, "`recv` of";
    a_recv_that_wakes_only_if_it_was_full: WakesOnlyIfItWasFull breaks Stuck, "`send";
    a_send_that_relies_on_who_was_woken: WakesUnlessSomebodyWas breaks Stuck, "`recv` of";
    an_end_that_keeps_its_first_waker: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll was woken";
    an_end_that_registers_nothing: ForgetsToRegister breaks PendingWithoutWaker, "no clone of its waker";
    an_end_that_registers_once: ForgetsToRegisterAgain breaks Stuck, "waits for ever, and could go on";
    a_close_that_wakes_one: CloseWakesOne breaks Stuck, "is closed";
    a_close_that_wakes_nobody: CloseWakesNobody breaks Stuck, "is closed";
    a_last_sender_that_wakes_nobody: LastSenderWakesNobody breaks Stuck, "has no sender";
    a_last_receiver_that_wakes_nobody: LastReceiverWakesNobody breaks Stuck, "no receiver";
    a_receiver_that_takes_its_wake_along: ReceiverSwallowsItsWake breaks Stuck, "\\ dropped";
    a_sender_that_takes_its_wake_along: SenderSwallowsItsWake breaks Stuck, "\\ dropped";
    an_item_that_goes_with_who_was_dropped: HandsOverToWhoMayBeGone breaks Panic, "\\ dropped";
    room_for_one_more: HoldsOneMore breaks Panic, "gave `done`, which no order";
    room_for_one_less: HoldsOneLess breaks Stuck, "`send";
    the_newest_first: TakesTheNewest breaks Panic, "gave `item 1`, which no order";
    items_that_are_left_and_leak: LeaksWhatIsLeft breaks Panic, "was not dropped, and nobody has it";
    items_that_are_refused_and_leak: LeaksWhatIsRefused breaks Panic, "was not dropped";
    a_close_that_discards: CloseDiscards breaks Panic, "gave `the end`, which no order";
    a_closed_channel_that_accepts: AcceptsAfterClose breaks Panic, "is closed";
    a_send_to_nobody_that_is_accepted: AcceptsWithoutReceivers breaks Panic, "and no receiver";
    an_end_with_the_first_sender: EndsWithTheFirstSender breaks Panic, "gave `the end`, which no order";
    a_clone_that_is_not_counted: DoesNotCountClones breaks Panic, "gave `the end`, which no order";
    a_send_that_is_refused_for_want_of_room: RefusesWhenFull breaks Panic, "gave `refused`";
    a_closed_channel_that_is_merely_empty: SaysEmptyWhenClosed breaks Panic, "gave `empty`";
    an_item_that_is_dropped_for_want_of_room: DropsTheItemWhenFull breaks Panic, "gave `done`";
    a_send_that_was_dropped_and_sends: SendsThoughDropped breaks Panic, "which no order";
    wakes_that_are_passed_on_for_ever: PassesWakesOnForEver breaks SuspectedLivelock, "wake each other";
    an_end_that_wakes_itself: WakesItself breaks BusyPoll, "wakes itself";
    wakers_of_those_who_are_gone: KeepsWakersOfTheDropped breaks Stuck, "waits for ever, and could go on";
}
