//! The suite of events finds each mistake of the reference, and none in what is right.

use crate::reference_event::{Mistake::*, Reference};
use crate::{checker, is_told};
use reveille::{CheckError, Checker, Kind, Law, laws};

#[test]
fn the_reference_passes() {
    laws::notify(Reference(Right)).checker(checker().runs(4_000)).check();
}

#[test]
fn an_event_that_promises_no_order_passes() {
    laws::notify(Reference(NewestFirst)).checker(checker().runs(4_000)).check();
}

#[test]
fn the_reference_passes_with_wakers_that_misbehave() {
    let checker = checker().runs(4_000).with(Kind::ReentrantWaker).with(Kind::PanickingClone);
    laws::notify(Reference(Right)).checker(checker).check();
}

/// The suite tells of the mistake by one of these laws, in these words. Where a notification
/// goes astray, it depends on the run whether somebody waits for ever or somebody is ready
/// who should not be.
#[track_caller]
fn told(reference: Reference, checker: Checker, laws: &[Law], words: &str) {
    match laws::notify(reference).checker(checker).try_check() {
        Err(CheckError::Broken(failure)) => {
            assert!(laws.contains(&failure.law), "{failure}");
            is_told(&failure, failure.law, words, "listeners = ");
        }
        Err(error) => panic!("expected {laws:?}, got: {error}"),
        Ok(passed) => panic!("expected {laws:?}, got: {passed}"),
    }
}

macro_rules! told {
    ($($test:ident: $mistake:ident breaks $($law:ident)|*, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().max_steps(2_000);
            told(Reference($mistake), checker, &[$(Law::$law),*], $words);
        }
    )*};
}

told! {
    a_notification_that_wakes_nobody: OneWakesNobody breaks Stuck, "waits for ever, and could go on: those who listen are";
    one_for_all_that_wakes_nobody: AllWakeNobody breaks Stuck, "waits for ever, and could go on";
    one_for_all_that_wakes_one: AllWakeOne breaks Stuck, "waits for ever, and could go on";
    one_for_all_but_the_last: AllLeaveOutTheLast breaks Stuck, "waits for ever, and could go on";
    the_newest_first: OneWakesTheNewest breaks Panic, "gave `ready`, which no order";
    who_was_notified_again: OneWakesWhoWasNotified breaks Stuck | Panic, "those who listen are";
    one_that_notifies_two: OneNotifiesTwo breaks Panic, "gave `ready`, which no order";
    a_notification_that_nobody_hears: ForgetsTheNotificationWhenNobodyListens breaks Stuck, "a notification is stored";
    a_notification_that_is_stored_twice: StoresTwice breaks Panic, "gave `ready`, which no order";
    one_for_all_that_is_stored: StoresForAll breaks Panic, "gave `ready`, which no order";
    a_notification_that_is_stored_and_heard: StoresThoughSomebodyListens breaks Panic, "gave `ready`, which no order";
    a_stored_notification_that_stays: KeepsWhatWasStored breaks Panic, "gave `ready`, which no order";
    one_that_joins_before_it_looks: ListensBeforeItLooks breaks Stuck, "a notification is stored";
    a_drop_that_takes_the_notification_along: DropSwallowsTheNotification breaks Stuck | Panic, "dropped";
    a_drop_that_passes_on_what_was_for_all: DropPassesOnWhatWasForAll breaks Panic, "gave `ready`, which no order";
    a_drop_that_passes_on_what_it_has_not: DropPassesOnWhatItHasNot breaks Panic, "gave `ready`, which no order";
    a_drop_that_clears_the_store: DropOfAllClearsTheStore breaks Stuck, "a notification is stored";
    a_drop_that_stores_what_it_should_pass_on: DropStoresInsteadOfPassingOn breaks Stuck | Panic, "dropped";
    a_drop_that_cuts_off_the_others: DropCutsOffTheOthers breaks Stuck | Panic, "dropped";
    one_that_stays_after_its_drop: StaysAfterItsDrop breaks Stuck | Panic, "dropped";
    one_that_keeps_its_first_waker: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll";
    one_that_registers_nothing: ForgetsToRegister breaks PendingWithoutWaker, "no clone of its waker";
    one_that_registers_when_polled_again: RegistersOnlyWhenPolledAgain breaks PendingWithoutWaker, "no clone of its waker";
    one_that_takes_what_is_stored_and_waits: TakesTheStoreButWaits breaks Stuck, "a notification is stored";
    one_that_is_ready_when_polled_again: IsReadyAtItsSecondPoll breaks Panic, "gave `ready`, which no order";
    a_notification_that_is_a_mere_wake: NotifiesByWakerOnly breaks Stuck | Panic, "those who listen are";
    up_to_so_many_more: UpToCountsNobody breaks Panic, "gave `ready`, which no order";
    up_to_so_many_with_those_who_are_gone: UpToCountsThoseWhoAreGone breaks Stuck | Panic, "notify up to";
    so_many_more_that_counts_others: AdditionalCountsTheNotified breaks Stuck, "waits for ever, and could go on";
    an_enable_that_does_not_join: EnableDoesNotJoin breaks Stuck | Panic, "enable";
    an_enable_that_takes_nothing: EnableTakesNothing breaks Stuck, "a notification is stored";
    one_that_wakes_itself: WakesItself breaks BusyPoll, "wakes itself";
}

/// In the same way, with wakers that run the task at once.
macro_rules! told_by_wakers {
    ($($test:ident: $mistake:ident breaks $($law:ident)|*, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().with(Kind::ReentrantWaker);
            told(Reference($mistake), checker, &[$(Law::$law),*], $words);
        }
    )*};
}

told_by_wakers! {
    wakes_in_the_lock: WakesInTheLock breaks WakeInLock, "already";
    clones_in_the_lock: ClonesInTheLock breaks WakeInLock, "already";
    drops_in_the_lock: DropsInTheLock breaks WakeInLock, "already";
    all_and_who_comes_meanwhile: AllNotifyWhoComesMeanwhile breaks Panic, "gave `ready`, which no order";
}
