//! The laws of streams that are made from other streams.

mod expected;
mod given;

use super::given::inner::{Endings, Inners, Source, TryMember, numbers, pauses, plan, try_plan};
use super::given::outputs::{Outputs, numbers_of};
use super::play::driver::{Drivers, Notes, Waiting};
use super::play::patience::{Patience, patience};
use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::breach::Breach;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use expected::{Came, Expected};
use futures_core::{FusedStream, Stream};
use given::{Either, Given, Plans, Shape};
use proptest::collection::vec;
use proptest::prelude::*;
use reveille_sim::Kind;
use reveille_sim::time::sleep;
use std::fmt;
use std::future::poll_fn;
use std::ops::RangeInclusive;
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

/// Sources at most.
const MOST_SOURCES: usize = 3;

/// Items of a source at most, but for one that is rich.
const MOST_ITEMS: usize = 5;

/// Items of a rich source of a merger at most: more than one may be passed over.
const RICH: usize = 100;

/// The laws of a stream, over what `make` makes of a [`Source`]: it gives the source's items in
/// their order, then its end; it goes on whenever the source can, and asks it no more after its
/// end; its size hints hold; who gives up waiting for an item loses none; and when it is dropped,
/// all that it holds is.
///
/// ```
/// use futures::StreamExt;
/// use reveille::laws;
///
/// laws::stream(|source| source.chunks(2)).runs(100).check();
/// ```
pub fn stream<M, S>(make: M) -> Suite<impl Laws>
where
    M: Fn(Source) -> S + 'static,
    S: Stream<Item: Outputs> + 'static,
{
    Suite::new(StreamLaws::of("stream", 1..=1, Expected::in_turn(), move |given: Given| {
        make(given.only())
    }))
}

/// The laws of a [`stream()`] that may be polled after its end, and then ends again.
///
/// ```
/// use futures::StreamExt;
/// use reveille::laws;
///
/// laws::fused_stream(|source| source.fuse()).runs(100).check();
/// ```
pub fn fused_stream<M, S>(make: M) -> Suite<impl Laws>
where
    M: Fn(Source) -> S + 'static,
    S: Stream<Item: Outputs> + 'static,
{
    let laws = StreamLaws::of("fused_stream", 1..=1, Expected::in_turn(), move |given: Given| {
        make(given.only())
    });
    Suite::new(StreamLaws { is_fused: true, ..laws })
}

/// The laws of a [`stream()`] that knows its end: `is_terminated` is true after it, and never
/// while an item is to come.
///
/// ```
/// use futures::StreamExt;
/// use reveille::laws;
///
/// laws::terminated_stream(|source| source.peekable()).runs(100).check();
/// ```
pub fn terminated_stream<M, S>(make: M) -> Suite<impl Laws>
where
    M: Fn(Source) -> S + 'static,
    S: FusedStream<Item: Outputs> + 'static,
{
    let name = "terminated_stream";
    let laws =
        StreamLaws::of(name, 1..=1, Expected::in_turn(), move |given: Given| make(given.only()));
    Suite::new(StreamLaws { is_terminated: Some(S::is_terminated), ..laws })
}

/// The laws of a [`stream()`] that gives its items in any order.
///
/// ```
/// use futures::StreamExt;
/// use reveille::laws;
///
/// laws::unordered_stream(|source| source.map(|item| async { item }).buffer_unordered(2))
///     .runs(100)
///     .check();
/// ```
pub fn unordered_stream<M, S>(make: M) -> Suite<impl Laws>
where
    M: Fn(Source) -> S + 'static,
    S: Stream<Item: Outputs> + 'static,
{
    let expected = Expected::InAnyOrder;
    Suite::new(StreamLaws::of("unordered_stream", 1..=1, expected, move |given: Given| {
        make(given.only())
    }))
}

/// The laws of a [`stream()`] that merges sources: the items of each come in their order, it
/// ends when all have, and none that could go on is left out for long.
///
/// ```
/// use futures::stream::select_all;
/// use reveille::laws;
///
/// laws::select(|sources| select_all(sources)).runs(100).check();
/// ```
pub fn select<M, S>(make: M) -> Suite<impl Laws>
where
    M: Fn(Vec<Source>) -> S + 'static,
    S: Stream<Item: Outputs> + 'static,
{
    Suite::new(StreamLaws::of("select", 0..=MOST_SOURCES, Expected::Merged, move |given: Given| {
        make(given.sources)
    }))
}

