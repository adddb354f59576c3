//! Collections of futures: published ones pass, and each mistake of the reference is found.

use crate::reference_collection::{Mistake::*, Reference};
use crate::{checker, told_as_one_of};
use futures::stream::{FuturesOrdered, FuturesUnordered, StreamExt};
use reveille::Law;
use reveille::laws::{self, Collection, Full, Item, Member};
use std::pin::Pin;
use std::task::{Context, Poll};

#[derive(Clone)]
pub(crate) struct Unordered;

impl Collection for Unordered {
    type Members = FuturesUnordered<Pin<Box<Member>>>;

    fn open(&self) -> Self::Members {
        FuturesUnordered::new()
    }

    fn push(&self, members: &mut Self::Members, _key: usize, member: Member) -> Result<(), Full> {
        members.push(Box::pin(member));
        Ok(())
    }

    fn poll_next(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        members.poll_next_unpin(cx)
    }

    fn polls_only_the_woken(&self) -> bool {
        true
    }

    fn most_polls_of_one(&self) -> Option<u32> {
        Some(2)
    }

    fn len(&self, members: &Self::Members) -> Option<usize> {
        Some(members.len())
    }

    fn clear(&self, members: &mut Self::Members) -> Option<()> {
        members.clear();
        Some(())
    }

    fn drain(&self, members: Self::Members) -> Option<Box<dyn Iterator<Item = ()>>> {
        Some(Box::new(members.into_iter().map(drop)))
    }
}

#[test]
fn futures_unordered_passes() {
    laws::collection(Unordered).checker(checker().runs(2_000)).check();
}

#[derive(Clone)]
struct Ordered;

impl Collection for Ordered {
    type Members = FuturesOrdered<Member>;

    fn open(&self) -> Self::Members {
        FuturesOrdered::new()
    }

    fn push(&self, members: &mut Self::Members, _key: usize, member: Member) -> Result<(), Full> {
        members.push_back(member);
        Ok(())
    }

    fn push_front(
        &self,
        members: &mut Self::Members,
        _key: usize,
        member: Member,
    ) -> Option<Result<(), Full>> {
        members.push_front(member);
        Some(Ok(()))
    }

    fn poll_next(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        members.poll_next_unpin(cx)
    }

    fn is_ordered(&self) -> bool {
        true
    }

    fn polls_only_the_woken(&self) -> bool {
        true
    }

    fn len(&self, members: &Self::Members) -> Option<usize> {
        Some(members.len())
    }
}

#[test]
fn futures_ordered_passes() {
    laws::collection(Ordered).checker(checker().runs(2_000)).check();
}

#[test]
fn the_reference_passes() {
    laws::collection(Reference(Right)).checker(checker().runs(5_000)).check();
    laws::collection(Reference(RightAndOrdered)).checker(checker().runs(3_000)).check();
    laws::collection(Reference(RightForOneThatWaits)).checker(checker().runs(3_000)).check();
}

/// The suite tells of the law that a mistake breaks, in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident breaks $($law:ident)|+, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().runs(3_000).max_steps(2_000);
            let suite = laws::collection(Reference($mistake));
            told_as_one_of(suite, checker, &[$(Law::$law),+], $words, "pushers = ");
        }
    )*};
}

told! {
    a_push_that_wakes_nobody: PushWakesNobody breaks Stuck, "was never polled";
    room_that_wakes_nobody: RoomWakesNobody breaks WakerDropped, "the last clone of its waker was dropped";
    room_that_wakes_the_last_who_asked: KeepsOneWakerForRoom breaks WakerDropped, "the last clone of its waker was dropped";
    room_by_a_removal_that_wakes_nobody: RemovalWakesNobody breaks Stuck, "waits for ever: there is room";
    a_future_in_the_place_of_another_that_is_not_polled: ReplacesUnseen breaks Stuck, "was never polled";
    a_waker_of_the_first_poll: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll was woken";
    a_wake_during_a_poll: IsDeafWhilePolling breaks Stuck, "was woken, and nobody polls it";
    wakes_of_others_that_are_forgotten: ForgetsOtherWakes breaks Stuck, "taker waits for ever: member";
    a_poll_of_all: PollsAll breaks Panic, "was polled, and nobody had woken it";
    a_poll_after_the_end: PollsAfterTheEnd breaks PollAfterReady, "was polled again after its end";
    a_loop_until_nobody_is_woken: Spins breaks Starvation, "was polled more than 300 times within one poll";
    one_that_is_polled_too_often: PollsOneOften breaks Starvation, "was polled more than 1 times within one poll";
    one_that_holds_its_waker_and_leaks: LeaksWhoHoldsItsWaker breaks Panic, "was not dropped, and nobody has it any more";
    a_late_wake_that_hides_the_others: StopsAtOneThatIsGone breaks Stuck, "taker waits for ever";
    a_push_to_the_front_at_the_back: PushesToTheFrontAtTheBack breaks Panic, "expected the first of";
    a_future_taken_out_that_leaks: LeaksWhatIsDrained breaks Panic | Stuck, "collection: member";
    a_clear_that_leaks: LeaksWhatIsCleared breaks Panic, "was not dropped, and nobody has it any more";
    a_drain_that_panics: PanicsInADrain breaks Panic | SpuriousPoll, "the rest was not expected";
    one_more_than_the_bound: HoldsOneMore breaks Panic, "it has 2 futures, and accepts another";
    one_less_than_the_bound: HoldsOneLess breaks Panic, "it had room, and refuses a future";
    an_empty_one_that_does_not_say_so: NeverSaysThatItIsEmpty breaks Stuck, "taker waits for ever: nobody is left that it could wait for";
    one_that_says_that_it_is_empty: SaysThatItIsEmpty breaks Panic, "it says that it is empty, and has [";
    the_newest_first: GivesTheNewest breaks Panic, "it gave item 1: expected the first of [0, 1]";
    a_count_with_what_was_removed: CountsWhatWasRemoved breaks Panic, "futures: expected";
    an_attempt_that_takes_the_waker: TryTakesTheWaker breaks WakerDropped, "the last clone of its waker was dropped";
    what_was_removed_and_comes: GivesWhatWasRemoved breaks Panic, "expected one of";
    an_output_that_is_lost: LosesAnOutput breaks Panic | Stuck, "collection: ";
    a_wake_that_is_late: WakesAfterTheSlowOne breaks Stuck, "while its owner waits for another";
}
