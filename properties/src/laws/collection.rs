//! The laws of collections of futures.

mod acting;
mod content;
mod plan;
mod room;
mod run;

use super::given::inner::Member;
use super::{Item, Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use reveille_sim::Kind;
use std::task::{Context, Poll};

/// A collection of futures for the suite [`collection()`]: how to make one, and what it does.
///
/// What a collection does not have is left as it is, and is not tested; what the runs came by
/// is told when the suite has passed.
///
/// ```
/// use futures::stream::{FuturesUnordered, StreamExt};
/// use reveille::laws::{self, Collection, Full, Item, Member};
/// use std::task::{Context, Poll};
///
/// #[derive(Clone)]
/// struct Unordered;
///
/// impl Collection for Unordered {
///     type Members = FuturesUnordered<Member>;
///
///     fn open(&self) -> Self::Members {
///         FuturesUnordered::new()
///     }
///
///     fn push(&self, members: &mut Self::Members, _key: usize, member: Member) -> Result<(), Full> {
///         members.push(member);
///         Ok(())
///     }
///
///     fn poll_next(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
///         members.poll_next_unpin(cx)
///     }
/// }
///
/// laws::collection(Unordered).runs(100).check();
/// ```
pub trait Collection: Clone + 'static {
    /// The collection.
    type Members: 'static;

    /// Makes an empty one.
    fn open(&self) -> Self::Members;

    /// Adds a future, or drops it if there is no room.
    ///
    /// # Errors
    ///
    /// [`Full`] if there is no room.
    fn push(&self, members: &mut Self::Members, key: usize, member: Member) -> Result<(), Full>;

    /// Adds a future before all others, or drops it if there is no room, as [`push`](Self::push)
    /// does.
    fn push_front(
        &self,
        members: &mut Self::Members,
        key: usize,
        member: Member,
    ) -> Option<Result<(), Full>> {
        let _ = (members, key, member);
        None
    }

    /// Polls for the output of a future that is ready; none if it is empty.
    fn poll_next(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Poll<Option<Item>>;

    /// Whether outputs come in the order of the pushes. By default they may come in any.
    fn is_ordered(&self) -> bool {
        false
    }

    /// How many futures there are at most. By default there is no bound.
    fn bound(&self) -> Option<usize> {
        None
    }

    /// Whether futures have keys, and one that is pushed takes the place of one with the same
    /// key. By default no two keys are the same.
    fn is_keyed(&self) -> bool {
        false
    }

    /// Whether an empty one gives none. By default it does; one that does not is pending until
    /// a push wakes who waits.
    fn ends(&self) -> bool {
        true
    }

    /// Whether a push wakes who waits for the next output. By default who pushes is to see that
    /// it is polled again.
    fn push_wakes(&self) -> bool {
        false
    }

    /// Whether it polls only futures that are new or were woken. By default it may poll any.
    fn polls_only_the_woken(&self) -> bool {
        false
    }

    /// How often one future may be polled within one poll, where that is promised: so that one
    /// that wakes itself leaves the others, and other tasks, their turn.
    fn most_polls_of_one(&self) -> Option<u32> {
        None
    }

    /// Whether several tasks may wait for room at a time, and each is woken. By default one may:
    /// [`poll_ready`](Self::poll_ready) remembers the waker of its last call alone, as that of a
    /// `Sink` does.
    fn many_wait_for_room(&self) -> bool {
        false
    }

    /// Polls for room, if it can be waited for.
    fn poll_ready(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Option<Poll<()>> {
        let _ = (members, cx);
        None
    }

    /// The output of a future that is ready now, if there is such an operation, and it leaves
    /// alone who waits.
    fn try_next(&self, members: &mut Self::Members) -> Option<Option<Item>> {
        let _ = members;
        None
    }

    /// How many futures it has, with those whose output was not taken.
    fn len(&self, members: &Self::Members) -> Option<usize> {
        let _ = members;
        None
    }

    /// Removes the future with a key; whether it was there.
    fn remove(&self, members: &mut Self::Members, key: usize) -> Option<bool> {
        let _ = (members, key);
        None
    }

    /// Removes all.
    fn clear(&self, members: &mut Self::Members) -> Option<()> {
        let _ = members;
        None
    }

    /// Takes the futures out, one after another, and drops each.
    ///
    /// ```
    /// # use futures::stream::FuturesUnordered;
    /// # type Members = FuturesUnordered<std::future::Ready<()>>;
    /// fn drain(members: Members) -> Option<Box<dyn Iterator<Item = ()>>> {
    ///     Some(Box::new(members.into_iter().map(drop)))
    /// }
    /// ```
    fn drain(&self, members: Self::Members) -> Option<Box<dyn Iterator<Item = ()>>> {
        let _ = members;
        None
    }
}

/// A push found no room in a [`Collection`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full;

/// The laws of a collection of futures: the output of each comes once, in order where that is
/// promised; an empty one says so; a future that was woken is polled, and goes on while others
/// are slow; none is polled after its end, or again and again in one poll; a bound is kept, and
/// who waits for room gets it; and every future is dropped once.
///
/// See [`Collection`] for what to tell of one, with an example.
pub fn collection<C: Collection>(collection: C) -> Suite<impl Laws> {
    Suite::new(CollectionLaws(collection))
}

struct CollectionLaws<C>(C);

impl<C> sealed::Sealed for CollectionLaws<C> {}

impl<C: Collection> Laws for CollectionLaws<C> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        if self.0.bound() == Some(0) {
            let why = "`Collection::bound` gave 0: expected room for one or more";
            return Err(CheckError::NoRun(why.to_owned()));
        }
        let steps = (sizes.operations / 2).max(1);
        let arguments = argument("pushers", plan::pushers(steps)).and("taker", plan::taker(steps));
        let forgets = checker.suffers(Kind::ForgottenFuture);
        checker.try_check_with(arguments, |(pushers, taker)| {
            run::run(self.0.clone(), pushers, taker, forgets)
        })
    }
}
