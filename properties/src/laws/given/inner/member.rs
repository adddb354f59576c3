//! An inner future.

use super::{Inner, Inners, Pause, State};
use crate::laws::given::item::Item;
use futures_core::FusedFuture;
use std::fmt;
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future that a suite gives to what is under test: it is ready with an [`Item`] at a time that
/// the suite decides.
///
/// It must not be polled any more after it was ready, nor moved after it was polled: it is not
/// `Unpin`. Where that is demanded, give a `Box::pin` of it.
#[must_use = "futures do nothing unless polled"]
pub struct Member {
    pub(super) inner: Inner,
    pauses: Vec<Pause>,
    item: Option<Item>,
    _pinned: PhantomPinned,
}

impl Member {
    pub(in crate::laws) fn new(inners: &Inners, pauses: Vec<Pause>) -> Member {
        let item = inners.drops().item();
        let inner = inners.register(format!("member {}", item.number()));
        Member { inner, pauses, item: Some(item), _pinned: PhantomPinned }
    }

    pub(in crate::laws) fn number(&self) -> usize {
        self.item.as_ref().map_or(usize::MAX, Item::number)
    }
}

impl Future for Member {
    type Output = Item;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Item> {
        // SAFETY: nothing is moved but the item, which is not pinned.
        let this = unsafe { self.get_unchecked_mut() };
        let address = std::ptr::from_ref(this).addr();
        if !this.inner.is_polled(Some(address))
            || this.inner.pass(cx, &mut this.pauses).is_pending()
        {
            return Poll::Pending;
        }
        this.inner.with(|seen| seen.becomes(State::Ended));
        match this.item.take() {
            Some(item) => Poll::Ready(item),
            None => Poll::Pending,
        }
    }
}

impl FusedFuture for Member {
    fn is_terminated(&self) -> bool {
        self.inner.is_over()
    }
}

impl fmt::Debug for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("item", &self.item).finish_non_exhaustive()
    }
}
