//! The suite of channels finds each mistake of the reference, and none in what is right.

use crate::reference_channel::{Mistake::*, Reference};
use crate::{checker, is_told, told_by};
use reveille::laws::Order::{self, *};
use reveille::{CheckError, Kind, Law, laws};

#[test]
fn the_reference_passes_and_keeps_no_waker() {
    let checker = checker().runs(4_000).deny(Law::WakerLeak);
    laws::channel(Reference::of(Right)).checker(checker).check();
}

#[test]
fn the_reference_bears_whatever_wakers_do() {
    let checker = checker().with(Kind::ReentrantWaker).with(Kind::PanickingClone);
    laws::channel(Reference::of(Right)).checker(checker.runs(2_000)).check();
}

#[test]
fn the_reference_bears_that_futures_are_forgotten() {
    let checker = checker().with(Kind::ForgottenFuture).runs(2_000);
    laws::channel(Reference::of(Right)).checker(checker).check();
}

#[test]
fn without_forgotten_futures_a_send_may_rely_on_who_was_woken() {
    laws::channel(Reference::of(RelyOnWhoWasWoken)).checker(checker()).check();
}

#[test]
fn the_reference_passes_in_every_order() {
    for order in [Lifo, Max, Min] {
        laws::channel(Reference::ordered(Right, order, order)).checker(checker()).check();
    }
}

#[test]
fn another_order_than_was_said_is_told() {
    let wrong = |keeps: Order, says: Order| {
        let suite = laws::channel(Reference::ordered(Right, keeps, says));
        told_by(suite, checker(), Law::Panic, "which no order", "senders = ");
    };
    wrong(Lifo, Fifo);
    wrong(Fifo, Lifo);
    wrong(Min, Max);
    wrong(Max, Min);
    wrong(Fifo, Min);
}

#[test]
fn a_channel_may_keep_what_nobody_receives() {
    laws::channel(Reference::without_need(Right)).checker(checker()).check();
    let suite = laws::channel(Reference::without_need(WaitsWithoutReceivers));
    told_by(suite, checker(), Law::Stuck, "waits for ever, and could go on", "senders = ");
}

/// The suite tells of the law that a mistake breaks, or of one of two, in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident breaks $law:ident $(or $other:ident)?, $words:literal $(, with $fault:ident)?;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().runs(10_000).max_steps(2_000).deny(Law::WakerLeak);
            $(let checker = checker.with(Kind::$fault);)?
            let suite = laws::channel(Reference::of($mistake));
            let failure = match suite.checker(checker).try_check() {
                Err(CheckError::Broken(failure)) => failure,
                other => panic!("expected {}, got {other:?}", Law::$law),
            };
            let laws = [Law::$law, $(Law::$other)?];
            assert!(laws.contains(&failure.law), "expected {laws:?} in {failure}");
            is_told(&failure, failure.law, $words, "senders = ");
        }
    )*};
}

