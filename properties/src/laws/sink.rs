//! The laws of sinks.

use super::given::inner::{Arrivals, Inners, ItemSink, Waits, waits};
use super::given::item::Item;
use super::play::driver::{Drivers, Notes, Waiting};
use super::play::patience::{Patience, patience};
use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::breach::Breach;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use futures_sink::Sink;
use proptest::collection::vec;
use proptest::prelude::*;
use reveille_sim::Kind;
use reveille_sim::time::sleep;
use std::fmt::{self, Debug};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

/// How long, in milliseconds of virtual time, those who carry on what was flushed may
/// take: much longer than what the sink beneath waits for.
const CARRIED: [u64; 5] = [1, 100, 1_000, 10_000, 100_000];

/// The laws of a sink, over what `make` makes of the [`ItemSink`] beneath: what it takes arrives
/// there once and in order, and nothing else does; after a flush and after a close all of it has;
/// it asks the sink beneath before each item; it goes on whenever that can; who gives up waiting
/// for it loses nothing; a failure beneath is told, and when it is dropped, all that it holds is.
///
/// ```
/// use futures::SinkExt;
/// use reveille::laws;
///
/// laws::sink(|beneath| SinkExt::<laws::Item>::buffer(beneath, 2)).runs(100).check();
/// ```
///
/// See [`ItemSink::drain`] for one that has no sink beneath it, as the sender of a channel.
pub fn sink<M, S>(make: M) -> Suite<impl Laws>
where
    M: Fn(ItemSink) -> S + 'static,
    S: Sink<Item, Error: Debug> + 'static,
{
    Suite::new(SinkLaws { name: "sink", make, is_fused: false })
}

/// The laws of a [`sink()`] that may be closed after a failure, and then fails or closes.
///
/// ```
/// use futures::SinkExt;
/// use reveille::laws;
///
/// laws::fused_sink(|beneath| SinkExt::<laws::Item>::buffer(beneath, 2)).runs(100).check();
/// ```
pub fn fused_sink<M, S>(make: M) -> Suite<impl Laws>
where
    M: Fn(ItemSink) -> S + 'static,
    S: Sink<Item, Error: Debug> + 'static,
{
    Suite::new(SinkLaws { name: "fused_sink", make, is_fused: true })
}

struct SinkLaws<M> {
    name: &'static str,
    make: M,
    is_fused: bool,
}

#[derive(Clone)]
enum Step {
    /// Waits for room, and sends if it has waited long enough.
    Send(Patience),
    /// Waits for room and leaves it.
    Ready(Patience),
    Flush(Patience),
    Sleep,
}

/// What follows the steps.
#[derive(Clone, Debug)]
enum End {
    /// It is closed, after a close that was given up.
    Close(Patience),
    Drop,
}

fn step() -> BoxedStrategy<Step> {
    prop_oneof![
        6 => patience().prop_map(Step::Send),
        1 => patience().prop_map(Step::Ready),
        2 => patience().prop_map(Step::Flush),
        1 => Just(Step::Sleep),
    ]
    .boxed()
}

fn end() -> BoxedStrategy<End> {
    prop_oneof![4 => patience().prop_map(End::Close), 1 => Just(End::Drop)].boxed()
}

impl Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, patience) = match self {
            Step::Send(patience) => ("send", patience),
            Step::Ready(patience) => ("ready", patience),
            Step::Flush(patience) => ("flush", patience),
            Step::Sleep => return f.write_str("sleep"),
        };
        f.write_str(what)?;
        if *patience == Patience::Endless { Ok(()) } else { write!(f, ", {patience:?}") }
    }
}

impl<M> sealed::Sealed for SinkLaws<M> {}

impl<M, S> Laws for SinkLaws<M>
where
    M: Fn(ItemSink) -> S + 'static,
    S: Sink<Item, Error: Debug> + 'static,
{
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let arguments = argument("the sink beneath", waits())
            .and("steps", vec(step(), 0..=sizes.operations))
            .and("end", end());
        let forgets = checker.suffers(Kind::ForgottenFuture);
        checker
            .try_check_with(arguments, |(waits, steps, end)| self.run(waits, steps, end, forgets))
    }
}

impl<M, S> SinkLaws<M>
where
    M: Fn(ItemSink) -> S + 'static,
    S: Sink<Item, Error: Debug> + 'static,
{
    async fn run(
        &self,
        waits: Waits,
        steps: Vec<Step>,
        end: End,
        forgets: bool,
    ) -> Result<(), Breach> {
        let (inners, notes) = (Inners::of(self.name), Notes::of(self.name));
        let beneath = ItemSink::new(&inners, waits);
        let arrivals = beneath.arrivals();
        let driving = Driving {
            sink: Box::pin((self.make)(beneath)),
            inners: inners.clone(),
            notes: notes.clone(),
            arrivals,
            accepted: Vec::new(),
            is_fused: self.is_fused,
        };
        let mut drivers = Drivers::new(&inners, &notes);
        let _ = drivers.spawn("task", Box::pin(driving.drive(steps, end)));
        drivers.rest(|_| Waiting::InVain).await?;
        if forgets { Ok(()) } else { inners.are_gone() }
    }
}

/// A sink beside what it has accepted.
struct Driving<S> {
    sink: Pin<Box<S>>,
    inners: Inners,
    notes: Notes,
    arrivals: Arrivals,
    accepted: Vec<usize>,
    is_fused: bool,
}

/// How an operation ended that was not refused.
#[derive(PartialEq, Eq)]
enum Done {
    Yes,
    /// It was given up.
    No,
    /// It failed since the sink beneath had.
    Failed,
}

