//! Streams made from others: published ones pass, and each mistake of a reference is found.

use crate::relay::Relay;
use crate::{checker, told_by};
use futures::stream::{self, Stream, StreamExt, select_all};
use reveille::Law;
use reveille::laws::{self, Item, Laws, Source, Suite};
use std::collections::VecDeque;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

fn passes<L: Laws>(suite: Suite<L>) {
    suite.checker(checker().runs(1_000)).check();
}

#[test]
fn streams_of_one_pass() {
    passes(laws::stream(|source| source));
    passes(laws::stream(|source| source.chunks(2)));
    passes(laws::stream(|source| source.ready_chunks(3)));
    passes(laws::stream(|source| source.then(|item| async { item })));
    passes(laws::stream(|source| source.map(|item| async { item }).buffered(2)));
    passes(laws::unordered_stream(|source| source.map(|item| async { item }).buffer_unordered(2)));
    passes(laws::fused_stream(|source| source.fuse()));
    passes(laws::terminated_stream(|source| source.peekable()));
    passes(laws::terminated_stream(|source| source.chunks(2)));
    passes(laws::stream(|source| source.enumerate().map(|(_, item)| item)));
}

#[test]
fn streams_of_several_pass() {
    passes(laws::select(select_all));
    passes(laws::select(|sources| {
        let mut sources = sources.into_iter();
        let none = || stream::empty().left_stream();
        let mut next = || sources.next().map_or_else(none, StreamExt::right_stream);
        stream::select(next(), stream::select(next(), next()))
    }));
    passes(laws::streams(2, |sources| stream::iter(sources).flatten(), |numbers| numbers.concat()));
    passes(laws::streams(
        2,
        |mut sources| {
            let last = sources.pop().unwrap();
            sources.pop().unwrap().zip(last)
        },
        |numbers| numbers[0].iter().zip(&numbers[1]).flat_map(|(a, b)| [*a, *b]).collect(),
    ));
    passes(laws::select(|sources| stream::iter(sources).flatten_unordered(None)));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    Right,
    EndsWithTheFirst,
    EndsWhenTheFirstIsPending,
    PollsAfterTheEnd,
    AlwaysBeginsWithTheFirst,
    StopsAtTheFirstPending,
    KeepsItsFirstWaker,
    IsDeafWhilePolling,
    WakesOnce,
    Spins,
    LosesWhatItHolds,
    GivesTheLastFirst,
    HintsTooMuch,
    HintsTooLittle,
    SaysThatItEndedTooEarly,
    NeverSaysThatItEnded,
    PanicsAfterItsEnd,
    GivesNoEnd,
    Leaks,
    DropsOne,
    LosesWhenItIsWokenInVain,
}
use Mistake::*;

/// Merges sources by turns; each has a waker of its own and is polled only if that was woken.
struct Merged {
    mistake: Mistake,
    sources: Vec<(Source, Arc<Relay>, bool)>,
    turn: usize,
    is_over: bool,
    held: VecDeque<Item>,
    given: usize,
    was_pending: bool,
}

impl Merged {
    fn new(mistake: Mistake, sources: Vec<Source>) -> Merged {
        let sources = sources.into_iter().map(|source| {
            let relay = Arc::new(Relay::default());
            let mut state = relay.state();
            state.is_woken = true;
            state.is_deaf_while_polling = mistake == IsDeafWhilePolling;
            state.wakes_once = mistake == WakesOnce;
            drop(state);
            (source, relay, false)
        });
        Merged {
            mistake,
            sources: sources.collect(),
            turn: 0,
            is_over: false,
            held: VecDeque::new(),
            given: 0,
            was_pending: false,
        }
    }

    fn give(&mut self, item: Item) -> Poll<Option<Item>> {
        self.given += 1;
        if self.mistake == DropsOne && self.given == 3 {
            drop(item);
            self.is_over = true;
            return Poll::Ready(None);
        }
        Poll::Ready(Some(item))
    }

