//! An inner sink.

use super::{Inner, Inners, Pause, State, pauses};
use crate::laws::given::making::Failed;
use crate::laws::given::outputs::{Outputs, numbers_of};
use futures_core::Stream;
use futures_sink::Sink;
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// Times that it makes others wait, at most.
const MOST_WAITS: usize = 6;

/// Where items arrive: the sink beneath what is under test, for [`sink()`](crate::laws::sink()).
///
/// It is a `Sink` that takes items at times that the suite decides, holds them back until it is
/// flushed or closed, and fails for good in some runs. It must be asked with `poll_ready` before
/// each item, and for none any more once it is closed. Whoever has no sink beneath it has this one
/// [drain](ItemSink::drain) what comes out elsewhere.
#[must_use = "a sink takes nothing unless it is used"]
pub struct ItemSink {
    inner: Inner,
    waits: Waits,
    state: Door,
    arrived: Arrivals,
}

/// Whether it may be given an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Door {
    Shut,
    Open,
    Closing,
    Failed,
}

/// When it goes on.
#[derive(Clone)]
pub(in crate::laws) struct Waits {
    /// Before each time that it is done with something.
    each: Vec<Vec<Pause>>,
    /// It fails the next time after so many.
    fails_after: Option<usize>,
}

pub(in crate::laws) fn waits() -> BoxedStrategy<Waits> {
    let fails_after = prop_oneof![5 => Just(None), 1 => (0..8usize).prop_map(Some)];
    (vec(pauses(), 0..=MOST_WAITS), fails_after)
        .prop_map(|(each, fails_after)| Waits { each, fails_after })
        .boxed()
}

impl fmt::Debug for Waits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.each)?;
        match self.fails_after {
            Some(0) => f.write_str(", fails"),
            Some(times) => write!(f, ", fails after it went on {times} times"),
            None => Ok(()),
        }
    }
}

/// What arrived.
#[derive(Clone, Default)]
pub(in crate::laws) struct Arrivals(Arc<Mutex<Arrived>>);

#[derive(Default)]
pub(in crate::laws) struct Arrived {
    pub(in crate::laws) items: Vec<usize>,
    /// How many of them can be seen.
    pub(in crate::laws) visible: usize,
    pub(in crate::laws) is_closed: bool,
    /// Whether they come out of something else.
    pub(in crate::laws) is_drained: bool,
    pub(in crate::laws) has_failed: bool,
}

impl Arrivals {
    pub(in crate::laws) fn lock(&self) -> MutexGuard<'_, Arrived> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ItemSink {
    pub(in crate::laws) fn new(inners: &Inners, waits: Waits) -> ItemSink {
        let inner = inners.register("the sink beneath".to_owned());
        ItemSink { inner, waits, state: Door::Shut, arrived: Arrivals::default() }
    }

    pub(in crate::laws) fn arrivals(&self) -> Arrivals {
        self.arrived.clone()
    }

    /// Takes all that comes from `stream`, at its own pace, and its end: for a sink whose items
    /// come out at another end.
    ///
    /// ```
    /// use futures::channel::mpsc;
    /// use reveille::laws;
    ///
    /// laws::sink(|beneath| {
    ///     let (sender, receiver) = mpsc::channel(2);
    ///     reveille::spawn_daemon(beneath.drain(receiver));
    ///     sender
    /// })
    /// .runs(100)
    /// .check();
    /// ```
    pub fn drain<S: Stream<Item: Outputs>>(mut self, stream: S) -> impl Future<Output = ()> {
        // Nobody could be told of a failure.
        self.waits.fails_after = None;
        self.arrived.lock().is_drained = true;
        self.drained(stream)
    }

    async fn drained(mut self, stream: impl Stream<Item: Outputs>) {
        let mut stream = pin!(stream);
        while let Some(outputs) = poll_fn(|cx| stream.as_mut().poll_next(cx)).await {
            let _ = poll_fn(|cx| self.goes_on(cx)).await;
            self.takes(&outputs);
            self.shows();
        }
        let _ = poll_fn(|cx| self.goes_on(cx)).await;
        self.ends();
    }

    /// Waits as is drawn, and fails when it is to.
    fn goes_on(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Failed>> {
        if self.state == Door::Failed {
            return Poll::Ready(Err(Failed));
        }
        let mut none = Vec::new();
        let pauses = self.waits.each.first_mut().unwrap_or(&mut none);
        if !self.inner.is_polled(None) || self.inner.pass(cx, pauses).is_pending() {
            return Poll::Pending;
        }
        self.inner.with(|seen| seen.becomes(State::Taking));
        if !self.waits.each.is_empty() {
            self.waits.each.remove(0);
        }
        match &mut self.waits.fails_after {
            Some(0) => {
                self.state = Door::Failed;
                self.arrived.lock().has_failed = true;
                Poll::Ready(Err(Failed))
            }
            Some(times) => {
                *times -= 1;
                Poll::Ready(Ok(()))
            }
            None => Poll::Ready(Ok(())),
        }
    }

    fn takes(&self, outputs: &impl Outputs) {
        self.arrived.lock().items.extend(numbers_of(outputs));
    }

    fn shows(&self) {
        let mut arrived = self.arrived.lock();
        arrived.visible = arrived.items.len();
    }

    fn ends(&self) {
        self.shows();
        self.arrived.lock().is_closed = true;
        self.inner.with(|seen| seen.becomes(State::Ended));
    }

    fn misused(&self, how: &str) {
        self.inner.is_misused(how);
    }
}

impl<T: Outputs> Sink<T> for ItemSink {
    type Error = Failed;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Failed>> {
        if self.arrived.lock().is_closed {
            self.misused("was asked for room after its close");
            return Poll::Ready(Err(Failed));
        }
        if self.state == Door::Open {
            return Poll::Ready(Ok(()));
        }
        let polled = self.goes_on(cx);
        // Whoever asks during the close may not care for the answer.
        if matches!(polled, Poll::Ready(Ok(()))) && self.state == Door::Shut {
            self.state = Door::Open;
        }
        polled
    }

    fn start_send(mut self: Pin<&mut Self>, item: T) -> Result<(), Failed> {
        match self.state {
            Door::Open => {
                self.takes(&item);
                self.state = Door::Shut;
                return Ok(());
            }
            Door::Shut => {
                self.misused("was given an item, and `poll_ready` had not said that it may")
            }
            Door::Closing => self.misused("was given an item after its close"),
            Door::Failed => {}
        }
        Err(Failed)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Failed>> {
        // What is closed has nothing left to flush.
        if self.arrived.lock().is_closed {
            return Poll::Ready(Ok(()));
        }
        let polled = self.goes_on(cx);
        if matches!(polled, Poll::Ready(Ok(()))) {
            self.shows();
        }
        polled
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Failed>> {
        if self.arrived.lock().is_closed {
            return Poll::Ready(Ok(()));
        }
        if self.state != Door::Failed {
            self.state = Door::Closing;
        }
        let polled = self.goes_on(cx);
        if matches!(polled, Poll::Ready(Ok(()))) {
            self.ends();
        }
        polled
    }
}

impl fmt::Debug for ItemSink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemSink").field("state", &self.state).finish_non_exhaustive()
    }
}
