//! tokio 1.50.0: a `Notified` that is made before `notify_waiters`, and so is ready by it, takes
//! at its first poll the permit that `notify_one` has stored since. Fixed in 1.51.0 (pull request
//! 7996).
#![cfg(test)]

use reveille::laws::{self, Joins, Notify};
use std::pin::Pin;
use tokio::sync::futures::Notified;

#[derive(Clone)]
struct Tokio;

impl Notify for Tokio {
    type Event = tokio::sync::Notify;
    type Listener<'a> = Notified<'a>;

    fn event(&self) -> Self::Event {
        tokio::sync::Notify::new()
    }

    fn listen<'a>(&self, event: &'a Self::Event) -> Notified<'a> {
        event.notified()
    }

    fn joins(&self) -> Joins {
        Joins::WhenMadeForAll
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

    fn notify_last(&self, event: &Self::Event) -> Option<()> {
        event.notify_last();
        Some(())
    }

    fn notify_all(&self, event: &Self::Event) -> Option<()> {
        event.notify_waiters();
        Some(())
    }

    fn enable(&self, listener: Pin<&mut Notified<'_>>) -> Option<bool> {
        Some(listener.enable())
    }
}

#[test]
fn keeps_the_laws_of_events() {
    laws::notify(Tokio).check();
}
