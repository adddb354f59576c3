//! futures-intrusive 0.2.2: its futures, polled again, keep their first waker. Fixed in 0.3.0
//! (issue 18).
#![cfg(test)]

use futures_intrusive::sync::{LocalManualResetEvent, LocalWaitForEventFuture};
use reveille::laws::{self, Notify};

#[derive(Clone)]
struct Intrusive;

impl Notify for Intrusive {
    type Event = LocalManualResetEvent;
    type Listener<'a> = LocalWaitForEventFuture<'a>;

    fn event(&self) -> Self::Event {
        LocalManualResetEvent::new(false)
    }

    fn listen<'a>(&self, event: &'a Self::Event) -> Self::Listener<'a> {
        event.wait()
    }

    fn set(&self, event: &Self::Event) -> Option<()> {
        event.set();
        Some(())
    }

    fn reset(&self, event: &Self::Event) -> Option<()> {
        event.reset();
        Some(())
    }
}

#[test]
fn keeps_the_laws_of_events() {
    laws::notify(Intrusive).check();
}