    fn poll_source(&mut self, at: usize, waker: &Waker) -> Poll<Option<Item>> {
        let mistake = self.mistake;
        let (source, relay, has_ended) = &mut self.sources[at];
        if *has_ended && mistake != PollsAfterTheEnd {
            return Poll::Ready(None);
        }
        let was_woken = relay.begin(waker, mistake == KeepsItsFirstWaker);
        if !was_woken && !*has_ended {
            relay.end();
            return Poll::Pending;
        }
        let inner = relay.waker();
        let mut polled = Pin::new(&mut *source).poll_next(&mut Context::from_waker(&inner));
        while mistake == Spins && polled.is_pending() && relay.state().is_woken {
            polled = Pin::new(&mut *source).poll_next(&mut Context::from_waker(&inner));
        }
        relay.end();
        match &polled {
            Poll::Ready(None) => *has_ended = true,
            // It may have more at once.
            Poll::Ready(Some(_)) => relay.state().is_woken = true,
            Poll::Pending => {}
        }
        polled
    }
}

impl Stream for Merged {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let this = &mut *self;
        if this.is_over {
            assert!(this.mistake != PanicsAfterItsEnd, "polled after its end");
            return Poll::Ready(None);
        }
        if this.mistake == LosesWhenItIsWokenInVain && mem::take(&mut this.was_pending) {
            this.held.clear();
        }
        let count = this.sources.len();
        let mut all_ended = true;
        for offset in 0..count {
            let at = match this.mistake {
                AlwaysBeginsWithTheFirst => offset,
                _ => (this.turn + offset) % count,
            };
            match this.poll_source(at, cx.waker()) {
                Poll::Ready(Some(item)) => {
                    this.turn = at + 1;
                    match this.mistake {
                        LosesWhatItHolds | GivesTheLastFirst | LosesWhenItIsWokenInVain => {
                            this.held.push_back(item);
                            all_ended = false;
                        }
                        _ => return this.give(item),
                    }
                }
                Poll::Ready(None) if this.mistake == EndsWithTheFirst => {
                    this.is_over = true;
                    return Poll::Ready(None);
                }
                Poll::Ready(None) => {}
                Poll::Pending => {
                    all_ended = false;
                    if this.mistake == StopsAtTheFirstPending {
                        break;
                    }
                    if this.mistake == EndsWhenTheFirstIsPending
                        && this.sources.iter().any(|source| source.2)
                    {
                        all_ended = true;
                        break;
                    }
                }
            }
        }
        if this.held.len() >= 2 || (all_ended && !this.held.is_empty()) {
            let item = match this.mistake {
                GivesTheLastFirst => this.held.pop_back(),
                _ => this.held.pop_front(),
            };
            return item.map_or(Poll::Pending, |item| this.give(item));
        }
        if !this.held.is_empty() {
            // There may be more at once.
            cx.waker().wake_by_ref();
            this.was_pending = true;
            if this.mistake == LosesWhatItHolds {
                this.held.clear();
            }
        }
        if !all_ended {
            return Poll::Pending;
        }
        if this.mistake == GivesNoEnd {
            return Poll::Pending;
        }
        this.is_over = true;
        Poll::Ready(None)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let hints = self.sources.iter().map(|(source, ..)| source.size_hint());
        let (lower, upper) = hints.fold((0, Some(0)), |(lower, upper), (more, most)| {
            (lower + more, upper.zip(most).map(|(upper, most)| upper + most))
        });
        match self.mistake {
            HintsTooMuch => (lower + 1, upper.map(|upper| upper + 1)),
            HintsTooLittle => (0, upper.map(|upper| upper.saturating_sub(1))),
            GivesTheLastFirst | LosesWhatItHolds | LosesWhenItIsWokenInVain => (0, None),
            _ => (lower, upper),
        }
    }
}

impl stream::FusedStream for Merged {
    fn is_terminated(&self) -> bool {
        match self.mistake {
            SaysThatItEndedTooEarly => self.given > 0,
            NeverSaysThatItEnded => false,
            _ => self.is_over,
        }
    }
}

