//! Sinks: published ones pass, and each mistake of a reference is found.

use crate::relay::Relay;
use crate::{checker, told_by};
use futures::channel::mpsc;
use futures::{Sink, SinkExt, sink};
use reveille::Law;
use reveille::laws::{self, Failed, Item, ItemSink, Laws, Suite};
use std::collections::VecDeque;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

fn passes<L: Laws>(suite: Suite<L>) {
    suite.checker(checker().runs(2_000)).check();
}

#[test]
fn published_sinks_pass() {
    passes(laws::sink(|beneath| beneath));
    passes(laws::sink(|beneath| SinkExt::<Item>::buffer(beneath, 3)));
    passes(laws::sink(|beneath| beneath.with(|item: Item| async { Ok::<_, Failed>(item) })));
    passes(laws::sink(|beneath| {
        beneath.with_flat_map(|item: Item| futures::stream::iter([Ok::<_, Failed>(item)]))
    }));
    passes(laws::fused_sink(|beneath| SinkExt::<Item>::buffer(beneath, 1)));
    passes(laws::sink(|beneath| SinkExt::<Item>::sink_map_err(beneath, |error| error)));
}

#[test]
fn sinks_that_come_out_elsewhere_pass() {
    passes(laws::sink(|beneath| {
        let (sender, receiver) = mpsc::channel(2);
        drop(reveille::spawn_daemon(beneath.drain(receiver)));
        sender
    }));
    passes(laws::sink(|beneath| {
        let (sender, receiver) = mpsc::unbounded();
        drop(reveille::spawn_daemon(beneath.drain(receiver)));
        sender
    }));
    passes(laws::sink(|beneath| {
        let (sender, receiver) = flume::bounded(1);
        drop(reveille::spawn_daemon(beneath.drain(receiver.into_stream())));
        sender.into_sink()
    }));
    passes(laws::sink(|beneath| {
        let (sender, receiver) = mpsc::channel(1);
        drop(reveille::spawn_daemon(beneath.drain(receiver)));
        let sink = sink::unfold(sender, |mut sender: mpsc::Sender<_>, item: Item| async move {
            sender.send(item).await?;
            Ok::<_, mpsc::SendError>(sender)
        });
        Box::pin(sink)
    }));
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mistake {
    Right,
    DoesNotAsk,
    AsksOnceForAll,
    TakesMoreThanItHas,
    FlushesNothing,
    DoesNotFlushBeneath,
    FlushForgetsThatItWasPending,
    CloseLosesTheTail,
    DoesNotCloseBeneath,
    SendsAfterTheClose,
    SendsTwice,
    GivesTheLastFirst,
    LosesWhenItIsPending,
    KeepsItsFirstWaker,
    IsDeafWhilePolling,
    WaitsWithoutAsking,
    DoesNotGoOnAfterOne,
    SwallowsAFailure,
    FailsWhenNothingIsWrong,
    PanicsAfterAFailure,
    Leaks,
}
use Mistake::*;

const CAPACITY: usize = 2;

/// A buffer before a sink, which it wakes by a waker of its own.
struct Buffered {
    mistake: Mistake,
    beneath: ItemSink,
    relay: Arc<Relay>,
    held: VecDeque<Arc<Item>>,
    has_asked: bool,
    has_failed: bool,
    was_pending: bool,
}

fn buffered(mistake: Mistake) -> impl Fn(ItemSink) -> Buffered {
    move |beneath| {
        let relay = Arc::new(Relay::default());
        relay.state().is_deaf_while_polling = mistake == IsDeafWhilePolling;
        Buffered {
            mistake,
            beneath,
            relay,
            held: VecDeque::new(),
            has_asked: false,
            has_failed: false,
            was_pending: false,
        }
    }
}

type Polled = Poll<Result<(), Failed>>;

impl Buffered {
    fn beneath(&mut self) -> Pin<&mut ItemSink> {
        Pin::new(&mut self.beneath)
    }

    /// Polls the sink beneath with the waker of its own.
    fn below(
        &mut self,
        cx: &Context<'_>,
        poll: fn(Pin<&mut ItemSink>, &mut Context<'_>) -> Polled,
    ) -> Polled {
        if self.mistake == PanicsAfterAFailure {
            assert!(!self.has_failed, "polled after a failure");
        }
        self.relay.begin(cx.waker(), self.mistake == KeepsItsFirstWaker);
        let waker = self.relay.waker();
        let polled = poll(self.beneath(), &mut Context::from_waker(&waker));
        self.relay.end();
        if let Poll::Ready(Err(Failed)) = polled {
            self.has_failed = true;
            if self.mistake == SwallowsAFailure {
                self.held.clear();
                return Poll::Ready(Ok(()));
            }
        }
        polled
    }

    /// Whether the sink beneath takes one.
    fn asked(&mut self, cx: &Context<'_>) -> Polled {
        match self.mistake {
            DoesNotAsk => Poll::Ready(Ok(())),
            AsksOnceForAll if self.has_asked => Poll::Ready(Ok(())),
            WaitsWithoutAsking if mem::replace(&mut self.was_pending, false) => Poll::Pending,
            _ => self.below(cx, <ItemSink as Sink<Arc<Item>>>::poll_ready),
        }
    }

    /// Gives away all that it holds.
    fn drain(&mut self, cx: &Context<'_>) -> Polled {
        while !self.held.is_empty() {
            let asked = self.asked(cx);
            self.was_pending = asked.is_pending();
            if asked.is_pending() && self.mistake == LosesWhenItIsPending {
                self.held.pop_front();
            }
            ready!(asked)?;
            self.has_asked = true;
            let item = match self.mistake {
                GivesTheLastFirst => self.held.pop_back(),
                Leaks => {
                    mem::forget(self.held.pop_front());
                    continue;
                }
                _ => self.held.pop_front(),
            };
            let Some(item) = item else { break };
            self.beneath().start_send(item)?;
            if self.mistake == DoesNotGoOnAfterOne && !self.held.is_empty() {
                return Poll::Pending;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl Sink<Item> for Buffered {
    type Error = Failed;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let this = self.get_mut();
        if this.held.len() < CAPACITY || this.mistake == TakesMoreThanItHas {
            return Poll::Ready(Ok(()));
        }
        if this.mistake == FailsWhenNothingIsWrong {
            return Poll::Ready(Err(Failed));
        }
        this.drain(cx)
    }

    fn start_send(self: Pin<&mut Self>, item: Item) -> Result<(), Failed> {
        let this = self.get_mut();
        if this.held.len() >= CAPACITY {
            // It says that it had room, and has none.
            return Ok(());
        }
        let item = Arc::new(item);
        if this.mistake == SendsTwice {
            this.held.push_back(item.clone());
        }
        this.held.push_back(item);
        Ok(())
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let this = self.get_mut();
        if this.mistake != FlushesNothing {
            let drained = this.drain(cx);
            if drained.is_pending() && this.mistake == FlushForgetsThatItWasPending {
                return Poll::Ready(Ok(()));
            }
            ready!(drained)?;
        }
        match this.mistake {
            DoesNotFlushBeneath => Poll::Ready(Ok(())),
            _ => this.below(cx, <ItemSink as Sink<Arc<Item>>>::poll_flush),
        }
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let this = self.get_mut();
        if this.mistake == SendsAfterTheClose {
            ready!(this.below(cx, <ItemSink as Sink<Arc<Item>>>::poll_close))?;
        }
        if this.mistake != CloseLosesTheTail {
            ready!(this.drain(cx))?;
        }
        match this.mistake {
            DoesNotCloseBeneath => this.below(cx, <ItemSink as Sink<Arc<Item>>>::poll_flush),
            _ => this.below(cx, <ItemSink as Sink<Arc<Item>>>::poll_close),
        }
    }
}

#[test]
fn a_panic_after_a_failure() {
    let words = "polled after a failure";
    let suite = laws::fused_sink(buffered(PanicsAfterAFailure));
    told_by(suite, checker(), Law::Panic, words, "steps = ");
    passes(laws::sink(buffered(PanicsAfterAFailure)));
}

#[test]
fn the_reference_passes() {
    laws::fused_sink(buffered(Right)).checker(checker().runs(5_000)).check();
}

/// A mistake is told by this law, in these words.
macro_rules! told {
    ($($test:ident: $mistake:ident, $law:ident, $words:literal;)*) => {$(
        #[test]
        fn $test() {
            told_by(laws::sink(buffered($mistake)), checker(), Law::$law, $words, "steps = ");
        }
    )*};
}

told! {
    one_that_does_not_ask: DoesNotAsk, Panic, "`poll_ready` had not said that it may";
    one_that_asks_once: AsksOnceForAll, Panic, "`poll_ready` had not said that it may";
    room_that_is_none: TakesMoreThanItHas, Panic, "did not arrive";
    a_flush_of_nothing: FlushesNothing, Panic, "the flush is over, and item";
    a_flush_that_stops_halfway: DoesNotFlushBeneath, Panic, "was not flushed, which has item";
    a_flush_that_gives_up: FlushForgetsThatItWasPending, Panic, "the flush is over, and item";
    a_close_that_loses_the_tail: CloseLosesTheTail, Panic, "the close is over, and item";
    a_close_that_stops_halfway: DoesNotCloseBeneath, Panic, "the sink beneath is open";
    a_close_before_the_last_items: SendsAfterTheClose, Panic, "after its close";
    items_that_come_twice: SendsTwice, Panic, "arrived";
    items_in_another_order: GivesTheLastFirst, Panic, "arrived where item";
    items_that_are_lost_with_a_wait: LosesWhenItIsPending, Panic, "item";
    a_waker_that_stays_the_first: KeepsItsFirstWaker, StaleWaker, "polled again";
    a_wake_that_comes_while_it_is_polled: IsDeafWhilePolling, Stuck, "waits for ever";
    a_wait_for_nothing: WaitsWithoutAsking, Stuck, "was woken, and nobody polls it";
    a_drain_that_stops: DoesNotGoOnAfterOne, Stuck, "would go on, and nobody polls it";
    a_failure_that_is_not_told: SwallowsAFailure, Panic, "the sink beneath has failed";
    a_failure_without_a_reason: FailsWhenNothingIsWrong, Panic, "where nothing is wrong";
    items_that_leak: Leaks, Panic, "did not arrive";
}
