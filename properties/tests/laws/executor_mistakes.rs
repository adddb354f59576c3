//! The suite of executors finds each mistake of the reference, and none in what is right.

use crate::reference_executor::{Mistake::*, Nested, Reference};
use crate::{checker, told_as_one_of};
use reveille::{Law, laws};

#[test]
fn the_reference_passes() {
    laws::executor(Reference(Right)).checker(checker().runs(4_000).deny(Law::WakerLeak)).check();
}

#[test]
fn one_that_is_driven_by_another_passes() {
    laws::executor(Nested).checker(checker().runs(2_000)).check();
}

#[test]
fn a_detach_that_keeps_the_waker_of_who_gave_up() {
    let suite = laws::executor(Reference(DetachKeepsTheWaker));
    let checker = checker().runs(10_000).deny(Law::WakerLeak);
    let words = "what others have keeps a waker of it";
    told_as_one_of(suite, checker, &[Law::WakerLeak], words, "drivers = ");
}

/// The suite tells of the law that a mistake breaks, in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident breaks $($law:ident)|+, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().runs(10_000).max_steps(2_000);
            told_as_one_of(laws::executor(Reference($mistake)), checker, &[$(Law::$law),+], $words, "drivers = ");
        }
    )*};
}

told! {
    a_spawn_that_wakes_no_driver: SpawnForgetsToWake breaks Stuck, "is not run, though somebody drives";
    a_wake_that_wakes_no_driver: WakeForgetsToWake breaks Stuck, "is not run, though somebody drives";
    a_wake_while_running_that_is_lost: WakeWhileRunningIsLost breaks Stuck, "is not run, though somebody drives";
    a_task_that_is_woken_once: WakesEachTaskOnce breaks Stuck, "is not run, though somebody drives";
    a_driver_that_takes_its_wake_along: DriverSwallowsItsWake breaks Stuck, "is not run, though somebody drives";
    a_driver_that_keeps_its_first_waker: DriverKeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll";
    an_executor_that_knows_the_last_driver: KnowsTheLastDriver breaks WakerDropped, "the last clone of its waker was dropped";
    a_driver_that_takes_tasks_along: DriverKeepsItsTasks breaks Panic | Stuck, "was spawned or woken and";
    a_driver_that_forgets_to_go_on: DriverForgetsToGoOn breaks Stuck, "is not run, though somebody drives";
    a_driver_that_wakes_itself: DriverWakesItself breaks BusyPoll, "wakes itself";
    a_driver_that_ends_early: DriverEndsEarly breaks Panic, "the future that drives ended";
    a_panic_that_takes_others_along: LosesTheBatchOnPanic breaks Stuck, "is not run, though somebody drives";
    a_task_that_is_polled_after_its_end: PollsWhatHasEnded breaks Panic, "is polled after its end";
    a_task_that_is_kept_after_its_end: KeepsWhatHasEnded breaks Stuck, "has ended and is not dropped";
    a_cancelled_task_that_is_kept: KeepsWhatWasCancelled breaks Panic, "was cancelled";
    a_cancelled_task_that_is_polled: PollsWhatWasCancelled breaks Panic, "is polled, and was cancelled";
    a_detach_that_cancels: DetachCancels breaks Panic, "is dropped before its end";
    an_end_that_wakes_no_join: EndForgetsTheJoin breaks Panic, "waits for the end of task";
    a_cancellation_that_wakes_no_join: CancelForgetsTheJoin breaks Panic, "waits for the end of task";
    a_join_that_keeps_its_first_waker: JoinKeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll";
    an_executor_that_leaves_tasks: DropLeavesTasks breaks Panic, "was not dropped with its executor";
    an_executor_that_leaves_joins: DropLeavesJoins breaks Panic, "and the executor is gone";
    many_that_are_spawned_and_wake_no_driver: SpawnManyWakesNobody breaks Stuck, "is not run, though somebody drives";
    a_panic_that_poisons_the_executor: PanicOfThoseToSpawnPoisons breaks Panic, "somebody panicked while tasks were spawned";
    a_tick_that_sees_no_new_tasks: TickSeesNoNewTasks breaks Panic, "a tick found nothing to run";
}
