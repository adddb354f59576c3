//! Futures made from others that may fail: published ones pass, and each mistake of a reference is
//! found.

use crate::{checker, told_by};
use futures::future::{FutureExt, select_ok, try_join_all};
use reveille::Law;
use reveille::laws::{self, Item, Laws, Suite, TryMember};
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

#[test]
fn published_ones_pass() {
    laws::try_join(try_join_all).checker(checker().runs(2_000)).check();
    laws::race_ok(|members| {
        select_ok(members.into_iter().map(Box::pin)).map(|first| first.map(|(item, _)| item))
    })
    .checker(checker().runs(2_000))
    .check();
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    Right,
    PollsThoseThatFailed,
    WaitsForAll,
    GivesUpAtTheFirstFailure,
    SwallowsAFailure,
    LeaksTheErrors,
    WaitsThoughAllFailed,
    FailsForNoReason,
}
use Mistake::*;

/// Waits until all have succeeded, or one of them.
struct Gathered {
    mistake: Mistake,
    is_race: bool,
    members: Vec<Option<Pin<Box<TryMember>>>>,
    outputs: Vec<Option<Item>>,
    errors: Vec<Item>,
    waker: Option<Waker>,
}

impl Gathered {
    fn new(mistake: Mistake, is_race: bool, members: Vec<TryMember>) -> Gathered {
        let outputs = members.iter().map(|_| None).collect();
        let members = members.into_iter().map(|member| Some(Box::pin(member))).collect();
        Gathered { mistake, is_race, members, outputs, errors: Vec::new(), waker: None }
    }
}

impl Future for Gathered {
    type Output = Result<Vec<Item>, Vec<Item>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let mut is_pending = false;
        let all = this.members.len();
        for (slot, output) in this.members.iter_mut().zip(&mut this.outputs) {
            let Some(member) = slot else { continue };
            match member.as_mut().poll(cx) {
                Poll::Ready(Ok(item)) if this.is_race => return Poll::Ready(Ok(vec![item])),
                Poll::Ready(Ok(item)) => {
                    *output = Some(item);
                    *slot = None;
                }
                Poll::Ready(Err(error)) => {
                    this.errors.push(error);
                    if this.mistake != PollsThoseThatFailed {
                        *slot = None;
                    }
                    let gives_up = match this.mistake {
                        WaitsForAll | SwallowsAFailure => false,
                        GivesUpAtTheFirstFailure => true,
                        _ => !this.is_race,
                    };
                    if gives_up {
                        return Poll::Ready(Err(mem::take(&mut this.errors)));
                    }
                }
                Poll::Pending => is_pending = true,
            }
        }
        this.waker = Some(cx.waker().clone());
        if is_pending || this.mistake == WaitsThoughAllFailed && !this.errors.is_empty() {
            return Poll::Pending;
        }
        if this.mistake == FailsForNoReason && all > 1 {
            return Poll::Ready(Err(Vec::new()));
        }
        if this.is_race || !this.errors.is_empty() && this.mistake != SwallowsAFailure {
            return Poll::Ready(Err(mem::take(&mut this.errors)));
        }
        Poll::Ready(Ok(this.outputs.iter_mut().filter_map(Option::take).collect()))
    }
}

impl Drop for Gathered {
    fn drop(&mut self) {
        if self.mistake == LeaksTheErrors {
            mem::forget(mem::take(&mut self.errors));
        }
    }
}

fn joined(mistake: Mistake) -> Suite<impl Laws> {
    laws::try_join(move |members| Gathered::new(mistake, false, members))
}

fn raced(mistake: Mistake) -> Suite<impl Laws> {
    laws::race_ok(move |members| Gathered::new(mistake, true, members))
}

#[test]
fn the_references_pass() {
    joined(Right).checker(checker().runs(5_000)).check();
    raced(Right).checker(checker().runs(5_000)).check();
}

macro_rules! told {
    ($($test:ident: $suite:ident, $mistake:ident breaks $law:ident, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            told_by($suite($mistake), checker().runs(1_000), Law::$law, $words, "members = ");
        }
    )*};
}

told! {
    one_that_failed_and_is_polled: raced, PollsThoseThatFailed breaks PollAfterReady, "was polled again after its end";
    a_failure_that_waits: joined, WaitsForAll breaks Panic, "it waits, though member";
    a_race_that_gives_up: raced, GivesUpAtTheFirstFailure breaks Panic, "it gave an error: expected the item of one that has not failed";
    a_failure_that_is_swallowed: joined, SwallowsAFailure breaks Panic, "expected an error, since one has failed";
    errors_that_leak: raced, LeaksTheErrors breaks Panic, "was not dropped, and nobody has it any more";
    a_race_that_nobody_wins: raced, WaitsThoughAllFailed breaks Stuck, "waits for ever: nobody is left that it could wait for";
    a_failure_without_reason: joined, FailsForNoReason breaks Panic, "it gave an error: expected the items [0, 1]";
}
