//! futures-concurrency 7.4.0: a future that is put into the place of one that has ended is not
//! polled in a `FutureGroup`. Fixed in 7.4.1 (commit f7645c8).
#![cfg(test)]

use futures_concurrency::future::FutureGroup;
use futures_util::stream::StreamExt;
use reveille::laws::{self, Collection, Full, Item, Member};
use std::pin::Pin;
use std::task::{Context, Poll};

#[derive(Clone)]
struct Group;

impl Collection for Group {
    type Members = Pin<Box<FutureGroup<Pin<Box<Member>>>>>;

    fn open(&self) -> Self::Members {
        Box::pin(FutureGroup::new())
    }

    fn push(&self, members: &mut Self::Members, _key: usize, member: Member) -> Result<(), Full> {
        members.insert(Box::pin(member));
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
    laws::collection(Group).check();
}
