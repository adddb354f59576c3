//! What a lock or a semaphore does, as the actors see it.

use super::TryAcquireError;
use super::model::{Kind, Share};
use std::pin::Pin;

pub(in super::super) type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// What has permits, with its adapter. What it does not have it gives back, or has none of.
pub(in super::super) trait Gate: 'static {
    type Guard<'a>;
    const KIND: Kind;

    /// Takes a share, if there are such; no guard if it is closed.
    fn enter(&self, share: Share) -> Option<Entering<'_, Self>>;

    fn try_enter(&self, share: Share) -> Option<Result<Self::Guard<'_>, TryAcquireError>>;

    /// Whether a guard may be dropped by a panic.
    fn survives_panics(&self) -> bool {
        true
    }

    fn map<'a>(&'a self, guard: Self::Guard<'a>) -> Result<Self::Guard<'a>, Self::Guard<'a>> {
        Err(guard)
    }

    fn upgrade<'a>(&'a self, guard: Self::Guard<'a>) -> Upgrading<'a, Self> {
        Err(guard)
    }

    fn try_upgrade<'a>(&'a self, guard: Self::Guard<'a>) -> TryUpgrade<Self::Guard<'a>> {
        TryUpgrade::NotOffered(guard)
    }

    fn downgrade<'a>(
        &'a self,
        guard: Self::Guard<'a>,
        to: Share,
    ) -> Result<Self::Guard<'a>, Self::Guard<'a>> {
        let _ = to;
        Err(guard)
    }

    fn split<'a>(&'a self, guard: Self::Guard<'a>) -> Split<Self::Guard<'a>> {
        Err(guard)
    }

    fn merge<'a>(
        &'a self,
        one: Self::Guard<'a>,
        other: Self::Guard<'a>,
    ) -> Merged<Self::Guard<'a>> {
        Err((one, other))
    }

    fn forget<'a>(&'a self, guard: Self::Guard<'a>) -> Result<(), Self::Guard<'a>> {
        Err(guard)
    }

    fn add(&self, count: usize) -> Option<()> {
        let _ = count;
        None
    }

    /// Of up to so many that are free; how many those were.
    fn forget_free(&self, count: usize) -> Option<usize> {
        let _ = count;
        None
    }

    fn close(&self) -> Option<()> {
        None
    }
}

pub(in super::super) type Entering<'a, G> = Boxed<'a, Option<<G as Gate>::Guard<'a>>>;

/// The way to all, or the guard if there is none.
pub(in super::super) type Upgrading<'a, G> =
    Result<Boxed<'a, <G as Gate>::Guard<'a>>, <G as Gate>::Guard<'a>>;

/// One permit of the guard's, and the rest.
pub(in super::super) type Split<G> = Result<(G, G), G>;

/// Both as one.
pub(in super::super) type Merged<G> = Result<G, (G, G)>;

/// What becomes of a guard that is to be upgraded at once.
#[derive(Debug)]
pub enum TryUpgrade<G> {
    /// It is the only one, and may write.
    Upgraded(G),
    /// There are others; it is what it was.
    Refused(G),
    /// The lock has no such operation for it.
    NotOffered(G),
}