impl Drop for Merged {
    fn drop(&mut self) {
        if self.mistake == Leaks {
            self.sources.drain(..).for_each(|(source, ..)| mem::forget(source));
        }
    }
}

fn merged(mistake: Mistake) -> Suite<impl Laws> {
    laws::select(move |sources| Merged::new(mistake, sources))
}

fn single(mistake: Mistake) -> Suite<impl Laws> {
    laws::stream(move |source| Merged::new(mistake, vec![source]))
}

fn fused(mistake: Mistake) -> Suite<impl Laws> {
    laws::fused_stream(move |source| Merged::new(mistake, vec![source]))
}

fn terminated(mistake: Mistake) -> Suite<impl Laws> {
    laws::terminated_stream(move |source| Merged::new(mistake, vec![source]))
}

#[test]
fn the_reference_passes() {
    merged(Right).checker(checker().runs(4_000)).check();
    single(Right).checker(checker().runs(2_000)).check();
    fused(Right).checker(checker().runs(2_000)).check();
    terminated(Right).checker(checker().runs(2_000)).check();
}

/// The suite tells of the law that a mistake breaks, in these words.
macro_rules! told {
    ($($test:ident: $suite:ident, $mistake:ident breaks $law:ident, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            let checker = checker().runs(1_000).max_steps(2_000);
            told_by($suite($mistake), checker, Law::$law, $words, "sources = ");
        }
    )*};
}

told! {
    an_end_with_the_first: merged, EndsWithTheFirst breaks Panic, "it ended, and the items";
    an_end_while_one_is_pending: merged, EndsWhenTheFirstIsPending breaks Panic, "it ended, and the items";
    a_source_that_is_polled_after_its_end: merged, PollsAfterTheEnd breaks PollAfterReady, "was polled again after its end";
    a_source_that_is_passed_over: merged, AlwaysBeginsWithTheFirst breaks Starvation, "was not polled while 64 items came from others";
    a_source_that_is_not_registered: merged, StopsAtTheFirstPending breaks Stuck, ", while its owner waits for another";
    a_waker_of_the_first_poll: single, KeepsItsFirstWaker breaks StaleWaker, "a waker of an earlier poll";
    a_wake_during_a_poll: single, IsDeafWhilePolling breaks Stuck, "source 1 was woken, and nobody polls it";
    a_waker_that_wakes_once: single, WakesOnce breaks Stuck, "source 1 was woken, and nobody polls it";
    a_loop_until_there_is_an_item: single, Spins breaks Starvation, "was polled more than 300 times within one poll";
    an_item_that_goes_while_it_waits: single, LosesWhatItHolds breaks Panic, "the items [0";
    an_item_that_goes_when_it_is_polled_again: single, LosesWhenItIsWokenInVain breaks Panic, "the items [0";
    another_order: single, GivesTheLastFirst breaks Panic, "it gave item 1: expected one of [0]";
    a_lower_bound_that_is_not_kept: single, HintsTooMuch breaks Panic, "its size hint after 0 was (1";
    an_upper_bound_that_is_not_kept: single, HintsTooLittle breaks Panic, "and 1 came";
    an_end_that_is_told_too_early: terminated, SaysThatItEndedTooEarly breaks Panic, "`is_terminated` was true, and then an item came";
    an_end_that_is_not_told: terminated, NeverSaysThatItEnded breaks Panic, "`is_terminated` is false after its end";
    a_panic_after_the_end: fused, PanicsAfterItsEnd breaks Panic, "polled after its end";
    an_end_that_does_not_come: single, GivesNoEnd breaks Stuck, "nobody is left that it could wait for";
    a_source_that_leaks: merged, Leaks breaks Panic, "was not dropped, and nobody has it any more";
    an_item_that_is_dropped: single, DropsOne breaks Panic, "it ended, and the items";
}
