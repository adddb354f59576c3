//! futures-bounded 0.2.1: `FuturesMap::try_push` with a key that is there puts the new future where
//! the old one was, and nobody polls it there. Fixed in 0.2.2.
#![cfg(test)]

use futures_bounded::{FuturesMap, PushError};
use reveille::laws::{self, Collection, Full, Item, Member};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Far more than a run pushes: what was replaced goes on to take room.
const CAPACITY: usize = 100;

#[derive(Clone)]
struct Map;

/// A map that is polled by who fills it. One that fills a map which another polls must tell it: in
/// 0.2.2 and the newest version a push wakes nobody while something is left that was replaced.
struct Members {
    map: FuturesMap<usize, Item>,
    poller: Option<Waker>,
}

impl Collection for Map {
    type Members = Members;

    fn open(&self) -> Members {
        Members { map: FuturesMap::new(Duration::from_secs(1_000_000), CAPACITY), poller: None }
    }

    fn push(&self, members: &mut Members, key: usize, member: Member) -> Result<(), Full> {
        let pushed = members.map.try_push(key, member);
        if let Some(poller) = members.poller.take() {
            poller.wake();
        }
        match pushed {
            Ok(()) | Err(PushError::Replaced(_)) => Ok(()),
            Err(PushError::BeyondCapacity(_)) => Err(Full),
        }
    }

    fn poll_next(&self, members: &mut Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        members.poller = Some(cx.waker().clone());
        members.map.poll_unpin(cx).map(|(_key, output)| output.ok())
    }

    fn is_keyed(&self) -> bool {
        true
    }

    fn ends(&self) -> bool {
        false
    }
}

#[test]
fn keeps_the_laws_of_collections() {
    laws::collection(Map).check();
}
