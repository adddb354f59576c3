//! tokio-util 0.7.18: `JoinQueue::try_join_next` polls with a waker that does nothing, which takes
//! the place of that of the task that waits for the queue. Fixed in 0.7.19 (tokio pull request
//! 8279).
#![cfg(test)]

use reveille::Checker;
use reveille::laws::{self, Collection, Full, Item, Member};
use std::task::{Context, Poll};
use tokio_util::task::JoinQueue;

#[derive(Clone)]
struct Queue;

impl Collection for Queue {
    type Members = JoinQueue<Item>;

    fn open(&self) -> Self::Members {
        JoinQueue::new()
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
fn keeps_the_laws_of_collections() {
    laws::collection(Queue).checker(Checker::new().tokio(true)).check();
}
