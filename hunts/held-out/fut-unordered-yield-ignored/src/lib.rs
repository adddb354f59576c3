//! futures-util 0.3.19: `FuturesUnordered` polls futures that wake themselves again within one
//! poll, as often as it has futures. Fixed in 0.3.21 (pull request 2551).
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

    fn polls_only_the_woken(&self) -> bool {
        true
    }

    fn most_polls_of_one(&self) -> Option<u32> {
        Some(2)
    }

    fn len(&self, members: &Self::Members) -> Option<usize> {
        Some(members.len())
    }

    fn clear(&self, members: &mut Self::Members) -> Option<()> {
        members.clear();
        Some(())
    }
}

#[test]
fn keeps_the_laws_of_collections() {
    laws::collection(Unordered).check();
}