told! {
    a_send_that_wakes_nobody: SendForgetsToWake breaks Stuck, "waits";
    a_recv_that_wakes_nobody: RecvForgetsToWake breaks Stuck, "waits";
    a_try_send_that_wakes_nobody: TrySendForgetsToWake breaks Stuck, "waits";
    a_try_recv_that_wakes_nobody: TryRecvForgetsToWake breaks Stuck, "waits";
    a_send_that_wakes_only_if_it_was_empty: WakesOnlyIfItWasEmpty breaks Stuck, "waits";
    a_recv_that_wakes_only_if_it_was_full: WakesOnlyIfItWasFull breaks Stuck, "waits";
    a_send_that_relies_on_who_was_woken: WakesUnlessSomebodyWas breaks Stuck, "waits";
    an_end_that_keeps_its_first_waker: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll was woken";
    an_end_that_registers_nothing: ForgetsToRegister breaks PendingWithoutWaker, "no clone of its waker";
    an_end_that_registers_once: ForgetsToRegisterAgain breaks PendingWithoutWaker, "no clone of its waker";
    a_close_that_wakes_one: CloseWakesOne breaks Stuck, "waits";
    a_close_that_wakes_nobody: CloseWakesNobody breaks Stuck, "waits";
    a_last_sender_that_wakes_nobody: LastSenderWakesNobody breaks Stuck, "waits";
    a_last_receiver_that_wakes_nobody: LastReceiverWakesNobody breaks Stuck, "waits";
    a_receiver_that_takes_its_wake_along: ReceiverSwallowsItsWake breaks Stuck, "waits";
    a_sender_that_takes_its_wake_along: SenderSwallowsItsWake breaks Stuck, "waits";
    an_item_that_goes_with_who_was_dropped: HandsOverToWhoMayBeGone breaks Panic or Stuck, "the channel holds [";
    room_for_one_more: HoldsOneMore breaks Panic, "which no order";
    room_for_one_less: HoldsOneLess breaks Panic or Stuck, "the channel holds [";
    items_that_are_left_and_leak: LeaksWhatIsLeft breaks Panic, "was not dropped, and nobody has it";
    items_that_are_refused_and_leak: LeaksWhatIsRefused breaks Panic, "was not dropped";
    a_close_that_discards: CloseDiscards breaks Panic, "which no order";
    a_closed_channel_that_accepts: AcceptsAfterClose breaks Panic, "which no order";
    a_send_to_nobody_that_is_accepted: AcceptsWithoutReceivers breaks Panic or Stuck, "no receiver";
    an_end_with_the_first_sender: EndsWithTheFirstSender breaks Panic, "which no order";
    a_clone_that_is_not_counted: DoesNotCountClones breaks Panic, "which no order";
    a_send_that_is_refused_for_want_of_room: RefusesWhenFull breaks Panic, "which no order";
    a_closed_channel_that_is_merely_empty: SaysEmptyWhenClosed breaks Panic, "which no order";
    an_item_that_is_dropped_for_want_of_room: DropsTheItemWhenFull breaks Panic, "which no order";
    a_send_that_was_dropped_and_sends: SendsThoughDropped breaks Panic, "which no order";
    wakes_that_are_passed_on_for_ever: PassesWakesOnForEver breaks SuspectedLivelock, "wake each other";
    an_end_that_wakes_itself: WakesItself breaks BusyPoll, "wakes itself";
    wakers_of_those_who_are_gone: KeepsWakersOfTheDropped breaks Stuck or WakerLeak, "wake";
    a_send_that_relies_on_who_was_forgotten: RelyOnWhoWasWoken breaks Stuck, "waits", with ForgottenFuture;
    a_place_for_a_waker_that_stays_busy: StaysBusyAfterAPanic breaks PendingWithoutWaker, "no clone of its waker", with PanickingClone;
    a_close_that_wakes_inside_its_lock: CloseWakesInsideItsLock breaks WakeInLock, "run inside that call", with ReentrantWaker;
    a_waker_of_who_is_gone: KeepsTheLastWaker breaks WakerLeak, "what others have keeps a waker of it";
    a_permit_whose_room_is_lost: PermitKeepsItsRoom breaks Stuck, "waits";
    a_permit_that_wakes_no_sender: PermitWakesNoSender breaks Stuck, "waits";
    a_permit_that_wakes_no_receiver: PermitWakesNoReceiver breaks Stuck, "waits";
    a_permit_that_a_close_makes_void: PermitIsVoidAfterClose breaks Panic, "by the permit` of";
    an_end_before_the_permit_is_used: EndsBeforeThePermit breaks Panic, "which no order";
    a_permit_that_takes_no_room: PermitTakesNoRoom breaks Panic, "which no order";
    a_wait_for_the_close_that_misses_it: ClosedMissesTheClose breaks Stuck, "`closed` of";
    a_wait_for_the_close_that_misses_the_last_receiver: ClosedMissesTheLastReceiver breaks Stuck, "`closed` of";
    a_wait_for_the_close_that_ends_early: ClosedEndsWithAReceiver breaks Panic, "which no order";
    a_receive_of_many_that_wakes_one: ManyWakesOne breaks WakerDropped, "without a wake";
    a_receive_of_too_many: ManyTakesOneMore breaks Panic, "which no order";
    a_receive_of_many_that_turns_them_around: ManyTurnsTheOrder breaks Panic, "which no order";
    a_drain_that_wakes_nobody: DrainWakesNobody breaks Stuck, "waits";
    a_drain_that_leaves_one: DrainLeavesOne breaks Panic, "which no order";
    a_clear_that_wakes_nobody: ClearWakesNobody breaks Stuck, "waits";
    a_removal_that_wakes_nobody: RemoveWakesNobody breaks Stuck, "waits";
    a_removal_of_the_others: RemovesTheOthers breaks Stuck or Panic, "the channel holds [";
    a_length_with_permits: LenCountsPermits breaks Panic, "which no order";
    a_channel_that_is_full_too_early: IsFullTooEarly breaks Panic, "which no order";
    a_closed_channel_that_says_it_is_open: SaysOpenWhenClosed breaks Panic, "which no order";
    a_weak_sender_that_keeps_the_channel_open: WeakKeepsOpen breaks Stuck, "waits";
    a_weak_sender_that_comes_back: WeakComesBack breaks Panic, "upgrade a weak sender";
    an_upgrade_that_is_not_counted: UpgradeIsNotCounted breaks Panic, "which no order";
    a_stream_that_stays_in_line: StreamStaysInLine breaks WakerLeak or Stuck, "next";
    a_stream_that_keeps_its_first_waker: StreamKeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll";
    a_receive_of_many_that_forgets_what_was_there: ManyForgetsWhatWasThere breaks Panic, "which no order";
    a_place_let_go_that_wakes_nobody: LettingGoWakesNobody breaks Stuck, "let go";
    a_block_that_counts_as_an_item: IsNotEmptyAtABlock breaks Panic, "not empty";
    items_that_nobody_receives_and_that_stay: KeepsWhatNobodyReceives breaks Panic, "is still there";
}
