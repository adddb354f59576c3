//! The suites of pipes: ours and published ones pass, and each mistake of the reference is found.

use crate::reference_pipe::{Mistake::*, OfUnknownCapacity, Reference};
use crate::{checker, told_as_one_of, told_by};
use reveille::laws::{self, Pipe};
use reveille::{CheckError, Kind, Law, io};

#[test]
fn the_reference_passes() {
    laws::pipe(Reference(Right)).checker(checker().runs(5_000).deny(Law::WakerLeak)).check();
    laws::pipe(OfUnknownCapacity(Right)).checker(checker().runs(2_000)).check();
    laws::duplex(Reference(Right)).checker(checker().runs(5_000)).check();
}

#[test]
fn the_reference_bears_whatever_wakers_do() {
    let checker = || checker().with(Kind::ReentrantWaker).with(Kind::PanickingClone).runs(2_000);
    laws::pipe(Reference(Right)).checker(checker()).check();
    laws::duplex(Reference(Right)).checker(checker()).check();
}

#[derive(Clone)]
struct Ours;

impl Pipe for Ours {
    type Writer = io::PipeWriter;
    type Reader = io::PipeReader;

    fn open(&self) -> (io::PipeWriter, io::PipeReader) {
        let (reader, writer) = io::pipe(3);
        (writer, reader)
    }

    fn capacity(&self) -> Option<usize> {
        Some(3)
    }
}

#[test]
fn ours_pass() {
    laws::pipe(Ours).checker(checker().runs(2_000)).check();
    laws::duplex(|| io::duplex(3)).checker(checker().runs(2_000)).check();
}

#[test]
fn a_capacity_of_none_is_refused() {
    #[derive(Clone)]
    struct OfNone;

    impl Pipe for OfNone {
        type Writer = io::PipeWriter;
        type Reader = io::PipeReader;

        fn open(&self) -> (io::PipeWriter, io::PipeReader) {
            Ours.open()
        }

        fn capacity(&self) -> Option<usize> {
            Some(0)
        }
    }

    match laws::pipe(OfNone).checker(checker()).try_check() {
        Err(CheckError::NoRun(why)) => assert!(why.contains("`Pipe::capacity` gave 0"), "{why}"),
        other => panic!("expected no run, got {other:?}"),
    }
}

/// The suite of pipes tells of the law that a mistake breaks, in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident breaks $($law:ident)|+, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let suite = laws::pipe(Reference($mistake));
            told_as_one_of(suite, checker().runs(3_000), &[$(Law::$law),+], $words, "writer = ");
        }
    )*};
}

told! {
    a_write_that_wakes_nobody: WriteWakesNobody breaks Stuck, "can be read";
    a_read_that_wakes_nobody: ReadWakesNobody breaks Stuck, "there is room";
    a_read_that_wakes_when_nothing_is_left: ReadWakesOnlyAtTheEnd breaks Stuck, "there is room";
    a_close_that_wakes_nobody: CloseWakesNobody breaks Stuck, "nothing more will come";
    a_writer_that_goes_and_wakes_nobody: WriterThatGoesWakesNobody breaks Stuck, "nothing more will come";
    a_reader_that_goes_and_wakes_nobody: ReaderThatGoesWakesNobody breaks Stuck, "the reader is gone";
    a_first_waker: KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll was woken";
    no_waker: ForgetsToRegister breaks PendingWithoutWaker, "no clone of its waker";
    a_writer_in_the_place_of_the_reader: RegistersForTheOther breaks Stuck | WakerDropped, "`writer`";
    what_is_taken_though_it_is_pending: TakesThoughPending breaks Panic, "pipe: ";
    bytes_that_come_twice: GivesAgain breaks Panic, "it read [";
    bytes_that_are_lost: LosesWhatIsTooMuch breaks Panic | Stuck, "pipe: ";
    one_byte_more: HoldsOneMore breaks Panic, "it holds 5 bytes: expected 4 at most";
    what_is_accepted_after_the_close: AcceptsAfterTheClose breaks Panic, "after the close";
    what_is_accepted_without_a_reader: AcceptsWithoutReader breaks Panic | Stuck, "the reader is gone";
    a_close_that_loses_the_rest: CloseLosesTheRest breaks Panic, "it says that the end is reached, with";
    a_writer_that_goes_with_the_rest: GoesWithTheRest breaks Panic, "it says that the end is reached, with";
    an_end_that_is_none: EndsWhenEmpty breaks Panic, "and the writer is there and not closed";
    an_end_that_is_an_error: FailsAtTheEnd breaks Panic, "where nothing is wrong";
    a_read_of_nothing_that_waits: ReadOfNothingWaits breaks Stuck, "it was given no room";
    a_write_of_nothing_that_waits: WriteOfNothingWaits breaks Stuck, "it was given nothing to write";
    a_write_that_takes_none: TakesNone breaks Panic, "`write_all` would fail";
    slices_backwards: TakesTheSlicesBackwards breaks Panic, "it read [";
    a_flush_that_waits_for_the_reader: FlushWaitsForTheReader breaks Stuck | PendingWithoutWaker, "writer";
    a_close_that_is_no_end: CloseIsNoEnd breaks Stuck, "nothing more will come";
}

#[test]
fn a_wake_inside_a_lock() {
    let suite = laws::pipe(Reference(WakesInsideItsLock));
    let checker = checker().with(Kind::ReentrantWaker);
    told_by(suite, checker, Law::WakeInLock, "run inside that call", "writer = ");
}

#[test]
fn what_waits_with_nothing_may_say_so() {
    #[derive(Clone)]
    struct Waits(Reference);

    impl Pipe for Waits {
        type Writer = <Reference as Pipe>::Writer;
        type Reader = <Reference as Pipe>::Reader;

        fn open(&self) -> (Self::Writer, Self::Reader) {
            Pipe::open(&self.0)
        }

        fn waits_with_nothing(&self) -> bool {
            true
        }
    }

    for mistake in [ReadOfNothingWaits, WriteOfNothingWaits] {
        laws::pipe(Waits(Reference(mistake))).checker(checker()).check();
    }
}

#[test]
fn one_waker_for_both_ways() {
    let suite = laws::duplex(Reference(RegistersForTheOther));
    let laws = [Law::Stuck, Law::WakerDropped];
    told_as_one_of(suite, checker().runs(3_000), &laws, "of the", "first end writes = ");
}

#[test]
fn a_close_of_both_ways() {
    let suite = laws::duplex(Reference(ClosesBothWays));
    let words = "and the writer is there and not closed";
    told_by(suite, checker().runs(3_000), Law::Panic, words, "first end writes = ");
}
