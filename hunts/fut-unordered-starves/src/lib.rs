//! futures-util 0.3.1: a poll of `FuturesUnordered` goes on for as long as one of its futures
//! wakes itself, so that nobody else has a turn. Fixed in 0.3.2 (issue 2047, pull request 2049).
#![cfg(test)]

use futures_util::stream::{FuturesUnordered, StreamExt};
use reveille::laws::{self, Collection, Full, Item, Member};
use std::task::{Context, Poll};

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
}

#[test]
fn keeps_the_laws_of_collections() {
    laws::collection(Unordered).check();
}
