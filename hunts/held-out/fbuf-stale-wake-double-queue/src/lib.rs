//! futures-buffered 0.2.10: a future that is pushed into the place of one whose waker was woken is
//! queued twice. Fixed in 0.2.11 (commit b58a4c5).
#![cfg(test)]

use futures_buffered::FuturesUnorderedBounded;
use futures_util::stream::StreamExt;
use reveille::Checker;
use reveille::laws::{self, Collection, Full, Item, Member};
use std::task::{Context, Poll};
use std::time::Duration;

const BOUND: usize = 2;

#[derive(Clone)]
struct Bounded;

impl Collection for Bounded {
    type Members = FuturesUnorderedBounded<Member>;

    fn open(&self) -> Self::Members {
        FuturesUnorderedBounded::new(BOUND)
    }

    fn push(&self, members: &mut Self::Members, _key: usize, member: Member) -> Result<(), Full> {
        members.try_push(member).map_err(|_| Full)
    }

    fn poll_next(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        members.poll_next_unpin(cx)
    }

    fn bound(&self) -> Option<usize> {
        Some(BOUND)
    }

    fn len(&self, members: &Self::Members) -> Option<usize> {
        Some(members.len())
    }
}

#[test]
fn keeps_the_laws_of_collections() {
    // A poll of a list that leads back to itself does not return.
    let checker = Checker::new().watchdog(Duration::from_secs(1));
    laws::collection(Bounded).checker(checker).check();
}