/// The laws of a [`stream()`] that is made from several, whose items come in the order that
/// `expected` makes of the numbers of each source's items.
///
/// ```
/// use futures::StreamExt;
/// use reveille::laws;
///
/// laws::streams(
///     2,
///     |mut sources| {
///         let last = sources.pop().unwrap();
///         sources.pop().unwrap().zip(last)
///     },
///     |numbers| {
///         let pairs = numbers[0].iter().zip(&numbers[1]);
///         pairs.flat_map(|(one, other)| [*one, *other]).collect()
///     },
/// )
/// .runs(100)
/// .check();
/// ```
pub fn streams<M, S, E>(count: usize, make: M, expected: E) -> Suite<impl Laws>
where
    M: Fn(Vec<Source>) -> S + 'static,
    S: Stream<Item: Outputs> + 'static,
    E: Fn(&[Vec<usize>]) -> Vec<usize> + 'static,
{
    Suite::new(StreamLaws::of(
        "streams",
        count..=count,
        Expected::Given(Rc::new(expected)),
        move |given: Given| make(given.sources),
    ))
}

/// The laws of a [`stream()`] that flattens a source of sources: all items of the first, then
/// those of the next.
///
/// ```
/// use futures::StreamExt;
/// use reveille::laws;
///
/// laws::flatten(|sources| sources.flatten()).runs(100).check();
/// ```
pub fn flatten<M, S>(make: M) -> Suite<impl Laws>
where
    M: Fn(Source<Source>) -> S + 'static,
    S: Stream<Item: Outputs> + 'static,
{
    let make = move |given: Given| make(given.nested());
    let laws = StreamLaws::of("flatten", 0..=MOST_SOURCES, Expected::in_turn(), make);
    Suite::new(StreamLaws { shape: Shape::Nested, ..laws })
}

/// The laws of a stream that merges a source of sources, as [`select()`] does.
///
/// ```
/// use futures::StreamExt;
/// use reveille::laws;
///
/// laws::flatten_unordered(|sources| sources.flatten_unordered(None)).runs(100).check();
/// ```
pub fn flatten_unordered<M, S>(make: M) -> Suite<impl Laws>
where
    M: Fn(Source<Source>) -> S + 'static,
    S: Stream<Item: Outputs> + 'static,
{
    let make = move |given: Given| make(given.nested());
    let laws = StreamLaws::of("flatten_unordered", 0..=MOST_SOURCES, Expected::Merged, make);
    Suite::new(StreamLaws { shape: Shape::Nested, ..laws })
}

/// The laws of a [`stream()`] that runs the futures of a source, of which some fail: it gives what
/// each of them ends with, an error as well, in their order.
///
/// ```
/// use futures::{StreamExt, TryStreamExt};
/// use reveille::laws;
///
/// laws::try_then(|members| members.buffered(2)).runs(100).check();
///
/// laws::try_then(|members| Box::pin(members.map(Ok).and_then(|member| member)))
///     .runs(100)
///     .check();
/// ```
pub fn try_then<M, S, T, E>(make: M) -> Suite<impl Laws>
where
    M: Fn(Source<TryMember>) -> S + 'static,
    S: Stream<Item = Result<T, E>> + 'static,
    T: Outputs + 'static,
    E: Outputs + 'static,
{
    let make = move |given: Given| Either(Box::pin(make(given.futures())));
    let laws = StreamLaws::of("try_then", 1..=1, Expected::in_turn(), make);
    Suite::new(StreamLaws { shape: Shape::Futures, ..laws })
}

struct StreamLaws<M, S> {
    name: &'static str,
    count: RangeInclusive<usize>,
    expected: Expected,
    make: M,
    shape: Shape,
    is_fused: bool,
    is_terminated: Option<fn(&S) -> bool>,
}

impl<M, S> StreamLaws<M, S>
where
    M: Fn(Given) -> S + 'static,
{
    fn of(
        name: &'static str,
        count: RangeInclusive<usize>,
        expected: Expected,
        make: M,
    ) -> StreamLaws<M, S> {
        StreamLaws {
            name,
            count,
            expected,
            make,
            shape: Shape::Sources,
            is_fused: false,
            is_terminated: None,
        }
    }
}

