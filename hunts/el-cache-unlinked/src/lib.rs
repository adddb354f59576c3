//! event-listener 2.3.2: the list of listeners keeps one entry for reuse. Used
//! again behind other listeners it does not know who stands before it, and when
//! it goes, whoever stands behind it is cut off. Fixed in 2.3.3: "Fix a bug in
//! `List::insert()` that was causing deadlocks".
#![cfg(test)]

use event_listener::{Event, EventListener};
use reveille::laws::{self, Joins, Notify};

#[derive(Clone)]
struct Listeners;

impl Notify for Listeners {
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

    fn notify_up_to(&self, event: &Event, count: usize) -> Option<()> {
        event.notify(count);
        Some(())
    }

    fn notify_additional(&self, event: &Event, count: usize) -> Option<()> {
        event.notify_additional(count);
        Some(())
    }
}

#[test]
fn keeps_the_laws_of_events() {
    laws::notify(Listeners).check();
}
