//! The laws of events: listeners wait, somebody notifies one of them, some or all.

mod acting;
mod listening;
mod model;
mod plan;
mod run;

use super::{Laws, Sizes, Suite, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use std::pin::Pin;

/// An event for the suite [`notify`]: how to make one, how to listen to it, how to notify those
/// who do, and what is promised of that.
///
/// What it does not have is left as it is, and is not tested; what the runs came by is told
/// when the suite has passed.
///
/// ```
/// use reveille::laws::{self, Joins, Notify};
/// use std::pin::Pin;
/// use tokio::sync::futures::Notified;
///
/// #[derive(Clone)]
/// struct Tokio;
///
/// impl Notify for Tokio {
///     type Event = tokio::sync::Notify;
///     type Listener<'a> = Notified<'a>;
///
///     fn event(&self) -> Self::Event {
///         tokio::sync::Notify::new()
///     }
///
///     fn listen<'a>(&self, event: &'a Self::Event) -> Notified<'a> {
///         event.notified()
///     }
///
///     fn joins(&self) -> Joins {
///         Joins::WhenMadeForAll
///     }
///
///     fn stores_one(&self) -> bool {
///         true
///     }
///
///     fn is_fair(&self) -> bool {
///         true
///     }
///
///     fn notify_one(&self, event: &Self::Event) -> Option<()> {
///         Some(event.notify_one())
///     }
///
///     fn notify_all(&self, event: &Self::Event) -> Option<()> {
///         Some(event.notify_waiters())
///     }
///
///     fn enable(&self, listener: Pin<&mut Notified<'_>>) -> Option<bool> {
///         Some(listener.enable())
///     }
/// }
///
/// laws::notify(Tokio).runs(100).check();
/// ```
pub trait Notify: Clone + 'static {
    /// The event.
    type Event: 'static;
    /// Waits for a notification.
    type Listener<'a>: Future;

    /// Makes an event.
    fn event(&self) -> Self::Event;

    /// Makes a listener of an event.
    fn listen<'a>(&self, event: &'a Self::Event) -> Self::Listener<'a>;

    /// From when on a listener is one of those who are notified. By default from its first
    /// poll on.
    fn joins(&self) -> Joins {
        Joins::WhenPolled
    }

    /// Whether a notification of one is kept if nobody listens, for the next who does. Only one
    /// is kept. By default none is.
    fn stores_one(&self) -> bool {
        false
    }

    /// Whether listeners are notified in the order in which they joined. By default it is not
    /// demanded.
    fn is_fair(&self) -> bool {
        false
    }

    /// Whether a listener that was notified as one of some, and is dropped before it was ready,
    /// passes that on. By default it does.
    fn passes_on(&self) -> bool {
        true
    }

    /// Notifies a listener that is not notified yet.
    fn notify_one(&self, event: &Self::Event) -> Option<()> {
        let _ = event;
        None
    }

    /// Notifies of those listeners that are not notified yet the one who joined last.
    fn notify_last(&self, event: &Self::Event) -> Option<()> {
        let _ = event;
        None
    }

    /// Notifies all who listen. Who is dropped before it was ready passes nothing on.
    fn notify_all(&self, event: &Self::Event) -> Option<()> {
        let _ = event;
        None
    }

    /// Notifies listeners until so many are notified, where those count who were notified
    /// before and are not ready yet.
    fn notify_up_to(&self, event: &Self::Event, count: usize) -> Option<()> {
        let _ = (event, count);
        None
    }

    /// Notifies so many listeners that are not notified yet, if there are so many.
    fn notify_additional(&self, event: &Self::Event, count: usize) -> Option<()> {
        let _ = (event, count);
        None
    }

    /// Sets the event: all who listen are notified, and who listens while it is set is ready at
    /// once.
    fn set(&self, event: &Self::Event) -> Option<()> {
        let _ = event;
        None
    }

    /// Sets the event back. Who was notified stays so.
    fn reset(&self, event: &Self::Event) -> Option<()> {
        let _ = event;
        None
    }

    /// Has a listener join without a poll; whether it is ready by that.
    fn enable(&self, listener: Pin<&mut Self::Listener<'_>>) -> Option<bool> {
        let _ = (self, listener);
        None
    }

    /// Has a listener, which listens to another event, listen to this one from now on.
    fn listen_again<'a>(
        &self,
        listener: Pin<&mut Self::Listener<'a>>,
        event: &'a Self::Event,
    ) -> Option<()> {
        let _ = (listener, event);
        None
    }
}

/// From when on a listener is one of those who are notified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Joins {
    /// When it is made.
    WhenMade,
    /// By its first poll, or when it is enabled.
    WhenPolled,
    /// By its first poll, or when it is enabled; but where all are notified, when it is made.
    WhenMadeForAll,
}

/// The laws of an event: what several tasks do with it is explained by a line of those who
/// listen, in some order of the operations (linearizability). Who is notified is ready, who is
/// not is not; one notification makes no two listeners ready; a listener that is dropped takes no
/// notification along, and nobody who is notified waits for ever.
///
/// See [`Notify`] for what to tell of an event, with an example.
pub fn notify<N: Notify>(notify: N) -> Suite<impl Laws> {
    Suite::new(NotifyLaws(notify))
}

struct NotifyLaws<N>(N);

impl<N> sealed::Sealed for NotifyLaws<N> {}

impl<N: Notify> Laws for NotifyLaws<N> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let steps = (sizes.operations / 2).max(1);
        let arguments = argument("crowd", plan::crowd())
            .and("listeners", plan::listeners(steps))
            .and("notifiers", plan::notifiers(steps));
        checker.try_check_with(arguments, |(crowd, listeners, notifiers)| {
            run::run(self.0.clone(), crowd, listeners, notifiers)
        })
    }
}
