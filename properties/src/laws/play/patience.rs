//! How long somebody waits for an operation: to its end, or for shorter.
//!
//! What is under `select!`, a timeout or an abort is dropped while it is pending, or when it
//! was woken and before it is polled again. The latter is the hard one: with it goes the
//! wake, which somebody else may need.
//!
//! A panic by the fault `panicking-clone`, or of a closure that is to panic, ends the wait, and
//! its task goes on, as with `catch_unwind`: what is left must still work.

use proptest::prelude::*;
use reveille_sim::time::timeout;
use reveille_sim::{PanickedClone, cancellable};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::laws) enum Patience {
    /// To the end.
    Endless,
    /// It is dropped after so many polls that were pending; without one, unpolled.
    Polls(u8),
    /// It is dropped when its task is polled again after so many polls.
    Wakes(u8),
    /// It is dropped after so many milliseconds.
    Millis(u8),
    /// It is dropped wherever the fault `cancellation` strikes.
    Faulty,
}

pub(in crate::laws) fn patience() -> BoxedStrategy<Patience> {
    prop_oneof![
        8 => Just(Patience::Endless),
        1 => (0..3u8).prop_map(Patience::Polls),
        3 => prop_oneof![3 => Just(1), 1 => Just(2)].prop_map(Patience::Wakes),
        1 => (1..4u8).prop_map(Patience::Millis),
        1 => Just(Patience::Faulty),
    ]
    .boxed()
}

impl Patience {
    /// The output of `future`, if it was waited for.
    pub(in crate::laws) async fn wait<F: Future + Unpin>(self, future: F) -> Option<F::Output> {
        let spared = Spared(Some(future));
        let output = match self {
            Patience::Endless => Some(spared.await),
            Patience::Polls(polls) => Impatient { future: Some(spared), polls, woken: false }.await,
            Patience::Wakes(polls) => Impatient { future: Some(spared), polls, woken: true }.await,
            Patience::Millis(millis) => {
                timeout(Duration::from_millis(u64::from(millis)), spared).await.ok()
            }
            Patience::Faulty => cancellable(spared).await.ok(),
        };
        output.flatten()
    }
}

/// As a suffix of what is waited for.
impl fmt::Debug for Patience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Patience::Endless => f.write_str("wait to the end"),
            Patience::Polls(0) => f.write_str("drop unpolled"),
            Patience::Polls(polls) => write!(f, "drop when pending ({polls})"),
            Patience::Wakes(polls) => write!(f, "drop when woken ({polls})"),
            Patience::Millis(millis) => write!(f, "drop after {millis} ms"),
            Patience::Faulty => f.write_str("drop by a fault"),
        }
    }
}

/// What a closure of the suite's panics with, to see what is left.
struct Unwound;

/// Unwinds up to who waits, who goes on.
pub(in crate::laws) fn unwind() -> ! {
    resume_unwind(Box::new(Unwound))
}

/// A future that is dropped, without an output, when it panics as it is to.
struct Spared<F>(Option<F>);

impl<F: Future + Unpin> Future for Spared<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = &mut self.0 else { return Poll::Ready(None) };
        let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(future).poll(cx)));
        match polled {
            Ok(polled) => polled.map(Some),
            Err(payload) if payload.is::<PanickedClone>() || payload.is::<Unwound>() => {
                self.0 = None;
                Poll::Ready(None)
            }
            Err(payload) => resume_unwind(payload),
        }
    }
}

struct Impatient<F> {
    future: Option<F>,
    /// Polls that it is still given.
    polls: u8,
    /// Whether it is dropped at the beginning of a poll, not at the end of one.
    woken: bool,
}

impl<F: Future + Unpin> Future for Impatient<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if this.polls == 0 {
            this.future = None;
        }
        let Some(future) = &mut this.future else { return Poll::Ready(None) };
        if let Poll::Ready(output) = Pin::new(future).poll(cx) {
            return Poll::Ready(Some(output));
        }
        this.polls -= 1;
        if this.polls == 0 && !this.woken {
            this.future = None;
            return Poll::Ready(None);
        }
        Poll::Pending
    }
}
