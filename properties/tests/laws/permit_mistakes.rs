//! The suites of locks and semaphores find each mistake of the reference, and none in what is
//! right.

use crate::reference_permits::{Mistake::*, Reference};
use crate::{checker, told_as_one_of};
use reveille::{Law, laws};

#[test]
fn the_mutex_passes() {
    laws::mutex(Reference(Right)).checker(checker().runs(4_000)).check();
}

#[test]
fn the_rw_lock_passes() {
    laws::rw_lock(Reference(Right)).checker(checker().runs(4_000)).check();
}

#[test]
fn the_semaphore_passes() {
    laws::semaphore(Reference(Right)).checker(checker().runs(4_000)).check();
}

/// The suite tells of the law that a mistake breaks, in these words.
macro_rules! told {
    ($suite:ident: $($test:ident: $mistake:ident breaks $($law:ident)|+, $words:literal;)*) => {
        mod $suite {
            use super::*;
            $(
                #[test]
                fn $test() {
                    let checker = checker().runs(10_000).max_steps(2_000);
                    let suite = laws::$suite(Reference($mistake));
                    told_as_one_of(suite, checker, &[$(Law::$law),+], $words, "tasks = ");
                }
            )*
        }
    };
}

told! { mutex:
    an_unlock_that_wakes_nobody: GivesAndWakesNobody breaks Stuck, "lock";
    an_unlock_that_gives_it_to_nobody: GivesToNobody breaks Stuck, "could go on: the lock is free";
    an_unlock_that_gives_it_to_the_last: GivesToTheLast breaks Panic, "`lock` of";
    two_at_once: GivesThoughSomebodyHasThem breaks Panic, "no order of the operations explains: the lock is held";
    a_waker_that_is_kept: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll was woken";
    a_wait_that_registers_nothing: ForgetsToRegister breaks PendingWithoutWaker, "no clone of its waker";
    a_lock_that_goes_with_who_gave_up: GoneWithWhatWasGiven breaks Stuck | Panic, "the lock is free";
    a_place_in_line_of_who_is_gone: GoneAndStillInLine breaks Stuck, "could go on: the lock is free";
    a_try_that_takes_what_is_taken: BargesByTry breaks Panic, "the lock is held";
    a_panic_that_does_not_unlock: UnwindingKeepsThem breaks Stuck, "could go on: the lock is free";
    a_map_that_leaks: MapLeaks breaks Panic, "item 0 was not dropped";
    a_map_that_never_unlocks: MapKeepsThem breaks Stuck, "could go on: the lock is free";
}

told! { rw_lock:
    an_end_that_gives_it_to_nobody: GivesToNobody breaks Stuck, "waits for ever, and could go on";
    an_end_that_gives_it_to_one: GivesToOne breaks Stuck, "`read` of";
    a_writer_beside_readers: GivesThoughSomebodyHasThem breaks Panic, "which no order";
    one_who_left_the_head_of_the_line: GoneFromTheHeadOfTheLine breaks Stuck, "`read` of";
    a_lock_that_goes_with_who_gave_up: GoneWithWhatWasGiven breaks Stuck, "could go on";
    readers_who_pass_a_writer: ReadersPassAWriterWhoWaits breaks Panic, "which waited and goes first";
    an_upgrade_beside_readers: UpgradesBesideReaders breaks Panic, "`upgrade` of";
    an_upgrade_that_is_forgotten: LeavesForgetWhoUpgrades breaks Stuck, "`upgrade` of";
    an_upgrade_that_is_given_up: GivingUpTheUpgradeKeepsIt breaks Stuck, "\\ dropped";
    two_who_may_upgrade: TwoMayUpgrade breaks Panic, "`upgradable_read` of";
    a_downgrade_that_wakes_nobody: DowngradeWakesNobody breaks Stuck, "downgrade to";
    a_downgrade_that_lets_a_writer_in: DowngradeLetsAWriterIn breaks Panic, "no order of the operations explains: a writer holds the lock";
    a_try_upgrade_beside_readers: TryUpgradesBesideReaders breaks Panic, "`try_upgrade` of";
    a_try_that_refuses_for_nothing: TryRefusesWhatIsFree breaks Panic, "gave `taken`";
    a_map_that_leaks: MapLeaks breaks Panic, "item 0 was not dropped";
}

told! { semaphore:
    a_release_that_wakes_nobody: GivesAndWakesNobody breaks Stuck, "waits for ever, and could go on";
    a_release_that_wakes_one: GivesToOne breaks Stuck, "`acquire 1` of";
    a_release_of_more_than_there_were: GivesThemTwice breaks Panic, "which no order";
    many_for_the_price_of_one: TakesOneForMany breaks Panic, "which no order";
    permits_that_go_with_who_gave_up: GoneWithWhatWasGiven breaks Stuck, "dropped";
    one_who_left_the_head_of_the_line: GoneFromTheHeadOfTheLine breaks Stuck, "dropped";
    one_who_barges: Barges breaks Panic, "which waited and goes first";
    a_try_that_takes_what_is_taken: BargesByTry breaks Panic, "`try_acquire";
    a_close_that_wakes_one: CloseWakesOne breaks Stuck, "the semaphore is closed";
    a_close_that_wakes_nobody: CloseWakesNobody breaks Stuck, "the semaphore is closed";
    a_closed_one_that_gives: AcceptsAfterClose breaks Panic | Stuck, "the semaphore is closed";
    new_permits_that_wake_nobody: AddWakesNobody breaks Stuck, "add";
    new_permits_that_wake_one: AddWakesOne breaks Stuck, "add 2";
    forgotten_permits_that_come_back: ForgetGivesBack breaks Panic, "forget";
    free_permits_that_are_not_forgotten: ForgetsNoneThatIsFree breaks Panic, "forget up to";
    a_forget_that_opens_it_again: ForgetReopens breaks Stuck | Panic, "forget up to";
    a_split_that_makes_one_more: SplitGivesOneTwice breaks Panic, "which no order";
    a_merge_that_loses_one: MergeLosesOne breaks Stuck, "waits for ever, and could go on";
}
