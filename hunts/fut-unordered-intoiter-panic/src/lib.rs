//! futures-util 0.3.21: an `IntoIter` of `FuturesUnordered` that is dropped before its end
//! panics. Fixed in 0.3.22 (pull request 2574).
#![cfg(test)]

use futures_util::stream::{FuturesUnordered, StreamExt};
use reveille::laws::{self, Collection, Full, Item, Member};
use std::pin::Pin;
use std::task::{Context, Poll};

#[derive(Clone)]
struct Unordered;

impl Collection for Unordered {
    type Members = FuturesUnordered<Pin<Box<Member>>>;

    fn open(&self) -> Self::Members {
        FuturesUnordered::new()
    }

    fn push(&self, members: &mut Self::Members, _key: usize, member: Member) -> Result<(), Full> {
        members.push(Box::pin(member));
        Ok(())
    }

    fn poll_next(&self, members: &mut Self::Members, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        members.poll_next_unpin(cx)
    }

    fn drain(&self, members: Self::Members) -> Option<Box<dyn Iterator<Item = ()>>> {
        Some(Box::new(members.into_iter().map(drop)))
    }
}

#[test]
fn keeps_the_laws_of_collections() {
    laws::collection(Unordered).check();
}
