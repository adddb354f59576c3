//! Collections of futures.

use futures_bounded::PushError;
use futures_util::stream::StreamExt;
use reveille::Checker;
use reveille::laws::{self, Collection, Full, Item, Member};
use std::pin::{Pin, pin};
use std::task::{Context, Poll, ready};

const BOUND: usize = 2;

/// Longer than any run.
const NEVER: std::time::Duration = std::time::Duration::from_secs(1_000_000);

type Boxed = Pin<Box<Member>>;

/// A collection that is a stream of the outputs.
macro_rules! streams {
    ($($test:ident: $Adapter:ident of $Members:ty = $open:expr;
       |$members:ident, $member:ident| $push:expr; $({ $($more:item)* })?)*) => {$(
        #[derive(Clone)]
        struct $Adapter;

        impl Collection for $Adapter {
            type Members = $Members;

            fn open(&self) -> Self::Members {
                $open
            }

            fn push(&self, $members: &mut Self::Members, _key: usize, $member: Member) -> Result<(), Full> {
                $push
            }

            fn poll_next(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
                members.poll_next_unpin(cx)
            }

            fn len(&self, members: &Self::Members) -> Option<usize> {
                Some(members.len())
            }

            $($($more)*)?
        }

        #[test]
        fn $test() {
            laws::collection($Adapter).check();
        }
    )*};
}

streams! {
    futures_unordered: Unordered of futures_util::stream::FuturesUnordered<Boxed> = Default::default();
        |members, member| { members.push(Box::pin(member)); Ok(()) }; {
            fn polls_only_the_woken(&self) -> bool {
                true
            }
            fn clear(&self, members: &mut Self::Members) -> Option<()> {
                members.clear();
                Some(())
            }
            fn drain(&self, members: Self::Members) -> Option<Box<dyn Iterator<Item = ()>>> {
                Some(Box::new(members.into_iter().map(drop)))
            }
        }
    futures_ordered: Ordered of futures_util::stream::FuturesOrdered<Member> = Default::default();
        |members, member| { members.push_back(member); Ok(()) }; {
            fn is_ordered(&self) -> bool {
                true
            }
            fn polls_only_the_woken(&self) -> bool {
                true
            }
            fn clear(&self, members: &mut Self::Members) -> Option<()> {
                members.clear();
                Some(())
            }
        }
    futures_buffered_unordered: BufferedUnordered of futures_buffered::FuturesUnordered<Member> = Default::default();
        |members, member| { members.push(member); Ok(()) };
    futures_buffered_unordered_bounded: BufferedBounded of futures_buffered::FuturesUnorderedBounded<Member> =
        futures_buffered::FuturesUnorderedBounded::new(BOUND);
        |members, member| members.try_push(member).map_err(|_| Full); {
            fn bound(&self) -> Option<usize> {
                Some(BOUND)
            }
        }
    futures_buffered_ordered: BufferedOrdered of futures_buffered::FuturesOrdered<Member> =
        futures_buffered::FuturesOrdered::new();
        |members, member| { members.push_back(member); Ok(()) }; {
            fn is_ordered(&self) -> bool {
                true
            }
        }
    unicycle_unordered: Unicycle of unicycle::FuturesUnordered<Member> = unicycle::FuturesUnordered::new();
        |members, member| { let _ = members.push(member); Ok(()) };
    futures_concurrency_group: Group of Pin<Box<futures_concurrency::future::FutureGroup<Boxed>>> =
        Box::pin(futures_concurrency::future::FutureGroup::new());
        |members, member| { let _ = members.insert(Box::pin(member)); Ok(()) };
}

#[derive(Clone)]
struct JoinSet;

impl Collection for JoinSet {
    type Members = tokio::task::JoinSet<Item>;

    fn open(&self) -> Self::Members {
        tokio::task::JoinSet::new()
    }

    fn push(&self, members: &mut Self::Members, _key: usize, member: Member) -> Result<(), Full> {
        members.spawn(member);
        Ok(())
    }

    fn poll_next(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        members.poll_join_next(cx).map(|output| output.map(Result::unwrap))
    }

    fn try_next(&self, members: &mut Self::Members) -> Option<Option<Item>> {
        Some(members.try_join_next().map(Result::unwrap))
    }

    fn len(&self, members: &Self::Members) -> Option<usize> {
        Some(members.len())
    }
}

#[test]
fn tokio_join_set() {
    laws::collection(JoinSet).checker(Checker::new().tokio(true)).check();
}

#[derive(Clone)]
struct JoinQueue;

impl Collection for JoinQueue {
    type Members = tokio_util::task::JoinQueue<Item>;

    fn open(&self) -> Self::Members {
        tokio_util::task::JoinQueue::new()
    }

    fn push(&self, members: &mut Self::Members, _key: usize, member: Member) -> Result<(), Full> {
        members.spawn(member);
        Ok(())
    }

    fn poll_next(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        members.poll_join_next(cx).map(|output| output.map(Result::unwrap))
    }

    fn is_ordered(&self) -> bool {
        true
    }

    fn try_next(&self, members: &mut Self::Members) -> Option<Option<Item>> {
        Some(members.try_join_next().map(Result::unwrap))
    }

    fn len(&self, members: &Self::Members) -> Option<usize> {
        Some(members.len())
    }
}

#[test]
fn tokio_util_join_queue() {
    laws::collection(JoinQueue).checker(Checker::new().tokio(true)).check();
}

#[derive(Clone)]
struct JoinMap;

impl Collection for JoinMap {
    type Members = tokio_util::task::JoinMap<usize, Item>;

    fn open(&self) -> Self::Members {
        tokio_util::task::JoinMap::new()
    }

    fn push(&self, members: &mut Self::Members, key: usize, member: Member) -> Result<(), Full> {
        members.spawn(key, member);
        Ok(())
    }

    fn poll_next(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let next = ready!(pin!(members.join_next()).poll(cx));
        Poll::Ready(next.map(|(_, output)| output.unwrap()))
    }

    fn is_keyed(&self) -> bool {
        true
    }

    fn try_next(&self, members: &mut Self::Members) -> Option<Option<Item>> {
        Some(members.try_join_next().map(|(_, output)| output.unwrap()))
    }

    fn len(&self, members: &Self::Members) -> Option<usize> {
        Some(members.len())
    }
}

#[test]
fn tokio_util_join_map() {
    laws::collection(JoinMap).checker(Checker::new().tokio(true)).check();
}

/// Without a wait for room, which never ends; see `hunts/futbounded-full-waker`.
#[derive(Clone)]
struct FuturesMap;

impl Collection for FuturesMap {
    type Members = futures_bounded::FuturesMap<usize, Item>;

    fn open(&self) -> Self::Members {
        futures_bounded::FuturesMap::new(|| futures_bounded::Delay::tokio(NEVER), BOUND)
    }

    fn push(&self, members: &mut Self::Members, key: usize, member: Member) -> Result<(), Full> {
        match members.try_push(key, member) {
            Ok(()) | Err(PushError::Replaced(_)) => Ok(()),
            Err(PushError::BeyondCapacity(_)) => Err(Full),
        }
    }

    fn poll_next(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        members.poll_unpin(cx).map(|(_, output)| output.ok())
    }

    fn ends(&self) -> bool {
        false
    }

    fn bound(&self) -> Option<usize> {
        Some(BOUND)
    }

    fn len(&self, members: &Self::Members) -> Option<usize> {
        Some(members.len())
    }
}

#[test]
fn futures_bounded_map() {
    laws::collection(FuturesMap).checker(Checker::new().tokio(true)).check();
}
