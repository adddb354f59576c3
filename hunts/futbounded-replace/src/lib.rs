//! futures-bounded 0.2.1: a future that takes the place of another in a map is not polled.
//! Fixed in 0.2.2.
#![cfg(test)]

use futures_bounded::{FuturesMap, PushError};
use reveille::laws::{self, Collection, Full, Item, Member};
use std::task::{Context, Poll};
use std::time::Duration;

/// Longer than any run.
const NEVER: Duration = Duration::from_secs(1_000_000);

/// More than there ever are: a future that was replaced counts until it is polled.
const BOUND: usize = 64;

#[derive(Clone)]
struct Map;

impl Collection for Map {
    type Members = FuturesMap<usize, Item>;

    fn open(&self) -> Self::Members {
        FuturesMap::new(NEVER, BOUND)
    }

    fn push(&self, members: &mut Self::Members, key: usize, member: Member) -> Result<(), Full> {
        match members.try_push(key, Box::pin(member)) {
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

    fn is_keyed(&self) -> bool {
        true
    }
}

#[test]
fn keeps_the_laws_of_collections() {
    laws::collection(Map).check();
}
