//! futures-buffered 0.2.2: a poll of `FuturesUnorderedBounded` goes on for as long as its futures
//! wake themselves. Fixed in 0.2.3 (commit f878029). Both versions have another bug that shows
//! first, and that 0.2.11 has not: one that is empty and new wakes itself without end.
#![cfg(test)]

use futures_buffered::FuturesUnorderedBounded;
use futures_util::stream::StreamExt;
use reveille::laws::{self, Collection, Full, Item, Member};
use std::task::{Context, Poll};

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
    laws::collection(Bounded).check();
}
