//! Events, and what is one: latches and tokens of cancellation.

use event_listener::{Event, EventListener, IntoNotification};
use futures_intrusive::sync::{LocalManualResetEvent, LocalWaitForEventFuture};
use reveille::Law;
use reveille::laws::{self, Joins, Notify};
use std::pin::Pin;
use tokio::sync::futures::Notified;
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

type Boxed<'a> = Pin<Box<dyn Future<Output = ()> + 'a>>;

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
fn tokio_notify() {
    laws::notify(Tokio).check();
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
fn event_listener() {
    laws::notify(EventListeners).check();
}

#[derive(Clone)]
struct Maitake;

impl Notify for Maitake {
    type Event = maitake_sync::WaitQueue;
    type Listener<'a> = maitake_sync::wait_queue::Wait<'a>;

    fn event(&self) -> Self::Event {
        maitake_sync::WaitQueue::new()
    }

    fn listen<'a>(&self, event: &'a Self::Event) -> Self::Listener<'a> {
        event.wait()
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
        event.wake();
        Some(())
    }

    fn notify_all(&self, event: &Self::Event) -> Option<()> {
        event.wake_all();
        Some(())
    }

    fn enable(&self, listener: Pin<&mut Self::Listener<'_>>) -> Option<bool> {
        Some(listener.subscribe().is_ready())
    }
}

/// One that is made before `wake_all` takes a stored wakeup as well; see `hunts/FINDINGS.md`.
#[test]
fn maitake_wait_queue() {
    newest::alarms(laws::notify(Maitake), Law::Stuck, "a notification is stored");
}

/// Whose listeners are made when they are polled.
#[derive(Clone)]
struct MaitakeLater;

impl Notify for MaitakeLater {
    type Event = maitake_sync::WaitQueue;
    type Listener<'a> = Boxed<'a>;

    fn event(&self) -> Self::Event {
        Maitake.event()
    }

    fn listen<'a>(&self, event: &'a Self::Event) -> Boxed<'a> {
        Box::pin(async { event.wait().await.unwrap() })
    }

    fn stores_one(&self) -> bool {
        true
    }

    fn is_fair(&self) -> bool {
        true
    }

    fn notify_one(&self, event: &Self::Event) -> Option<()> {
        Maitake.notify_one(event)
    }

    fn notify_all(&self, event: &Self::Event) -> Option<()> {
        Maitake.notify_all(event)
    }
}

#[test]
fn maitake_wait_queue_made_when_polled() {
    laws::notify(MaitakeLater).check();
}

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
fn futures_intrusive_manual_reset_event() {
    laws::notify(Intrusive).check();
}

#[derive(Clone)]
struct Token;

impl Notify for Token {
    type Event = CancellationToken;
    type Listener<'a> = WaitForCancellationFuture<'a>;

    fn event(&self) -> Self::Event {
        CancellationToken::new()
    }

    fn listen<'a>(&self, event: &'a Self::Event) -> Self::Listener<'a> {
        event.cancelled()
    }

    fn joins(&self) -> Joins {
        Joins::WhenMadeForAll
    }

    fn set(&self, event: &Self::Event) -> Option<()> {
        event.cancel();
        Some(())
    }
}

#[test]
fn tokio_util_cancellation_token() {
    laws::notify(Token).check();
}

#[derive(Clone)]
struct MeaLatch;

impl Notify for MeaLatch {
    type Event = mea::latch::Latch;
    type Listener<'a> = Boxed<'a>;

    fn event(&self) -> Self::Event {
        mea::latch::Latch::new(1)
    }

    fn listen<'a>(&self, event: &'a Self::Event) -> Boxed<'a> {
        Box::pin(event.wait())
    }

    fn set(&self, event: &Self::Event) -> Option<()> {
        event.count_down();
        Some(())
    }
}

#[test]
fn mea_latch() {
    laws::notify(MeaLatch).check();
}

#[derive(Clone)]
struct Latches;

impl Notify for Latches {
    type Event = latches::task::Latch;
    type Listener<'a> = latches::task::LatchWait<'a>;

    fn event(&self) -> Self::Event {
        latches::task::Latch::new(1)
    }

    fn listen<'a>(&self, event: &'a Self::Event) -> Self::Listener<'a> {
        event.wait()
    }

    fn set(&self, event: &Self::Event) -> Option<()> {
        event.count_down();
        Some(())
    }
}

#[test]
fn latches_latch() {
    laws::notify(Latches).check();
}
