//! What a stream under test is made of: sources, a source of them, or a source of futures.

use crate::laws::given::inner::{Inners, Pause, Plan, Source, TryMember, TryPlan};
use crate::laws::given::outputs::Outputs;
use futures_core::Stream;
use std::pin::Pin;
use std::task::{Context, Poll};

pub(super) struct Given {
    pub(super) inners: Inners,
    pub(super) sources: Vec<Source>,
    pub(super) members: Vec<TryMember>,
    /// Before each source or member, where there is a source of them, and before its end.
    pub(super) pauses: Vec<Vec<Pause>>,
}

impl Given {
    pub(super) fn only(self) -> Source {
        self.sources.into_iter().next().expect("a suite of one source makes one")
    }

    pub(super) fn nested(mut self) -> Source<Source> {
        let last = self.pauses.pop().unwrap_or_default();
        let sources = self.pauses.into_iter().zip(self.sources);
        Source::of_sources(&self.inners, sources, last)
    }

    pub(super) fn futures(mut self) -> Source<TryMember> {
        let last = self.pauses.pop().unwrap_or_default();
        let members = self.pauses.into_iter().zip(self.members);
        Source::of_members(&self.inners, members, last)
    }
}

/// What is given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Sources,
    /// A source of them.
    Nested,
    /// A source of futures.
    Futures,
}

/// A stream whose errors have items, too.
pub(super) struct Either<S>(pub(super) Pin<Box<S>>);

/// The items of an output or of an error.
pub(super) struct OfEither<T, E>(Result<T, E>);

impl<S, T, E> Stream for Either<S>
where
    S: Stream<Item = Result<T, E>>,
{
    type Item = OfEither<T, E>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(cx).map(|next| next.map(OfEither))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T: Outputs, E: Outputs> Outputs for OfEither<T, E> {
    fn add_to(&self, numbers: &mut Vec<usize>) {
        match &self.0 {
            Ok(outputs) => outputs.add_to(numbers),
            Err(error) => error.add_to(numbers),
        }
    }
}

/// What proptest drew.
#[derive(Default)]
pub(super) struct Plans {
    pub(super) sources: Vec<Plan>,
    pub(super) members: Vec<TryPlan>,
    pub(super) pauses: Vec<Vec<Pause>>,
}
