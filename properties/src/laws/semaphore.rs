//! The laws of semaphores.

use super::given::item::Drops;
use super::permits::{
    Entering, Gate, Kind, Line, Menu, Merged, Permits, Rules, Scene, Share, Split, TryAcquireError,
    run, scripts,
};
use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use std::ops::RangeInclusive;

/// A semaphore for the suite [`semaphore`]: how to make one, and how to take permits.
///
/// What a semaphore does not have is left as it is, and is not tested; what the runs came by
/// is told when the suite has passed.
///
/// ```
/// use reveille::laws::{self, Fairness, Semaphore};
///
/// #[derive(Clone)]
/// struct Tokio;
///
/// impl Semaphore for Tokio {
///     type Permits = tokio::sync::Semaphore;
///     type Guard<'a> = tokio::sync::SemaphorePermit<'a>;
///
///     fn make(&self, count: usize) -> Self::Permits {
///         tokio::sync::Semaphore::new(count)
///     }
///
///     async fn acquire<'a>(
///         &self,
///         permits: &'a Self::Permits,
///         count: usize,
///     ) -> Option<Self::Guard<'a>> {
///         permits.acquire_many(count as u32).await.ok()
///     }
///
///     fn most_at_once(&self) -> usize {
///         3
///     }
///
///     fn fairness(&self) -> Fairness {
///         Fairness::FirstCome
///     }
///
///     fn close(&self, permits: &Self::Permits) -> Option<()> {
///         permits.close();
///         Some(())
///     }
/// }
///
/// laws::semaphore(Tokio).runs(100).check();
/// ```
///
/// In the methods that take a guard write `Self::Guard<'a>` as it stands here; the type that it
/// is makes another signature (E0195).
///
/// Guards that own their semaphore are for an adapter of their own, with an `Arc` as its
/// `Permits`.
pub trait Semaphore: Clone + 'static {
    /// The semaphore.
    type Permits: 'static;
    /// What has permits and gives them back when it is dropped.
    type Guard<'a>;

    /// Makes a semaphore with so many permits.
    fn make(&self, count: usize) -> Self::Permits;

    /// Takes so many permits, at most [`most_at_once`](Self::most_at_once); none if the
    /// semaphore is closed.
    fn acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        count: usize,
    ) -> impl Future<Output = Option<Self::Guard<'a>>>;

    /// How many permits are in the beginning: by default from 0 to 3.
    fn counts(&self) -> RangeInclusive<usize> {
        0..=3
    }

    /// How many permits are taken at once at most: 1 by default.
    fn most_at_once(&self) -> usize {
        1
    }

    /// Who goes before whom. By default nobody is promised anything.
    fn fairness(&self) -> Fairness {
        Fairness::Any
    }

    /// Takes permits if they can be had at once. Where others wait and it is refused, nothing
    /// is demanded, as they may have been promised to one of them.
    fn try_acquire<'a>(
        &self,
        permits: &'a Self::Permits,
        count: usize,
    ) -> Option<Result<Self::Guard<'a>, TryAcquireError>> {
        let _ = (permits, count);
        None
    }

    /// Puts in new permits.
    fn add_permits(&self, permits: &Self::Permits, count: usize) -> Option<()> {
        let _ = (permits, count);
        None
    }

    /// Takes up to so many permits that are free out of the semaphore for good; how many those
    /// were.
    fn forget_permits(&self, permits: &Self::Permits, count: usize) -> Option<usize> {
        let _ = (permits, count);
        None
    }

    /// Closes the semaphore: who waits is told, and nobody takes a permit any more.
    fn close(&self, permits: &Self::Permits) -> Option<()> {
        let _ = permits;
        None
    }

    /// Drops a guard without giving its permits back.
    ///
    /// # Errors
    ///
    /// The guard, if there is no such operation.
    fn forget<'a>(&self, guard: Self::Guard<'a>) -> Result<(), Self::Guard<'a>> {
        Err(guard)
    }

    /// Whether a guard that is dropped by a panic gives its permits back, and no more. A semaphore
    /// that is poisoned by it says no, and nothing panics.
    fn survives_panics(&self) -> bool {
        true
    }

    /// Takes one permit of a guard that has more: that one, and the rest.
    ///
    /// # Errors
    ///
    /// The guard, if there is no such operation.
    fn split<'a>(
        &self,
        guard: Self::Guard<'a>,
    ) -> Result<(Self::Guard<'a>, Self::Guard<'a>), Self::Guard<'a>> {
        Err(guard)
    }

    /// Puts the permits of two guards into one.
    ///
    /// # Errors
    ///
    /// The guards, if there is no such operation.
    fn merge<'a>(
        &self,
        one: Self::Guard<'a>,
        other: Self::Guard<'a>,
    ) -> Result<Self::Guard<'a>, (Self::Guard<'a>, Self::Guard<'a>)> {
        Err((one, other))
    }
}

