//! An inner stream.

use super::{Inner, Inners, Pause, State, pauses};
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

/// A stream that a suite gives to what is under test: [`Item`]s that come at times that the suite
/// decides, and its end.
///
/// It must not be polled any more after its end.
#[must_use = "streams do nothing unless polled"]
pub struct Source {
    inner: Inner,
    items: VecDeque<(Vec<Pause>, Item)>,
    last: Vec<Pause>,
    /// Whether it says how many items are to come.
    knows_its_length: bool,
}

/// When the items of a source come, and when its end.
#[derive(Clone)]
pub(in crate::laws) struct Plan {
    items: Vec<Vec<Pause>>,
    end: Vec<Pause>,
    knows_its_length: bool,
}

/// So many items at most; or, if it is to be rich now and then, `rich` that are there at once.
pub(in crate::laws) fn plan(most: usize, rich: usize) -> impl Strategy<Value = Plan> + Clone {
    let items = prop_oneof![
        8 => vec(pauses(), 0..=most),
        1 => (most..=rich.max(most)).prop_map(|count| vec![Vec::new(); count]),
    ];
    (items, pauses(), any::<bool>()).prop_map(|(items, end, knows_its_length)| Plan {
        items,
        end,
        knows_its_length,
    })
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
        Source { inner, items, last: plan.end, knows_its_length: plan.knows_its_length }
    }
}

impl Stream for Source {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let Source { inner, items, last, .. } = &mut *self;
        let pauses = items.front_mut().map_or(last, |(pauses, _)| pauses);
        if !inner.is_polled(None) || inner.pass(cx, pauses).is_pending() {
            return Poll::Pending;
        }
        let item = items.pop_front().map(|(_, item)| item);
        let state = if item.is_some() { State::Delivered } else { State::Ended };
        inner.with(|seen| seen.becomes(state));
        Poll::Ready(item)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let count = self.items.len();
        if self.knows_its_length { (count, Some(count)) } else { (0, None) }
    }
}

impl FusedStream for Source {
    fn is_terminated(&self) -> bool {
        self.inner.is_over()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("items", &self.items.len()).finish_non_exhaustive()
    }
}
