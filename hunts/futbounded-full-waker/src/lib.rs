//! futures-bounded 0.3.1, the newest: who waits for room in a `FuturesSet` is never woken: its waker is
//! kept and nobody calls it.
#![cfg(test)]

use futures_bounded::{Delay, FuturesSet};
use reveille::Checker;
use reveille::laws::{self, Collection, Full, Item, Member};
use std::task::{Context, Poll};
use std::time::Duration;

const CAPACITY: usize = 2;

#[derive(Clone)]
struct Set;

impl Collection for Set {
    type Members = FuturesSet<Item>;

    fn open(&self) -> Self::Members {
        FuturesSet::new(|| Delay::tokio(Duration::from_secs(1_000_000)), CAPACITY)
    }

    fn push(&self, members: &mut Self::Members, _key: usize, member: Member) -> Result<(), Full> {
        members.try_push(member).map_err(|_member| Full)
    }

    fn poll_next(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        members.poll_unpin(cx).map(|output| output.ok())
    }

    fn bound(&self) -> Option<usize> {
        Some(CAPACITY)
    }

    fn poll_ready(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Option<Poll<()>> {
        Some(members.poll_ready_unpin(cx))
    }

    fn ends(&self) -> bool {
        false
    }
}

#[test]
fn keeps_the_laws_of_collections() {
    laws::collection(Set).checker(Checker::new().tokio(true)).check();
}
