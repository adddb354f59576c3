//! event-listener 4.0.0: a listener that listens to one event and is told to listen to another
//! is left in the list of the first, too, which takes it for one of its own. Fixed in 4.0.1 (pull
//! request 101).
#![cfg(test)]

use event_listener::{Event, EventListener};
use reveille::laws::{self, Joins, Notify};
use std::pin::Pin;

#[derive(Clone)]
struct Listeners;

impl Notify for Listeners {
    type Event = Event;
    type Listener<'a> = Pin<Box<EventListener>>;

    fn event(&self) -> Event {
        Event::new()
    }

    fn listen(&self, event: &Event) -> Pin<Box<EventListener>> {
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

    fn listen_again(&self, listener: Pin<&mut Self::Listener<'_>>, event: &Event) -> Option<()> {
        listener.get_mut().as_mut().listen(event);
        Some(())
    }
}

#[test]
fn keeps_the_laws_of_events() {
    laws::notify(Listeners).check();
}
