//! The laws of watches.

mod acting;
mod model;
mod plan;
mod run;
mod sending;

use super::{Laws, Sizes, Suite, Value, sealed};
use crate::arguments::argument;
use crate::checker::Checker;
use crate::error::CheckError;
use crate::passed::Passed;
use reveille_sim::Kind;
use std::future::Ready;

/// A channel that keeps the last value only, for the suite [`watch`]: how to make one, and
/// what its ends do.
///
/// What a watch does not have is left as it is, and is not tested; what the runs came by is
/// told when the suite has passed.
///
/// ```
/// use reveille::laws::{self, Value, Watch};
/// use tokio::sync::watch;
///
/// #[derive(Clone)]
/// struct Tokio;
///
/// impl Watch for Tokio {
///     type Sender = watch::Sender<Value>;
///     type Receiver = watch::Receiver<Value>;
///
///     fn open(&self, first: Value) -> (Self::Sender, Self::Receiver) {
///         watch::channel(first)
///     }
///
///     fn send(&self, sender: &mut Self::Sender, value: Value) -> bool {
///         sender.send(value).is_ok()
///     }
///
///     async fn recv(&self, receiver: &mut Self::Receiver) -> Option<Value> {
///         receiver.changed().await.ok()?;
///         Some(receiver.borrow_and_update().clone())
///     }
///
///     fn subscribe(&self, sender: &Self::Sender) -> Option<Self::Receiver> {
///         Some(sender.subscribe())
///     }
///
///     fn get(&self, receiver: &mut Self::Receiver) -> Option<Value> {
///         Some(receiver.borrow().clone())
///     }
/// }
///
/// laws::watch(Tokio).runs(100).check();
/// ```
pub trait Watch: Clone + 'static {
    /// The end that sets the value.
    type Sender: 'static;
    /// The end that sees it.
    type Receiver: 'static;

    /// Makes a watch with this value.
    fn open(&self, first: Value) -> (Self::Sender, Self::Receiver);

    /// Sets the value; whether it was accepted.
    fn send(&self, sender: &mut Self::Sender, value: Value) -> bool;

    /// Waits for a value that this receiver has not seen, and sees the last one; or none if
    /// there is no sender and so none will come.
    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Option<Value>>;

    /// Whether the receiver that was opened has seen the first value. By default it has.
    fn sight_of_first(&self) -> Sight {
        Sight::Seen
    }

    /// Whether one that was subscribed has seen the value that was there. By default it has.
    fn sight_of_subscriber(&self) -> Sight {
        Sight::Seen
    }

    /// Whether a clone has seen the value that was there. By default it has if the other had.
    fn sight_of_clone(&self) -> Sight {
        Sight::Inherited
    }

    /// Whether a send is refused if there is no receiver. By default it is, and the value
    /// stays.
    fn needs_receivers(&self) -> bool {
        true
    }

    /// Whether receivers are told that there is no sender any more. By default they are; else
    /// they wait for ever.
    fn ends_without_senders(&self) -> bool {
        true
    }

    /// Whether a receiver is told of the end though there is a value that it has not seen. By
    /// default it sees that first.
    fn ends_at_once(&self) -> bool {
        false
    }

    /// Whether a wait that is dropped may take the news along. By default it may not.
    fn loses_on_cancel(&self) -> bool {
        false
    }

    /// Waits for a value that this receiver has not seen, and takes it for seen; or false if
    /// none will come.
    fn changed(&self, receiver: &mut Self::Receiver) -> Option<impl Future<Output = bool>> {
        let _ = receiver;
        None::<Ready<bool>>
    }

    /// Waits until the value is as wanted, and sees it; or none if it will not be any more. It
    /// takes for seen what it looks at in between.
    fn wait_for(
        &self,
        receiver: &mut Self::Receiver,
        is_wanted: impl Fn(&Value) -> bool,
    ) -> Option<impl Future<Output = Option<Value>>> {
        let _ = (receiver, is_wanted);
        None::<Ready<Option<Value>>>
    }

    /// The last value if this receiver has not seen it; it has then.
    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Option<Value>> {
        let _ = receiver;
        None
    }

    /// The last value, seen or not; that does not change.
    fn get(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        let _ = receiver;
        None
    }

    /// The last value, which is seen then.
    fn get_and_see(&self, receiver: &mut Self::Receiver) -> Option<Value> {
        let _ = receiver;
        None
    }

    /// Whether there is a value that this receiver has not seen.
    fn has_changed(&self, receiver: &mut Self::Receiver) -> Option<News> {
        let _ = receiver;
        None
    }

    /// Takes the last value for one that it has not seen.
    fn mark_unseen(&self, receiver: &mut Self::Receiver) -> Option<()> {
        let _ = receiver;
        None
    }

    /// Takes the last value for seen.
    fn mark_seen(&self, receiver: &mut Self::Receiver) -> Option<()> {
        let _ = receiver;
        None
    }

    /// The last value, for a sender.
    fn look(&self, sender: &mut Self::Sender) -> Option<Value> {
        let _ = sender;
        None
    }

    /// Another sender.
    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        let _ = sender;
        None
    }

    /// Another receiver, by a receiver.
    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        let _ = receiver;
        None
    }

    /// Another receiver, by a sender.
    fn subscribe(&self, sender: &Self::Sender) -> Option<Self::Receiver> {
        let _ = sender;
        None
    }

    /// Waits until there is no receiver.
    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        let _ = sender;
        None::<Ready<()>>
    }
}

/// Whether a new receiver takes the value that is there for seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sight {
    /// It waits for the next one.
    Seen,
    /// It is told of this one first.
    Unseen,
    /// As the receiver of which it is a clone.
    Inherited,
}

impl Sight {
    /// With what it may inherit.
    fn after(self, other: Sight) -> Sight {
        match self {
            Sight::Inherited => other,
            Sight::Seen | Sight::Unseen => self,
        }
    }
}

/// What [`Watch::has_changed`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// There is a value that the receiver has not seen.
    Changed,
    /// There is none.
    Unchanged,
    /// There is no sender any more; where that is said instead.
    Ended,
}

/// The laws of a watch: what several tasks do with its ends is explained by a value, and by
/// who has seen it, in some order of the operations (linearizability). The last value is
/// missed by nobody, no news comes twice; whoever waits when all is at rest has a reason to;
/// that the other end is gone is seen; and every clone of a value is dropped once.
///
/// See [`Watch`] for what to tell of one, with an example.
pub fn watch<W: Watch>(watch: W) -> Suite<impl Laws> {
    Suite::new(WatchLaws(watch))
}

struct WatchLaws<W>(W);

impl<W> sealed::Sealed for WatchLaws<W> {}

impl<W: Watch> Laws for WatchLaws<W> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let steps = (sizes.operations / 2).max(1);
        let arguments =
            argument("senders", plan::senders(steps)).and("receivers", plan::receivers(steps));
        let forgets = checker.suffers(Kind::ForgottenFuture);
        checker.try_check_with(arguments, |(senders, receivers)| {
            run::run(self.0.clone(), senders, receivers, forgets)
        })
    }
}
