//! The laws of broadcasts.

mod acting;
mod model;
mod opening;
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
use std::ops::RangeInclusive;
use std::sync::mpsc::TrySendError;

/// A channel of which every receiver receives everything, for the suite [`broadcast`]: how
/// to make one, and what its ends do.
///
/// What a broadcast does not have is left as it is, and is not tested; what the runs came by
/// is told when the suite has passed.
///
/// ```
/// use reveille::laws::{self, Broadcast, Heard, Overflow, Value};
/// use tokio::sync::broadcast::{self, error::RecvError};
///
/// #[derive(Clone)]
/// struct Tokio;
///
/// impl Broadcast for Tokio {
///     type Sender = broadcast::Sender<Value>;
///     type Receiver = broadcast::Receiver<Value>;
///
///     fn open(&self, capacity: usize) -> (Self::Sender, Self::Receiver) {
///         broadcast::channel(capacity)
///     }
///
///     fn capacities(&self) -> Vec<usize> {
///         vec![1, 2, 4] // others are rounded up
///     }
///
///     fn overflow(&self) -> Overflow {
///         Overflow::Lags
///     }
///
///     async fn send(&self, sender: &mut Self::Sender, value: Value) -> bool {
///         sender.send(value).is_ok()
///     }
///
///     async fn recv(&self, receiver: &mut Self::Receiver) -> Heard {
///         match receiver.recv().await {
///             Ok(value) => Heard::Value(value),
///             Err(RecvError::Lagged(lost)) => Heard::Lagged(lost),
///             Err(RecvError::Closed) => Heard::Ended,
///         }
///     }
///
///     fn subscribe(&self, sender: &mut Self::Sender) -> Option<Self::Receiver> {
///         Some(sender.subscribe())
///     }
/// }
///
/// laws::broadcast(Tokio).runs(100).check();
/// ```
pub trait Broadcast: Clone + 'static {
    /// The end where values go in.
    type Sender: 'static;
    /// The end where values come out.
    type Receiver: 'static;

    /// Makes a broadcast of a capacity that is among [`capacities`](Self::capacities).
    fn open(&self, capacity: usize) -> (Self::Sender, Self::Receiver);

    /// Makes one that has no receiver yet.
    fn open_for_nobody(&self, capacity: usize) -> Option<Self::Sender> {
        let _ = capacity;
        None
    }

    /// Sends a value to all who receive; whether it was accepted.
    fn send(&self, sender: &mut Self::Sender, value: Value) -> impl Future<Output = bool>;

    /// Receives the next value.
    fn recv(&self, receiver: &mut Self::Receiver) -> impl Future<Output = Heard>;

    /// The capacities to test: by default 1, 2 and 3.
    fn capacities(&self) -> Vec<usize> {
        vec![1, 2, 3]
    }

    /// For a capacity that is not exact: with how many values that somebody has not received
    /// a send may wait, and how many there are at most. By default it is `capacity` for both.
    fn room(&self, capacity: usize) -> RangeInclusive<usize> {
        capacity..=capacity
    }

    /// What becomes of a send for which there is no room. By default it waits.
    fn overflow(&self) -> Overflow {
        Overflow::Waits
    }

    /// Whether a send is refused if nobody receives. By default it is; else what is sent then goes
    /// to nobody.
    fn needs_receivers(&self) -> bool {
        true
    }

    /// Whether nothing is accepted any more once the last receiver is gone, even if a new one
    /// is made. By default it is accepted then.
    fn closes_without_receivers(&self) -> bool {
        false
    }

    /// Whether receivers are told that there is no sender any more. By default they are; else
    /// they wait for ever.
    fn ends_without_senders(&self) -> bool {
        true
    }

    /// Whether a receive that is dropped may take a value along. By default it may not.
    fn loses_on_cancel(&self) -> bool {
        false
    }

    /// Sends a value if there is room at once. It is full as well if all receivers are inactive.
    fn try_send(
        &self,
        sender: &mut Self::Sender,
        value: Value,
    ) -> Option<Result<(), TrySendError<()>>> {
        let _ = (sender, value);
        None
    }

    /// Sends a value at once, at the cost of the oldest if there is no room; whether it was
    /// accepted.
    fn force_send(&self, sender: &mut Self::Sender, value: Value) -> Option<bool> {
        let _ = (sender, value);
        None
    }

    /// Receives the next value if it is there.
    fn try_recv(&self, receiver: &mut Self::Receiver) -> Option<Heard> {
        let _ = receiver;
        None
    }

    /// Another sender.
    fn clone_sender(&self, sender: &Self::Sender) -> Option<Self::Sender> {
        let _ = sender;
        None
    }

    /// Another receiver, which receives what this one will.
    fn clone_receiver(&self, receiver: &Self::Receiver) -> Option<Self::Receiver> {
        let _ = receiver;
        None
    }

    /// Another receiver, which receives what is sent from now on.
    fn subscribe(&self, sender: &mut Self::Sender) -> Option<Self::Receiver> {
        let _ = sender;
        None
    }

    /// The same, by a receiver.
    fn resubscribe(&self, receiver: &mut Self::Receiver) -> Option<Self::Receiver> {
        let _ = receiver;
        None
    }

    /// Makes a receiver inactive: it receives nothing and holds up nobody. If all are inactive,
    /// a send waits. Nothing else is done with it than to activate or to drop it.
    fn deactivate(&self, receiver: &mut Self::Receiver) -> Option<()> {
        let _ = receiver;
        None
    }

    /// Makes one active again, which receives what is sent from now on.
    fn activate(&self, receiver: &mut Self::Receiver) -> Option<()> {
        let _ = receiver;
        None
    }

    /// Closes the broadcast by a sender: nothing is accepted any more, what was accepted can
    /// be received. Some if it can be done.
    fn close_by_sender(&self, sender: &mut Self::Sender) -> Option<()> {
        let _ = sender;
        None
    }

    /// Closes the broadcast by a receiver, in the same way.
    fn close_by_receiver(&self, receiver: &mut Self::Receiver) -> Option<()> {
        let _ = receiver;
        None
    }

    /// Waits until it is closed or has no receiver.
    fn closed(&self, sender: &mut Self::Sender) -> Option<impl Future<Output = ()>> {
        let _ = sender;
        None::<Ready<()>>
    }

    /// Changes the capacity. The oldest values are lost if there are more.
    fn set_capacity(&self, sender: &mut Self::Sender, capacity: usize) -> Option<()> {
        let _ = (sender, capacity);
        None
    }

    /// Changes what becomes of a send for which there is no room.
    fn set_overflow(&self, sender: &mut Self::Sender, overflow: Overflow) -> Option<()> {
        let _ = (sender, overflow);
        None
    }
}

