//! Streams of streams, of futures, and of chunks: published ones pass, and each mistake of a reference is
//! found.

use crate::{checker, told, told_by};
use futures::io::AsyncRead;
use futures::stream::{Stream, StreamExt, TryStreamExt};
use reveille::Law;
use reveille::laws::{self, Item, Laws, Source, Suite, TryMember};
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

fn passes<L: Laws>(suite: Suite<L>) {
    suite.checker(checker().runs(500)).check();
}

#[test]
fn published_ones_pass() {
    passes(laws::flatten(|sources| sources.flatten()));
    passes(laws::flatten(|sources| sources.flat_map(|source| source)));
    passes(laws::flatten_unordered(|sources| sources.flatten_unordered(None)));
    passes(laws::try_then(|members| members.then(|member| member)));
    passes(laws::try_then(|members| members.buffered(2)));
    passes(laws::try_then(|members| members.map(Ok).and_then(|member| member)));
    passes(laws::try_then(|members| {
        members.map(Ok).try_filter_map(|member| async { member.await.map(Some) })
    }));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    Right,
    KeepsAnInnerThatEnded,
    EndsWithTheFirst,
    LosesAnInner,
    PollsTheOuterAfterItsEnd,
    KeepsAFutureThatFailed,
    EndsAtTheFirstError,
    LosesAFutureThatIsPending,
}
use Mistake::*;

/// The items of one inner after another.
struct Flat {
    mistake: Mistake,
    outer: Option<Source<Source>>,
    inner: Option<Source>,
}

impl Stream for Flat {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let this = &mut *self;
        loop {
            if let Some(inner) = &mut this.inner {
                match inner.poll_next_unpin(cx) {
                    Poll::Ready(None) if this.mistake == EndsWithTheFirst => {
                        return Poll::Ready(None);
                    }
                    Poll::Ready(None) if this.mistake == KeepsAnInnerThatEnded => {}
                    Poll::Ready(None) => this.inner = None,
                    Poll::Pending if this.mistake == LosesAnInner => this.inner = None,
                    polled => return polled,
                }
            }
            let Some(outer) = &mut this.outer else { return Poll::Ready(None) };
            match ready!(outer.poll_next_unpin(cx)) {
                Some(inner) => this.inner = Some(inner),
                None if this.mistake == PollsTheOuterAfterItsEnd => {
                    return outer.poll_next_unpin(cx).map(|_| None);
                }
                None => {
                    this.outer = None;
                    return Poll::Ready(None);
                }
            }
        }
    }
}

fn flat(mistake: Mistake) -> Suite<impl Laws> {
    laws::flatten(move |sources| Flat { mistake, outer: Some(sources), inner: None })
}

/// One future after another.
struct Then {
    mistake: Mistake,
    source: Source<TryMember>,
    future: Option<Pin<Box<TryMember>>>,
    failed: bool,
}

impl Stream for Then {
    type Item = Result<Item, Item>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if this.failed && this.mistake == EndsAtTheFirstError {
            return Poll::Ready(None);
        }
        loop {
            if let Some(future) = &mut this.future {
                let polled = future.as_mut().poll(cx);
                if polled.is_pending() && this.mistake == LosesAFutureThatIsPending {
                    this.future = None;
                    continue;
                }
                let output = ready!(polled);
                this.failed |= output.is_err();
                if output.is_ok() || this.mistake != KeepsAFutureThatFailed {
                    this.future = None;
                }
                return Poll::Ready(Some(output));
            }
            match ready!(this.source.poll_next_unpin(cx)) {
                Some(member) => this.future = Some(Box::pin(member)),
                None => return Poll::Ready(None),
            }
        }
    }
}

fn then(mistake: Mistake) -> Suite<impl Laws> {
    laws::try_then(move |source| Then { mistake, source, future: None, failed: false })
}

#[test]
fn the_references_pass() {
    flat(Right).checker(checker().runs(5_000)).check();
    then(Right).checker(checker().runs(5_000)).check();
}

macro_rules! told {
    ($($test:ident: $suite:ident, $mistake:ident breaks $law:ident, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            told_by($suite($mistake), checker().runs(1_000), Law::$law, $words, "when they come = ");
        }
    )*};
}

told! {
    an_inner_that_is_polled_after_its_end: flat, KeepsAnInnerThatEnded breaks PollAfterReady, "source 1 was polled again after its end";
    an_end_with_the_first_inner: flat, EndsWithTheFirst breaks Panic, "it ended, and";
    an_inner_that_is_lost: flat, LosesAnInner breaks Panic, "it ended, and";
    an_outer_that_is_polled_after_its_end: flat, PollsTheOuterAfterItsEnd breaks PollAfterReady, "the source of sources was polled again after its end";
    a_future_that_failed_and_is_polled: then, KeepsAFutureThatFailed breaks PollAfterReady, "was polled again after its end";
    an_end_at_the_first_error: then, EndsAtTheFirstError breaks Panic, "it ended, and";
    a_future_that_is_lost: then, LosesAFutureThatIsPending breaks Panic, "it ended, and";
}

/// Reads what comes in chunks.
struct Joined {
    chunks: Source<io::Result<Vec<u8>>>,
    left: VecDeque<u8>,
    is_over: bool,
    /// The mistake.
    polls_on: bool,
}

impl AsyncRead for Joined {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        while this.left.is_empty() && !this.is_over && !buffer.is_empty() {
            match ready!(this.chunks.poll_next_unpin(cx)) {
                Some(chunk) => this.left.extend(chunk?),
                None if this.polls_on => return Poll::Ready(Ok(0)),
                None => this.is_over = true,
            }
        }
        let count = buffer.len().min(this.left.len());
        buffer.iter_mut().zip(this.left.drain(..count)).for_each(|(place, byte)| *place = byte);
        Poll::Ready(Ok(count))
    }
}

fn joined(polls_on: bool) -> Suite<impl Laws> {
    laws::stream_reader(move |chunks| Joined {
        chunks,
        left: VecDeque::new(),
        is_over: false,
        polls_on,
    })
}

#[test]
fn a_reader_of_chunks_passes() {
    joined(false).checker(checker().runs(2_000)).check();
    laws::stream_reader(TryStreamExt::into_async_read).checker(checker()).check();
}

#[test]
fn a_stream_that_is_polled_after_its_end() {
    let words = "the stream of chunks was polled again after its end";
    told(joined(true), Law::PollAfterReady, words);
}
