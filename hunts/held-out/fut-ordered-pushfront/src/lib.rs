//! futures-util 0.3.25: a future that is pushed to the front of a `FuturesOrdered` that has given
//! none yet goes to the back. Fixed in 0.3.26 (pull request 2664).
#![cfg(test)]

use futures_util::stream::{FuturesOrdered, StreamExt};
use reveille::laws::{self, Collection, Full, Item, Member};
use std::task::{Context, Poll};

#[derive(Clone)]
struct Ordered;

impl Collection for Ordered {
    type Members = FuturesOrdered<Member>;

    fn open(&self) -> Self::Members {
        FuturesOrdered::new()
    }

    fn push(&self, members: &mut Self::Members, _key: usize, member: Member) -> Result<(), Full> {
        members.push_back(member);
        Ok(())
    }

    fn push_front(
        &self,
        members: &mut Self::Members,
        _key: usize,
        member: Member,
    ) -> Option<Result<(), Full>> {
        members.push_front(member);
        Some(Ok(()))
    }

    fn poll_next(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        members.poll_next_unpin(cx)
    }

    fn is_ordered(&self) -> bool {
        true
    }

    fn len(&self, members: &Self::Members) -> Option<usize> {
        Some(members.len())
    }
}

#[test]
fn keeps_the_laws_of_collections() {
    laws::collection(Ordered).check();
}
