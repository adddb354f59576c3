//! async-std 0.99.11: `Stream::merge` ends when one stream is pending and the other ends. Fixed in
//! 0.99.12 (pull request 437).
#![cfg(test)]

use async_std::stream::Stream as Old;
use futures_core::Stream;
use reveille::laws::{self, Item, Source};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A source for this version, which has a `Stream` of its own; none is empty.
struct Given(Option<Source>);

impl Old for Given {
    type Item = Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let Some(source) = &mut self.0 else { return Poll::Ready(None) };
        let polled = Pin::new(source).poll_next(cx);
        if let Poll::Ready(None) = polled {
            self.0 = None;
        }
        polled
    }
}

/// A stream of this version for the suite.
struct Merged<S>(Pin<Box<S>>);

impl<S: Old> Stream for Merged<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

#[test]
fn keeps_the_laws_of_select() {
    laws::select(|sources| {
        let mut sources = sources.into_iter();
        let mut next = || Given(sources.next());
        Merged(Box::pin(next().merge(next().merge(next()))))
    })
    .check();
}
