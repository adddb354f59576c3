//! tokio 1.25.0: `notify_waiters` wakes those who wait in batches and lets go of its lock in
//! between. Who is run by such a wake and waits again is notified a second time by the same
//! call. Fixed in 1.26.0 (pull request 5458). Wakers stay here as they are, since both clone
//! another one with the lock held.
#![cfg(test)]

use reveille::laws::{self, Notify};
use reveille::{Checker, Kind};
use std::pin::Pin;
use std::time::Duration;

#[derive(Clone)]
struct Tokio;

impl Notify for Tokio {
    type Event = tokio::sync::Notify;
    type Listener<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

    fn event(&self) -> Self::Event {
        tokio::sync::Notify::new()
    }

    /// Made at its first poll: one that is made and notified before takes a permit as well, in
    /// all versions of that time.
    fn listen<'a>(&self, event: &'a Self::Event) -> Self::Listener<'a> {
        Box::pin(async { event.notified().await })
    }

    fn stores_one(&self) -> bool {
        true
    }

    fn is_fair(&self) -> bool {
        true
    }

    fn notify_one(&self, event: &Self::Event) -> Option<()> {
        event.notify_one();
        Some(())
    }

    fn notify_all(&self, event: &Self::Event) -> Option<()> {
        event.notify_waiters();
        Some(())
    }
}

#[test]
fn keeps_the_laws_of_events() {
    let checker = Checker::new().with(Kind::ReentrantWaker).without(Kind::FreshWaker);
    let checker = checker.watchdog(Duration::from_secs(1));
    laws::notify(Tokio).checker(checker).check();
}
