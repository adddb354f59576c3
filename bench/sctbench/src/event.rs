//! Events: what a thread of a benchmark does that another one could see.
//!
//! A thread stops before each event, says what it is about to touch, and goes on
//! when it is chosen: one event, one turn. A thread that is spawned runs up to its
//! first event at once, within the event that spawned it, as in the harness that
//! the published figures come from. So being born is no event, and a sampler knows
//! from the beginning what a new thread will do.

use crate::mutex::Mutex;
use reveille_sim::{Point, Touch, point};
use std::cell::RefCell;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// What a thread does first.
#[derive(Debug)]
pub(crate) struct First {
    pub(crate) touch: Touch,
    /// The lock before which it stands.
    pub(crate) lock: Option<Mutex>,
    /// Whether it does nothing at all.
    pub(crate) over: bool,
}

thread_local! {
    /// Filled in by the first event of the thread that is being spawned.
    static FIRST: RefCell<Option<First>> = const { RefCell::new(None) };
}

/// Runs a new thread up to its first event.
pub(crate) fn first_of<F: Future>(thread: Pin<&mut F>) -> First {
    FIRST.set(Some(First { touch: Touch::Nothing, lock: None, over: false }));
    let over = thread.poll(&mut Context::from_waker(Waker::noop())).is_ready();
    let first = FIRST.take().expect("a thread that is spawned spawns none before its first event");
    First { over, ..first }
}

/// Says what comes first, if the thread is just being spawned; then it is to stop.
pub(crate) fn announce(touch: Touch, lock: Option<&Mutex>) -> bool {
    FIRST.with_borrow_mut(|first| match first {
        Some(first) => {
            *first = First { touch, lock: lock.cloned(), over: false };
            true
        }
        None => false,
    })
}

/// The point before an event.
pub(crate) fn before(touch: Touch) -> Point {
    match touch {
        Touch::Read(resource) => point().reads(resource),
        Touch::Write(resource) => point().writes(resource),
        Touch::Anything | Touch::Nothing => unreachable!("an event touches one resource"),
    }
}

/// Stops before an event that touches this; what follows the await is the event.
pub(crate) fn event(touch: Touch) -> Event {
    Event { touch, stopped: false }
}

#[derive(Debug)]
pub(crate) struct Event {
    touch: Touch,
    stopped: bool,
}

impl Future for Event {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.stopped {
            return Poll::Ready(());
        }
        self.stopped = true;
        if announce(self.touch, None) {
            return Poll::Pending;
        }
        Pin::new(&mut before(self.touch)).poll(cx)
    }
}
