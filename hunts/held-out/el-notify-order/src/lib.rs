//! event-listener 1.0.0: `Event::notify_one` notifies who came last first. Fixed in 1.0.1.
#![cfg(test)]

use event_listener::{Event, EventListener};
use reveille::laws::{self, Joins, Notify};
use reveille::{Checker, Kind};

#[derive(Clone)]
struct EventListeners;

impl Notify for EventListeners {
    type Event = Event;
    type Listener<'a> = EventListener;

    fn event(&self) -> Event {
        Event::new()
    }

    fn listen(&self, event: &Event) -> EventListener {
        event.listen()
    }

    fn joins(&self) -> Joins {
        Joins::WhenMade
    }

    fn is_fair(&self) -> bool {
        true
    }

    /// One at least, or all.
    fn notify_up_to(&self, event: &Event, count: usize) -> Option<()> {
        match count {
            1 => event.notify_one(),
            usize::MAX => event.notify_all(),
            _ => return None,
        }
        Some(())
    }
}

/// Wakers stay: a listener that is polled again keeps its first one until 2.2.1.
#[test]
fn keeps_the_laws_of_events() {
    laws::notify(EventListeners).checker(Checker::new().without(Kind::FreshWaker)).check();
}