#[derive(Clone, Debug)]
enum Step {
    Next(Patience),
    Sleep,
}

/// What its task does before it takes the rest.
#[derive(Clone)]
struct Steps {
    steps: Vec<Step>,
    /// Whether it takes the rest.
    to_the_end: bool,
}

fn steps(most: usize) -> BoxedStrategy<Steps> {
    let step = prop_oneof![6 => patience().prop_map(Step::Next), 1 => Just(Step::Sleep)];
    let steps = (vec(step, 0..=most), prop_oneof![1 => Just(false), 3 => Just(true)]);
    steps.prop_map(|(steps, to_the_end)| Steps { steps, to_the_end }).boxed()
}

impl fmt::Debug for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let steps = self.steps.iter().map(|step| match step {
            Step::Next(Patience::Endless) => "next".to_owned(),
            Step::Next(patience) => format!("next, {patience:?}"),
            Step::Sleep => "sleep".to_owned(),
        });
        let last = if self.to_the_end { "the rest" } else { "drop it" };
        f.write_str(&format!("[{}]", steps.chain([last.to_owned()]).collect::<Vec<_>>().join("; ")))
    }
}

impl<M, S> sealed::Sealed for StreamLaws<M, S> {}

impl<M, S> Laws for StreamLaws<M, S>
where
    M: Fn(Given) -> S + 'static,
    S: Stream<Item: Outputs> + 'static,
{
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let rich = if matches!(self.expected, Expected::Merged) { RICH } else { 0 };
        let sources = argument("sources", vec(plan(MOST_ITEMS, rich), self.count.clone()));
        let steps = || steps(sizes.operations / 2);
        let forgets = checker.suffers(Kind::ForgottenFuture);
        match self.shape {
            Shape::Sources => {
                let arguments = sources.and("steps", steps());
                checker.try_check_with(arguments, |(plans, steps)| {
                    self.run(Plans { sources: plans, ..Plans::default() }, steps, forgets)
                })
            }
            Shape::Nested => {
                let when = vec(pauses(), MOST_SOURCES + 1);
                let arguments = sources.and("when they come", when).and("steps", steps());
                checker.try_check_with(arguments, |(sources, pauses, steps)| {
                    self.run(Plans { sources, pauses, ..Plans::default() }, steps, forgets)
                })
            }
            Shape::Futures => {
                let members = vec(try_plan(), 0..=MOST_ITEMS);
                let when = vec(pauses(), MOST_ITEMS + 1);
                let arguments = argument("members", members).and("when they come", when);
                checker.try_check_with(
                    arguments.and("steps", steps()),
                    |(members, pauses, steps)| {
                        self.run(Plans { members, pauses, ..Plans::default() }, steps, forgets)
                    },
                )
            }
        }
    }
}

impl<M, S> StreamLaws<M, S>
where
    M: Fn(Given) -> S + 'static,
    S: Stream<Item: Outputs> + 'static,
{
    async fn run(&self, plans: Plans, steps: Steps, forgets: bool) -> Result<(), Breach> {
        let (inners, notes) = (Inners::of(self.name), Notes::of(self.name));
        let each = plans.sources.into_iter().enumerate();
        let sources: Vec<_> = each.map(|(at, plan)| Source::new(&inners, at + 1, plan)).collect();
        let endings = Endings::default();
        let each = plans.members.into_iter();
        let members: Vec<_> = each.map(|plan| TryMember::new(&inners, plan, &endings)).collect();
        let mut items = numbers(&sources);
        if self.shape == Shape::Futures {
            items.push(members.iter().map(TryMember::number).collect());
        }
        let came = self.expected.of(items);
        if came.is_merged() {
            inners.demand_that_all_go_on();
        }
        // Those that do not come are not waited for.
        let count = sources.len().max(members.len());
        let mut pauses = plans.pauses;
        pauses.drain(..pauses.len().saturating_sub(count + 1));
        let given = Given { inners: inners.clone(), sources, members, pauses };
        let driving = Driving {
            stream: Box::pin((self.make)(given)),
            inners: inners.clone(),
            notes: notes.clone(),
            came,
            hints: Vec::new(),
            outputs: 0,
            said_that_it_ended: false,
            is_terminated: self.is_terminated,
        };
        let mut drivers = Drivers::new(&inners, &notes);
        let _ = drivers.spawn("task", Box::pin(driving.drive(steps, self.is_fused)));
        drivers.rest(|_| Waiting::InVain).await?;
        if forgets { Ok(()) } else { inners.are_gone() }
    }
}

