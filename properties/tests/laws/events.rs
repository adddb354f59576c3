//! Published events, none of which may raise an alarm in 2,000 runs.

use event_listener::{Event, EventListener, IntoNotification};
use reveille::laws::{self, Joins, Notify};
use std::pin::Pin;
use tokio::sync::futures::Notified;

fn passes<N: Notify>(notify: N) {
    laws::notify(notify).checker(crate::checker().runs(2_000)).check();
}

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
fn tokio_passes() {
    passes(Tokio);
}

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

    fn notify_up_to(&self, event: &Event, count: usize) -> Option<()> {
        event.notify(count);
        Some(())
    }

    fn notify_additional(&self, event: &Event, count: usize) -> Option<()> {
        event.notify(count.additional());
        Some(())
    }
}

#[test]
fn event_listener_passes() {
    passes(EventListeners);
}
