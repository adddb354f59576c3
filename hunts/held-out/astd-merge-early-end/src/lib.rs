//! async-std 0.99.11: `merge` ends when its second stream has ended, though the first one is pending.
//! Fixed in 0.99.12 (pull request 437).
#![cfg(test)]

use async_std::prelude::*;
use async_std::stream::Stream as Old;
use futures_core::Stream as New;
use reveille::laws::{self, Item};
use reveille::{Checker, Law};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A stream of today's, for async-std.
struct Before<S>(Pin<Box<S>>);

impl<S: New> Old for Before<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

/// A stream of async-std's, for the suite.
struct Today<S: ?Sized>(Pin<Box<S>>);

impl<S: Old + ?Sized> New for Today<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.0.as_mut().poll_next(cx)
    }
}

type Boxed = Pin<Box<dyn Old<Item = Item>>>;

/// The streams bear to be polled after their end, which `merge` does as well. The first is asked
/// first, in both versions, and the others have no turn while it has items.
#[test]
fn keeps_the_laws_of_select() {
    laws::select(|sources| {
        let none: Boxed = Box::pin(async_std::stream::empty());
        let each = sources.into_iter().map(|source| Before(Box::pin(source)));
        Today(each.fold(none, |merged, source| Box::pin(merged.fuse().merge(source.fuse()))))
    })
    .checker(Checker::new().allow(Law::Starvation))
    .check();
}
