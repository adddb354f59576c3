//! tokio 1.4.0: a `Notified` that `notify_waiters` has made ready, and that is dropped before
//! it is polled again, clears the permit that `notify_one` has stored in the meantime. Fixed in
//! 1.5.0 (pull request 3652).
#![cfg(test)]

use reveille::laws::{self, Notify};
use std::pin::Pin;

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
    laws::notify(Tokio).check();
}