/// A stream beside what it gave.
struct Driving<S> {
    stream: Pin<Box<S>>,
    inners: Inners,
    notes: Notes,
    came: Came,
    /// What it said after so many outputs.
    hints: Vec<(usize, (usize, Option<usize>))>,
    outputs: usize,
    said_that_it_ended: bool,
    is_terminated: Option<fn(&S) -> bool>,
}

impl<S: Stream<Item: Outputs>> Driving<S> {
    async fn drive(mut self, steps: Steps, is_fused: bool) -> Result<(), Breach> {
        for step in steps.steps {
            match step {
                Step::Sleep => {
                    self.notes.note("sleep");
                    sleep(Duration::from_millis(2)).await;
                }
                Step::Next(patience) => {
                    if self.next(patience).await? {
                        return self.ends(is_fused).await;
                    }
                }
            }
        }
        if !steps.to_the_end {
            return Ok(());
        }
        while !self.next(Patience::Endless).await? {}
        self.ends(is_fused).await
    }

    /// Takes an item if it comes in time; whether the end came.
    async fn next(&mut self, patience: Patience) -> Result<bool, Breach> {
        self.hints.push((self.outputs, self.stream.size_hint()));
        self.said_that_it_ended |= self.says_that_it_ended();
        let (stream, inners, notes) = (&mut self.stream, &self.inners, &self.notes);
        let next = poll_fn(|cx| {
            inners.owner_is_polled();
            let polled = stream.as_mut().poll_next(cx);
            if polled.is_pending() {
                notes.note("next: pending");
                inners.owner_waits();
            }
            polled
        });
        match patience.wait(next).await {
            None => {
                self.inners.owner_waits_no_more();
                self.notes.note("next: dropped");
            }
            Some(None) => {
                self.notes.note("next: the end");
                return Ok(true);
            }
            Some(Some(outputs)) => {
                let numbers = numbers_of(&outputs);
                self.notes.note(format!("next: {numbers:?}"));
                self.outputs += 1;
                if let Err(how) = self.came.add(&numbers) {
                    return self.notes.breach(format_args!("{how}"));
                }
                if self.said_that_it_ended {
                    let how = "`is_terminated` was true, and then an item came";
                    return self.notes.breach(format_args!("{how}"));
                }
                if self.came.is_merged() {
                    self.inners.owner_gave()?;
                }
            }
        }
        Ok(false)
    }

    /// The end has come: was it time, and does it know it?
    async fn ends(&mut self, is_fused: bool) -> Result<(), Breach> {
        if let Some(how) = self.came.missing() {
            return self.notes.breach(format_args!("it ended, and {how}"));
        }
        for (before, (lower, upper)) in &self.hints {
            let left = self.outputs - before;
            if *lower > left || upper.is_some_and(|upper| upper < left) {
                return self.notes.breach(format_args!(
                    "its size hint after {before} was ({lower}, {upper:?}), and {left} came"
                ));
            }
        }
        if self.is_terminated.is_some() && !self.says_that_it_ended() {
            return self.notes.breach(format_args!("`is_terminated` is false after its end"));
        }
        for _ in 0..if is_fused { 2 } else { 0 } {
            let stream = &mut self.stream;
            let again = poll_fn(|cx| Poll::Ready(stream.as_mut().poll_next(cx))).await;
            let how = match again {
                Poll::Ready(None) => continue,
                Poll::Ready(Some(_)) => "an item came",
                Poll::Pending => "it was pending",
            };
            return self.notes.breach(format_args!("after its end {how}"));
        }
        Ok(())
    }

    fn says_that_it_ended(&self) -> bool {
        self.is_terminated.is_some_and(|is_terminated| is_terminated(&self.stream))
    }
}
