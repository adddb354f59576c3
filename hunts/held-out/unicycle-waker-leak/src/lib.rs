//! unicycle 0.10.1: a `FuturesUnordered` that is dropped leaks a future that holds a waker of its
//! own. Fixed in 0.10.2 (issue 30).
#![cfg(test)]

use futures_util::stream::StreamExt;
use reveille::laws::{self, Collection, Full, Item, Member};
use std::task::{Context, Poll};
use unicycle::FuturesUnordered;

#[derive(Clone)]
struct Unordered;

impl Collection for Unordered {
    type Members = FuturesUnordered<Member>;

    fn open(&self) -> Self::Members {
        FuturesUnordered::new()
    }

    fn push(&self, members: &mut Self::Members, _key: usize, member: Member) -> Result<(), Full> {
        members.push(member);
        Ok(())
    }

    fn poll_next(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        members.poll_next_unpin(cx)
    }

    fn len(&self, members: &Self::Members) -> Option<usize> {
        Some(members.len())
    }
}

#[test]
fn keeps_the_laws_of_collections() {
    laws::collection(Unordered).check();
}
