//! tokio-util 0.7.14: `JoinMap::join_next` says that the map is empty when the task that it meets
//! first was replaced. Fixed in 0.7.15 (tokio pull request 7264).
#![cfg(test)]

use reveille::Checker;
use reveille::laws::{self, Collection, Full, Item, Member};
use std::pin::pin;
use std::task::{Context, Poll, ready};

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

    fn len(&self, members: &Self::Members) -> Option<usize> {
        Some(members.len())
    }
}

#[test]
fn keeps_the_laws_of_collections() {
    laws::collection(JoinMap).checker(Checker::new().tokio(true)).check();
}