/// Who goes before whom at a [`Semaphore`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fairness {
    /// Nobody is promised anything; but who finds as many permits as he needs must not wait.
    Any,
    /// Who waits may have to wait, though there are permits for him, while somebody else waits
    /// for more; who comes later may be faster.
    InLine,
    /// Whoever comes later goes later.
    FirstCome,
}

impl Fairness {
    fn line(self) -> Line {
        match self {
            Fairness::Any => Line::None,
            Fairness::InLine => Line::First,
            Fairness::FirstCome => Line::Fair,
        }
    }
}

/// The laws of a semaphore: no more permits are out than there are, in an order that explains
/// what everybody saw (linearizability); who waits when all is at rest has a reason to, whoever
/// gave up or was dropped before; none is lost with who gave up, nor comes back twice; a close is
/// seen by everybody; where it is promised nobody is overtaken.
///
/// See [`Semaphore`] for what to tell of a semaphore, with an example.
pub fn semaphore<S: Semaphore>(semaphore: S) -> Suite<impl Laws> {
    Suite::new(SemaphoreLaws(semaphore))
}

struct SemaphoreLaws<S>(S);

impl<S> sealed::Sealed for SemaphoreLaws<S> {}

impl<S: Semaphore> Laws for SemaphoreLaws<S> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let (most, counts) = (self.0.most_at_once(), self.0.counts());
        let error = |why: &str| Err(CheckError::NoRun(why.to_owned()));
        if most == 0 {
            return error("`Semaphore::most_at_once` gave 0: expected 1 or more");
        }
        if counts.is_empty() {
            return error("`Semaphore::counts` gave none: expected one or more to test");
        }
        let rules = Rules { kind: Kind::Semaphore, line: self.0.fairness().line(), all: most };
        let menu = Menu { kind: Kind::Semaphore, shares: (1..=most).map(Share::Some).collect() };
        let arguments = argument("permits", counts).and("tasks", scripts(menu, sizes.steps()));
        let forgets = checker.suffers(reveille_sim::Kind::ForgottenFuture);
        checker.try_check_with(arguments, |(count, tasks)| {
            let adapter = self.0.clone();
            let permits = adapter.make(count);
            let scene = Scene {
                laws: "semaphore",
                permits: Permits::new(count, rules),
                last: Share::Some(1),
                forgets,
                // Permits that were forgotten are waited for, and that is right.
                ends: false,
                drops: Drops::default(),
            };
            run(Taken { adapter, permits }, scene, tasks)
        })
    }
}

struct Taken<S: Semaphore> {
    adapter: S,
    permits: S::Permits,
}

fn count(share: Share) -> usize {
    match share {
        Share::Some(count) => count,
        Share::Upgradable | Share::All => 1,
    }
}

impl<S: Semaphore> Gate for Taken<S> {
    type Guard<'a> = S::Guard<'a>;
    const KIND: Kind = Kind::Semaphore;

    fn enter(&self, share: Share) -> Option<Entering<'_, Self>> {
        Some(Box::pin(self.adapter.acquire(&self.permits, count(share))))
    }

    fn try_enter(&self, share: Share) -> Option<Result<S::Guard<'_>, TryAcquireError>> {
        self.adapter.try_acquire(&self.permits, count(share))
    }

    fn survives_panics(&self) -> bool {
        self.adapter.survives_panics()
    }

    fn split<'a>(&'a self, guard: S::Guard<'a>) -> Split<S::Guard<'a>> {
        self.adapter.split(guard)
    }

    fn merge<'a>(&'a self, one: S::Guard<'a>, other: S::Guard<'a>) -> Merged<S::Guard<'a>> {
        self.adapter.merge(one, other)
    }

    fn forget<'a>(&'a self, guard: S::Guard<'a>) -> Result<(), S::Guard<'a>> {
        self.adapter.forget(guard)
    }

    fn add(&self, count: usize) -> Option<()> {
        self.adapter.add_permits(&self.permits, count)
    }

    fn forget_free(&self, count: usize) -> Option<usize> {
        self.adapter.forget_permits(&self.permits, count)
    }

    fn close(&self) -> Option<()> {
        self.adapter.close(&self.permits)
    }
}