impl<S: Sink<Item, Error: Debug>> Driving<S> {
    async fn drive(mut self, steps: Vec<Step>, end: End) -> Result<(), Breach> {
        for step in steps {
            if self.apply(step).await? == Done::Failed {
                return if self.is_fused { self.close_after_a_failure().await } else { Ok(()) };
            }
            self.is_right()?;
        }
        let End::Close(patience) = end else { return Ok(()) };
        let mut done = self.close(patience).await?;
        if done == Done::No {
            done = self.close(Patience::Endless).await?;
        }
        match done {
            Done::Failed => Ok(()),
            _ => self.closes_beneath().await,
        }
    }

    async fn apply(&mut self, step: Step) -> Result<Done, Breach> {
        match step {
            Step::Send(patience) => match self.wait("ready", patience, Sink::poll_ready).await? {
                Done::Yes => self.send(),
                other => Ok(other),
            },
            Step::Ready(patience) => self.wait("ready", patience, Sink::poll_ready).await,
            Step::Flush(patience) => {
                let done = self.wait("flush", patience, Sink::poll_flush).await?;
                if done == Done::Yes {
                    self.all_is_visible("flush").await?;
                }
                Ok(done)
            }
            Step::Sleep => {
                self.notes.note("sleep");
                sleep(Duration::from_millis(2)).await;
                Ok(Done::Yes)
            }
        }
    }

    async fn wait(
        &mut self,
        name: &str,
        patience: Patience,
        poll: impl Fn(Pin<&mut S>, &mut Context<'_>) -> Poll<Result<(), S::Error>> + Unpin,
    ) -> Result<Done, Breach> {
        let (sink, inners, notes) = (&mut self.sink, &self.inners, &self.notes);
        let operation = poll_fn(|cx| {
            inners.owner_is_polled();
            let polled = poll(sink.as_mut(), cx);
            if polled.is_pending() {
                notes.note(format!("{name}: pending"));
            }
            polled
        });
        match patience.wait(operation).await {
            None => {
                self.notes.note(format!("{name}: dropped"));
                Ok(Done::No)
            }
            Some(Ok(())) => {
                self.notes.note(name);
                Ok(Done::Yes)
            }
            Some(Err(error)) => self.failed(name, &error),
        }
    }

    fn send(&mut self) -> Result<Done, Breach> {
        let item = self.inners.drops().item();
        let number = item.number();
        let name = format!("send({number})");
        match self.sink.as_mut().start_send(item) {
            Ok(()) => {
                self.notes.note(name);
                self.accepted.push(number);
                Ok(Done::Yes)
            }
            Err(error) => self.failed(&name, &error),
        }
    }

    fn failed(&self, name: &str, error: &S::Error) -> Result<Done, Breach> {
        self.notes.note(format!("{name}: {error:?}"));
        self.is_right()?;
        match self.arrivals.lock().has_failed {
            true => Ok(Done::Failed),
            false => self
                .notes
                .breach(format_args!("it failed with `{error:?}`, where nothing is wrong")),
        }
    }

    /// Nothing is promised then, but that this ends.
    async fn close_after_a_failure(mut self) -> Result<(), Breach> {
        let sink = &mut self.sink;
        let closed = poll_fn(|cx| sink.as_mut().poll_close(cx)).await;
        self.notes.note(format!("close: {closed:?}"));
        self.is_right()
    }

    /// The sink beneath was used as it may be, and what arrived was accepted, in this order.
    fn is_right(&self) -> Result<(), Breach> {
        if let Some(how) = self.inners.misuse() {
            return self.notes.breach(format_args!("{how}"));
        }
        let arrived = self.arrivals.lock();
        let (items, accepted) = (&arrived.items, &self.accepted);
        let same = items.iter().zip(accepted).take_while(|(one, other)| one == other).count();
        let Some(item) = items.get(same) else { return Ok(()) };
        match accepted.get(same) {
            Some(expected) => self
                .notes
                .breach(format_args!("item {item} arrived where item {expected} was to be")),
            None => self
                .notes
                .breach(format_args!("item {item} arrived, and nothing was to arrive any more")),
        }
    }

    /// All that was accepted can be seen, at least once those who carry it have run.
    async fn all_is_visible(&self, after: &str) -> Result<(), Breach> {
        for pause in CARRIED {
            if self.arrivals.lock().visible >= self.accepted.len() {
                break;
            }
            sleep(Duration::from_millis(pause)).await;
        }
        self.is_right()?;
        let arrived = self.arrivals.lock();
        if arrived.has_failed {
            return self.notes.breach(format_args!(
                "the {after} says that all is well, and the sink beneath has failed"
            ));
        }
        if let Some(item) = self.accepted.get(arrived.items.len()) {
            return self
                .notes
                .breach(format_args!("the {after} is over, and item {item} did not arrive"));
        }
        if let Some(item) = self.accepted.get(arrived.visible) {
            return self.notes.breach(format_args!(
                "the {after} is over, and the sink beneath was not flushed, which has item {item}"
            ));
        }
        Ok(())
    }

    async fn close(&mut self, patience: Patience) -> Result<Done, Breach> {
        let done = self.wait("close", patience, Sink::poll_close).await?;
        if done != Done::Yes {
            return Ok(done);
        }
        self.all_is_visible("close").await?;
        self.is_right()?;
        Ok(Done::Yes)
    }

    /// What comes out at another end may end there when this end is gone.
    async fn closes_beneath(self) -> Result<(), Breach> {
        if self.arrivals.lock().is_drained {
            self.notes.note("drop");
            drop(self.sink);
        }
        for pause in CARRIED {
            if self.arrivals.lock().is_closed {
                return Ok(());
            }
            sleep(Duration::from_millis(pause)).await;
        }
        match self.arrivals.lock().is_closed {
            true => Ok(()),
            false => {
                self.notes.breach(format_args!("the close is over, and the sink beneath is open"))
            }
        }
    }
}
