//! An inner stream.

use super::{Inner, Inners, Pause, State, TryMember, pauses};
use crate::laws::given::item::Item;
use futures_core::{FusedStream, Stream};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Items of which each is told, at most.
const MOST_TOLD: usize = 8;

/// A stream that a suite gives to what is under test: [`Item`]s, or what else it says, that come at
/// times that the suite decides, and its end.
///
/// It must not be polled any more after its end.
#[must_use = "streams do nothing unless polled"]
pub struct Source<T = Item> {
    inner: Inner,
    items: VecDeque<(Vec<Pause>, T)>,
    last: Vec<Pause>,
    /// Whether it says how many items are to come.
    knows_its_length: bool,
    /// What is done with an item that comes.
    hands_over: fn(&T),
}

/// When the items of a source come, and when its end.
#[derive(Clone)]
pub(in crate::laws) struct Plan {
    items: Vec<Vec<Pause>>,
    end: Vec<Pause>,
    knows_its_length: bool,
}

/// So many items at most; or, if it is to be rich now and then, `rich` that are there at once.
pub(in crate::laws) fn plan(most: usize, rich: usize) -> BoxedStrategy<Plan> {
    let items = prop_oneof![
        8 => vec(pauses(), 0..=most),
        1 => (most..=rich.max(most)).prop_map(|count| vec![Vec::new(); count]),
    ];
    (items, pauses(), any::<bool>())
        .prop_map(|(items, end, knows_its_length)| Plan { items, end, knows_its_length })
        .boxed()
}

/// The numbers of the items that each source will give.
pub(in crate::laws) fn numbers(sources: &[Source]) -> Vec<Vec<usize>> {
    let numbers = |source: &Source| source.items.iter().map(|(_, item)| item.number()).collect();
    sources.iter().map(numbers).collect()
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.items.len();
        if count > MOST_TOLD && self.items.iter().all(Vec::is_empty) {
            write!(f, "[{count} items at once")?;
        } else {
            let when = |pauses: &Vec<Pause>| match &pauses[..] {
                [] => "item".to_owned(),
                pauses => format!("{pauses:?}, item"),
            };
            let items: Vec<_> = self.items.iter().map(when).collect();
            write!(f, "[{}", items.join("; "))?;
        }
        if !self.end.is_empty() {
            write!(f, "; {:?}, end", self.end)?;
        }
        f.write_str(if self.knows_its_length { "], says how many" } else { "]" })
    }
}

impl Source {
    pub(in crate::laws) fn new(inners: &Inners, number: usize, plan: Plan) -> Source {
        let drops = inners.drops();
        let items = plan.items.into_iter().map(|pauses| (pauses, drops.item())).collect();
        let inner = inners.register(format!("source {number}"));
        let knows_its_length = plan.knows_its_length;
        Source { inner, items, last: plan.end, knows_its_length, hands_over: |_| {} }
    }
}

impl<T> Source<T> {
    /// A source of these, each after its pauses, with its end after `last`.
    pub(in crate::laws) fn of(
        inners: &Inners,
        name: &str,
        items: impl IntoIterator<Item = (Vec<Pause>, T)>,
        last: Vec<Pause>,
    ) -> Source<T> {
        let inner = inners.register(name.to_owned());
        let items = items.into_iter().collect();
        Source { inner, items, last, knows_its_length: false, hands_over: |_| {} }
    }
}

impl Source<Source> {
    pub(in crate::laws) fn of_sources(
        inners: &Inners,
        sources: impl IntoIterator<Item = (Vec<Pause>, Source)>,
        last: Vec<Pause>,
    ) -> Source<Source> {
        let all = Source::of(inners, "the source of sources", sources, last);
        all.items.iter().for_each(|(_, source)| source.inner.is_elsewhere());
        Source { hands_over: |source| source.inner.is_handed_over(), ..all }
    }
}

impl Source<TryMember> {
    pub(in crate::laws) fn of_members(
        inners: &Inners,
        members: impl IntoIterator<Item = (Vec<Pause>, TryMember)>,
        last: Vec<Pause>,
    ) -> Source<TryMember> {
        let all = Source::of(inners, "the source of members", members, last);
        all.items.iter().for_each(|(_, member)| member.inner().is_elsewhere());
        Source { hands_over: |member| member.inner().is_handed_over(), ..all }
    }
}

/// An item is never pinned in it.
impl<T> Unpin for Source<T> {}

impl<T> Stream for Source<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let Source { inner, items, last, hands_over, .. } = &mut *self;
        let pauses = items.front_mut().map_or(last, |(pauses, _)| pauses);
        if !inner.is_polled(None) || inner.pass(cx, pauses).is_pending() {
            return Poll::Pending;
        }
        let item = items.pop_front().map(|(_, item)| item);
        let state = if item.is_some() { State::Delivered } else { State::Ended };
        inner.with(|seen| seen.becomes(state));
        item.iter().for_each(hands_over);
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.items.len();
        if self.knows_its_length { (count, Some(count)) } else { (0, None) }
    }
}

impl<T> FusedStream for Source<T> {
    fn is_terminated(&self) -> bool {
        self.inner.is_over()
    }
}

impl<T> fmt::Debug for Source<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("items", &self.items.len()).finish_non_exhaustive()
    }
}