/// What becomes of a send for which there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Overflow {
    /// It waits until everybody has received the oldest value.
    Waits,
    /// It is accepted at once, the oldest value is lost, and who had not received it is told so.
    Lags,
}

/// What a receiver of a broadcast was told.
#[derive(Debug)]
pub enum Heard {
    /// A value.
    Value(Value),
    /// That so many values were lost, before the next.
    Lagged(u64),
    /// That none is there now; only for [`Broadcast::try_recv`].
    Empty,
    /// That no value will come any more.
    Ended,
}

/// The laws of a broadcast: what several tasks do with its ends is explained by a queue that
/// each receiver reads from a place of its own, in some order of the operations
/// (linearizability). Everybody receives everything that is sent after the subscription, once and in
/// order, or is told exactly how much was lost; whoever waits when all is at rest has a reason to; and
/// every clone of a value is dropped once when the ends are gone.
///
/// See [`Broadcast`] for what to tell of one, with an example.
pub fn broadcast<B: Broadcast>(broadcast: B) -> Suite<impl Laws> {
    Suite::new(BroadcastLaws(broadcast))
}

struct BroadcastLaws<B>(B);

impl<B> sealed::Sealed for BroadcastLaws<B> {}

impl<B: Broadcast> Laws for BroadcastLaws<B> {
    fn try_check(&self, checker: &Checker, sizes: Sizes) -> Result<Passed, CheckError> {
        let capacities = self.0.capacities();
        if capacities.is_empty() {
            let why = "`Broadcast::capacities` gave none: expected one or more to test";
            return Err(CheckError::NoRun(why.to_owned()));
        }
        let steps = (sizes.operations / 2).max(1);
        let arguments = argument("capacity", opening::opening(&self.0, capacities))
            .and("senders", plan::senders(steps))
            .and("receivers", plan::receivers(steps));
        let forgets = checker.suffers(Kind::ForgottenFuture);
        checker.try_check_with(arguments, |(opening, senders, receivers)| {
            run::run(self.0.clone(), opening, senders, receivers, forgets)
        })
    }
}
