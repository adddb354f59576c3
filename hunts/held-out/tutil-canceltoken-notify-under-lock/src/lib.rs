//! tokio-util 0.7.19: `CancellationToken::cancel` cancels the children, and so wakes those who
//! wait for them, with the lock of the parent held. Fixed in 0.7.20 (tokio pull request 8556).
#![cfg(test)]

use reveille::laws::{self, Joins, Notify};
use reveille::{Checker, Kind};
use std::time::Duration;
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// Who listens does so to a child of the token.
#[derive(Clone)]
struct Children;

impl Notify for Children {
    type Event = CancellationToken;
    type Listener<'a> = WaitForCancellationFutureOwned;

    fn event(&self) -> Self::Event {
        CancellationToken::new()
    }

    fn listen<'a>(&self, event: &'a Self::Event) -> Self::Listener<'a> {
        event.child_token().cancelled_owned()
    }

    fn joins(&self) -> Joins {
        Joins::WhenMadeForAll
    }

    fn set(&self, event: &Self::Event) -> Option<()> {
        event.cancel();
        Some(())
    }
}

/// Whoever is woken may go on within the call that wakes. Wakers stay, since `Notified` of tokio
/// clones a new one with its lock held, which is another bug.
#[test]
fn keeps_the_laws_of_events() {
    let checker = Checker::new().with(Kind::ReentrantWaker).without(Kind::FreshWaker);
    let checker = checker.watchdog(Duration::from_secs(1));
    laws::notify(Children).checker(checker).check();
}
