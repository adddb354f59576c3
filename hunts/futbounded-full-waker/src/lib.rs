//! futures-bounded 0.3.1: who waits for room in a full map is never woken: `poll_ready_unpin`
//! keeps its waker, and nobody calls it. Not fixed.
#![cfg(test)]

use futures_bounded::{Delay, FuturesMap, PushError};
use reveille::laws::{self, Collection, Full, Item, Member};
use reveille::Checker;
use std::task::{Context, Poll};
use std::time::Duration;

/// Longer than any run.
const NEVER: Duration = Duration::from_secs(1_000_000);

const BOUND: usize = 2;

#[derive(Clone)]
struct Map;

impl Collection for Map {
    type Members = FuturesMap<usize, Item>;

    fn open(&self) -> Self::Members {
        FuturesMap::new(|| Delay::tokio(NEVER), BOUND)
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

    fn poll_ready(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Option<Poll<()>> {
        Some(members.poll_ready_unpin(cx))
    }
}

#[test]
fn keeps_the_laws_of_collections() {
    laws::collection(Map).checker(Checker::new().tokio(true)).check();
}
